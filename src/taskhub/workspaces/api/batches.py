"""The route of batches."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from starlette.responses import Response

from taskhub.kernel.api.batches import BatchBody, BatchResults, Call, calls_of, names_in, run_calls
from taskhub.kernel.api.operations import Routes
from taskhub.kernel.api.preconditions import IfMatch
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.application.commands import Answer, Reply
from taskhub.kernel.application.runner import BoundUseCase, Runner
from taskhub.kernel.application.shared_work import SharedWork
from taskhub.workspaces.api.module import module_of
from taskhub.workspaces.api.paths import BATCH
from taskhub.workspaces.api.replays import replay_to_former_sender
from taskhub.workspaces.application.run_batch import RunBatch
from taskhub.workspaces.contract.access import LEAVE

BATCH_ROUTES = Routes("Batches")


@BATCH_ROUTES.post(
    BATCH,
    LEAVE,
    summary="Run several writes in one transaction",
    answers=BatchResults,
    if_match=IfMatch.REFUSED,
    replay_refused=replay_to_former_sender,
)
async def run_batch(request: ApiRequest, workspace_id: UUID, body: BatchBody) -> Response:
    """Runs 1 to 100 writes in the order in which they are given: all of them or none. Each of them sees what those before it did.
    You can use every write below the workspace that takes an `Idempotency-Key`, with the body that it has alone.

    If an operation is refused, the response is its problem, with its index as `operation`, and nothing is changed. Every
    operation needs the rights that it needs alone, and counts as one write.
    """
    calls = calls_of(request, body)
    request.count_writes(len(calls))
    command = RunBatch(workspace_id, names_in(body), partial(run_calls, calls))
    async with request.in_turn(workspace_id):
        return request.answer(await _answer(request, command, calls))


async def _answer(request: ApiRequest, command: RunBatch, calls: Sequence[Call]) -> Answer:
    use_case = module_of(request).run_batch()
    if request.joins is not None:  # A dry run has begun the transaction.
        return Answer(Reply(), None, await use_case(command, request.joins))
    runner: Runner[SharedWork] = request.app_state.shared_work
    key = request.command_context().idempotency_key
    # All of it would be done before its key is found to be taken. Nobody is shown what they may not do any more.
    if key is not None and (first := await runner.replay(key)) is not None:
        for call in calls:
            await call.authorize()
        return first
    return await request.run(lambda: BoundUseCase(runner, use_case), command, Reply())
