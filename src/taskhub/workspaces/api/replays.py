"""Retries of commands that removed the right of the caller to repeat them."""

from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.application.commands import Answer, IdempotencyKey
from taskhub.workspaces.api.module import module_of
from taskhub.workspaces.api.paths import names_caller


async def replay_to_former_self(request: ApiRequest, key: IdempotencyKey) -> Answer | None:
    """Replays a change of one's own membership: leaving a workspace, or getting a lower role."""
    return await replay_to_former_owner(request, key) if names_caller(request) else None


async def replay_to_former_owner(request: ApiRequest, key: IdempotencyKey) -> Answer | None:
    """Replays the deletion of a workspace, or a batch in which the caller left it. A token that is restricted to another
    workspace never had this right.
    """
    if request.caller.stream_id not in (None, key.stream_id):
        return None
    return await module_of(request).runner().replay(key)
