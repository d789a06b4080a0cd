"""The stream of changes, as server-sent events."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from uuid import UUID

import msgspec
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from taskhub.activity.api.answers import change_view
from taskhub.activity.api.module import module_of
from taskhub.activity.api.paths import STREAM
from taskhub.activity.api.places import place_of
from taskhub.activity.api.query_params import ChangeParams
from taskhub.activity.api.stream_readers import StreamReader
from taskhub.activity.application.ports import FollowedEvent
from taskhub.activity.application.stream_changes import ChangeStream
from taskhub.activity.application.views import ChangeView
from taskhub.activity.domain.errors import CursorExpired
from taskhub.kernel.api.bodies import ClientGone
from taskhub.kernel.api.long_requests import TooManyStreams, break_off
from taskhub.kernel.api.operations import EVENT_STREAM, Routes
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.application.log_pages import EventFilter
from taskhub.workspaces.contract.access import READ

COMMENT_SECONDS = 14.0
"""How long a stream is silent: proxies close connections that are. The promise is 15 seconds."""
END_SECONDS = 0.5
"""How long a stream that ends waits for its client to read the rest."""
_HEADERS = ((b"content-type", b"text/event-stream"), (b"x-accel-buffering", b"no"))

STREAMS = Routes("Changes")
_encode = msgspec.json.Encoder().encode


@STREAMS.get(
    STREAM,
    READ,
    summary="Stream the changes of a workspace",
    answers=ChangeView,
    produces=EVENT_STREAM,
    errors=[CursorExpired, TooManyStreams],
    reads_log=True,
)
async def stream_workspace(request: ApiRequest, workspace_id: UUID, query: ChangeParams) -> Response:
    """Sends the changes of the workspace as server-sent events: those of the log that are there, then each as it is committed.

    The `id` of an event is its cursor and `data` is the change. Connect again with the last `id` as `Last-Event-ID`, as browsers
    do by themselves, and nothing is missed or sent twice. A comment comes every 15 seconds. The stream ends when you may not read
    the workspace any more, when the service stops, and when you are more than 1,000 changes behind.
    """
    after = await place_of(request, query, workspace_id)
    return _EventStream(request, workspace_id, query.wanted(request.caller.user_id), after)


class _EventStream(Response):
    def __init__(self, request: ApiRequest, workspace_id: UUID, wanted: EventFilter, after: int) -> None:
        self.status_code = 200
        self.body = b""
        self.background = None
        self.raw_headers = [*_HEADERS]
        self._request = request
        self._after = after
        module = module_of(request)
        self._readers = module.stream_readers()
        self._changes = ChangeStream(module.log(), module.follower(), workspace_id, wanted, after=after)
        self._reader = StreamReader(request, workspace_id, self._changes)
        self._has_begun = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not scope["is_head"]:
            requests = self._request.app_state.long_requests
            try:
                await requests.run("streams", self._request.caller.user_id, scope, receive, self._send_all(send))
            except ClientGone:  # As most streams end.
                return
        if not await self._finish(send):
            await break_off(scope, receive)

    async def _finish(self, send: Send) -> bool:
        """Whether the stream could be brought to its regular end: a client that does not read is not waited for."""
        if self._reader.is_waited_for:
            return False
        try:
            async with asyncio.timeout(END_SECONDS):
                await self._begin(send)
                await send({"type": "http.response.body", "body": b""})
        except TimeoutError:
            return False
        return True

    async def _begin(self, send: Send) -> None:
        if not self._has_begun:
            self._has_begun = True
            await self._send(send, {"type": "http.response.start", "status": 200, "headers": self.raw_headers})

    async def _send_all(self, send: Send) -> None:
        """Sends until the reader may not read any more, or has fallen behind: also while it does not read."""
        with self._readers.checked(self._reader):
            await self._send_changes(send)

    async def _send_changes(self, send: Send) -> None:
        clock = asyncio.get_running_loop().time
        sent_at, told = clock(), self._after

        def seconds_left() -> float:
            return max(0.0, sent_at + COMMENT_SECONDS - clock())

        async with aclosing(self._changes.read(seconds_left)) as batches:
            async for seq, events in batches:
                if not self._has_begun:
                    await self._begin(send)
                    await self._send_body(send, b":\n\n")
                if events:
                    told, sent_at = seq, clock()
                    await self._send_body(send, self._encoded(events))
                elif not seconds_left():
                    sent_at = clock()
                    await self._send_body(send, self._comment(told, seq))
                    told = seq

    async def _send_body(self, send: Send, body: bytes) -> None:
        await self._send(send, {"type": "http.response.body", "body": body, "more_body": True})

    async def _send(self, send: Send, message: Message) -> None:
        """Stays under way where it is cancelled: nobody knows how much of it was sent."""
        self._reader.is_waited_for = True
        await send(message)
        self._reader.is_waited_for = False

    def _encoded(self, events: Sequence[FollowedEvent]) -> bytes:
        return b"".join([one.encoded or self._encode(one) for one in events])

    def _encode(self, one: FollowedEvent) -> bytes:
        """An event of the stream. The cursor is the same for all who read the workspace."""
        view = change_view(self._request, one.event)
        one.encoded = b"id: %s\ndata: %s\n\n" % (view.cursor.encode(), _encode(view))
        return one.encoded

    def _comment(self, told: int, seq: int) -> bytes:
        """With the place to go on from, past what the filter has left out: an `id` without `data` is no event."""
        if told == seq:
            return b":\n\n"
        return b":\nid: %s\n\n" % self._request.log_cursor(seq).encode()
