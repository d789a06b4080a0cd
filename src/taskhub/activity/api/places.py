"""Where in the log a request begins."""

from uuid import UUID

from taskhub.activity.api.module import module_of
from taskhub.activity.api.query_params import ChangeParams
from taskhub.activity.domain.errors import CursorExpired
from taskhub.kernel.api.request import ApiRequest


async def place_of(request: ApiRequest, query: ChangeParams, workspace_id: UUID) -> int:
    """The ``seq`` after which a request reads the log.

    Raises:
        CursorExpired: it asks for what was at an instant from which the log is not kept any more.
    """
    log, position = module_of(request).log(), request.position()
    if position is not None:
        return int(position[0])
    if query.from_ == "start":
        return 0
    if query.from_ == "now":
        return await log.last_seq(workspace_id)
    seq = await log.seq_before(workspace_id, query.from_)
    if seq is None:
        raise CursorExpired
    return seq
