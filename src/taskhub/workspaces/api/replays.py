"""Retries of commands that removed the right of the caller to repeat them."""

from taskhub.kernel.api import bodies
from taskhub.kernel.api.batches import BatchBody, calls_of
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.application.commands import Answer, IdempotencyKey
from taskhub.workspaces.api.module import module_of
from taskhub.workspaces.api.paths import names_caller


async def replay_to_former_self(request: ApiRequest, key: IdempotencyKey) -> Answer | None:
    """Replays a change of one's own membership: leaving a workspace, or getting a lower role."""
    return await replay_to_former_owner(request, key) if names_caller(request) else None


async def replay_to_former_owner(request: ApiRequest, key: IdempotencyKey) -> Answer | None:
    """Replays the deletion of a workspace. A token that is restricted to another workspace never had this right."""
    if request.caller.stream_id not in (None, key.stream_id):
        return None
    return await module_of(request).runner().replay(key)


async def replay_to_former_sender(request: ApiRequest, key: IdempotencyKey) -> Answer | None:
    """Replays a batch if one of its operations would be replayed alone, and the token has the scopes for all of them."""
    body = bodies.parse(BatchBody, request.raw_body)
    calls = calls_of(request, body) if isinstance(body, BatchBody) else []
    if any(call.operation.access.scope > request.caller.scope for call in calls):
        return None
    for call in calls:
        if call.operation.replay_refused is not None:
            answer = await call.operation.replay_refused(call.request, key)
            if answer is not None:
                return answer
    return None
