"""Comments, loaded whole."""

from uuid import UUID

from taskhub.kernel.domain.errors import NotFound
from taskhub.kernel.infrastructure.unit_of_work.repository import SqlRepository
from taskhub.tasks.domain.comment import Comment
from taskhub.tasks.infrastructure.mappings import COMMENTS


class SqlCommentRepository(SqlRepository[Comment]):
    mapping = COMMENTS

    async def get_of(self, workspace_id: UUID, task_id: UUID, id: UUID) -> Comment:
        comment = await self.find(workspace_id, id)
        if comment is None or comment.task_id != task_id:
            raise NotFound
        return comment
