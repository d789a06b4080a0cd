"""Labels, loaded whole."""

from collections.abc import Iterable
from uuid import UUID

from taskhub.kernel.infrastructure.unit_of_work.repository import SqlRepository
from taskhub.kernel.infrastructure.unit_of_work.row_guard import RowGuard
from taskhub.tasks.domain.label import Label
from taskhub.tasks.infrastructure.mappings import LABELS

LOCKED_LABELS = RowGuard(LABELS.table, LABELS.key)


class SqlLabelRepository(SqlRepository[Label]):
    mapping = LABELS

    async def require(self, workspace_id: UUID, ids: Iterable[UUID]) -> frozenset[UUID]:
        return await LOCKED_LABELS.require(self._uow, workspace_id, ids)
