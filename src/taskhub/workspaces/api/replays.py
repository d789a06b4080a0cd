"""Retries of commands that took the right to repeat them away from whoever sent them."""

from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.application.commands import Answer, IdempotencyKey
from taskhub.workspaces.api.module import module_of
from taskhub.workspaces.api.paths import names_caller


async def replay_to_former_self(request: ApiRequest, key: IdempotencyKey) -> Answer | None:
    """Of a command that someone gave about their own membership: to leave, or to have a lower role."""
    return await replay_to_former_owner(request, key) if names_caller(request) else None


async def replay_to_former_owner(request: ApiRequest, key: IdempotencyKey) -> Answer | None:
    """A token that is bound to another workspace has never had the right."""
    if request.caller.workspace_id not in (None, key.stream_id):
        return None
    return await module_of(request).runner().replay(key)
