"""Taking back what a change of the log belongs to."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import msgspec
from starlette.responses import Response

from taskhub.activity.api.answers import change_view
from taskhub.activity.api.module import module_of
from taskhub.activity.api.paths import UNDO as PATH
from taskhub.activity.application.undo_command import UndoCommand
from taskhub.activity.application.views import ChangePage
from taskhub.activity.domain.errors import RightRequired
from taskhub.kernel.api.operations import Routes
from taskhub.kernel.api.preconditions import IfMatch
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.application.commands import Answer, Reply
from taskhub.kernel.application.errors import Busy, OutcomeUnknown, Unavailable
from taskhub.kernel.contract.events import LoggedEvent
from taskhub.kernel.domain.errors import ChangedSince, NotAllowed, NotUndoable
from taskhub.workspaces.contract.access import CONTRIBUTE, MANAGE

MAX_CHANGES = 200
"""That are answered."""

UNDO = Routes("Changes")
_encode = msgspec.json.Encoder().encode


@UNDO.post(
    PATH,
    CONTRIBUTE,
    summary="Undo a change",
    answers=ChangePage,
    errors=(ChangedSince, NotAllowed, NotUndoable),
    if_match=IfMatch.REFUSED,
)
async def undo_change(request: ApiRequest, workspace_id: UUID, seq: int) -> Response:
    """Takes back the whole command that the change belongs to, by a new command of yours: fields get their former values, what
    was created goes to the trash, what was trashed comes back, and links are taken or put back. Rights and rules are those of
    today: you need the right for the opposite.

    If something that would be taken back was changed since, nothing happens: 409 `changed_since` names it. Other changes of the
    same things stay. Members, invitations, webhooks and what was deleted permanently can't be taken back: 409 `not_undoable`.

    The answer has the changes of the new command, up to 200. The `seq` of one of them undoes the undo.
    """
    async with request.in_turn(workspace_id):
        answer = await _undo(request, workspace_id, seq)
    return request.answer(replace(answer, version=None, body=await _page(request, workspace_id, answer)))


async def _undo(request: ApiRequest, workspace_id: UUID, seq: int) -> Answer:
    try:
        return await _run(request, workspace_id, seq)
    except RightRequired as refusal:
        await request.authorize(refusal.access)  # Says what is lacking; a role that was raised just now is read again.
        return await _run(request, workspace_id, seq)
    except NotAllowed:
        await request.authorize(MANAGE)  # For an admin the error says that the token lacks the scope.
        raise


async def _run(request: ApiRequest, workspace_id: UUID, seq: int) -> Answer:
    caller = request.caller
    command = UndoCommand(workspace_id, seq, caller.user_id, request.grant.role, caller.scope)
    return await request.run(module_of(request).undo_command, command, Reply())


async def _page(request: ApiRequest, workspace_id: UUID, answer: Answer) -> bytes:
    """The changes of the command that was answered, as the feed shows them: the same for every answer to the same request."""
    assert answer.entity_id is not None, "an undo shows one of the things that it has changed"
    assert answer.version is not None, "and what has changed has a version"
    events = await _events(request, workspace_id, answer.entity_id, answer.version)
    shown = [change_view(request, event) for event in events[:MAX_CHANGES]]
    return _encode(ChangePage(shown, shown[-1].cursor, len(events) > MAX_CHANGES))


async def _events(request: ApiRequest, workspace_id: UUID, entity_id: UUID, version: int) -> Sequence[LoggedEvent]:
    """In a batch they are a part of those of its command, and nothing is done yet."""
    if request.joins is not None:
        return await request.joins.latest_events(workspace_id, MAX_CHANGES + 1)
    try:
        return await module_of(request).commands().read(workspace_id, entity_id, version, limit=MAX_CHANGES + 1)
    except (Unavailable, Busy) as error:  # It is done: nobody may be told that nothing was.
        raise OutcomeUnknown(keyed=request.has_idempotency_key) from error
