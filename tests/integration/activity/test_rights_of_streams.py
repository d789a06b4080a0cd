"""Who loses the right to read loses the stream at the next check, also where another process took the right away."""

from contextlib import AsyncExitStack
from typing import Any

import pytest
from dependency_injector import providers

from support.harness.api import Api, ok
from support.harness.event_stream import event_stream
from taskhub.activity.api import stream_readers
from taskhub.app import TaskHub

LOSSES = {
    "who is removed from the workspace": ("members/{guest}", "owner", {"session", "token"}),
    "who signs out": ("/v1/sessions/current", "session", {"session"}),
    "whose token is revoked": ("/v1/tokens/{token}", "session", {"token"}),
    "whose workspace is deleted": ("/v1/workspaces/{workspace}", "owner", {"owner", "session", "token"}),
}
"""What is deleted, whose credential does it, and whose streams end by it."""


def forget_rights(authorizer: Any) -> None:
    """What was read before is not remembered for longer than a second."""
    authenticator = authorizer.authenticate.__self__
    for remembered in (authorizer._grants._grants, authenticator._sessions, authenticator._tokens):
        remembered.clear()


@pytest.mark.parametrize("readers_at_once", [1, 100])
@pytest.mark.parametrize("loss", LOSSES)
async def test_one_check_ends_the_streams_of_those_alone(
    app: TaskHub, ada: Api, guest: Api, elsewhere: Api, monkeypatch: pytest.MonkeyPatch, loss: str, readers_at_once: int
) -> None:
    monkeypatch.setattr(stream_readers, "READERS_AT_ONCE", readers_at_once)
    await ada.invite(guest)
    token = ok(await guest.post("/v1/tokens", {"name": "Reader", "scopes": ["read"]}))
    session, owner = (api.client.headers["authorization"] for api in (guest, ada))
    credentials = {"owner": owner, "session": session, "token": f"Bearer {token['token']}"}
    path, actor, lost = LOSSES[loss]
    readers, streams = stream_readers.StreamReaders(), {}
    async with AsyncExitStack() as stack:
        # Nobody checks these but the test.
        stack.enter_context(app.state.container.modules["activity"].stream_readers.override(providers.Object(readers)))
        for name, guest.client.headers["authorization"] in credentials.items():
            streams[name] = await stack.enter_async_context(event_stream(app, guest, **{"from": "now"}))
        await readers.check()
        named = path.format(guest=guest.user["id"], token=token["id"], workspace=ada.workspace["id"])
        answer = await elsewhere.send("DELETE", named, authorization=credentials[actor])
        assert answer.status_code == 204, answer.text
        forget_rights(app.state.authorizer)
        await readers.check()
        for name in lost:
            await streams[name].ended()
        kept = streams.keys() - lost
        task = await ada.add_task() if kept else {}
        for name in kept:
            while (await streams[name].next()).data["entity_id"] != task["id"]:
                pass
