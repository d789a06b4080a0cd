"""Where in the log a request begins."""

from uuid import UUID

from taskhub.activity.api.module import module_of
from taskhub.activity.api.query_params import ChangeParams
from taskhub.kernel.api.request import ApiRequest


async def place_of(request: ApiRequest, query: ChangeParams, workspace_id: UUID) -> int:
    """The ``seq`` after which a request reads the log."""
    log, position = module_of(request).log(), request.position()
    if position is not None:
        return int(position[0])
    if query.from_ == "start":
        return 0
    return await (log.last_seq(workspace_id) if query.from_ == "now" else log.seq_before(workspace_id, query.from_))
