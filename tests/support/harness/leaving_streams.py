"""For clients that wait for the end of an answer: a stream has none, so they leave as soon as it has begun."""

import asyncio

from starlette.types import Message, Receive, Scope, Send

from taskhub.app import TaskHub


class LeavingStreams:
    """The application, from whose streams the client goes after the first bytes."""

    def __init__(self, app: TaskHub) -> None:
        self.app = app
        self.state = app.state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        gone, is_stream, has_ended = asyncio.Event(), False, False

        async def receive_or_leave() -> Message:
            coming, leaving = asyncio.ensure_future(receive()), asyncio.ensure_future(gone.wait())
            try:
                await asyncio.wait({coming, leaving}, return_when=asyncio.FIRST_COMPLETED)
                return await coming if coming.done() else {"type": "http.disconnect"}
            finally:
                coming.cancel()
                leaving.cancel()

        async def note(message: Message) -> None:
            nonlocal is_stream, has_ended
            if message["type"] == "http.response.start":
                is_stream = (b"content-type", b"text/event-stream") in message["headers"]
            else:
                has_ended = not message.get("more_body", False)
                if is_stream:
                    gone.set()
            await send(message)

        await self.app(scope, receive_or_leave, note)
        if is_stream and not has_ended:
            await send({"type": "http.response.body", "body": b""})
