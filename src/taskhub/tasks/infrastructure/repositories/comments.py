"""Comments, loaded whole."""

from uuid import UUID

from taskhub.kernel.application.commands import Expected
from taskhub.kernel.infrastructure.repository import SqlRepository, checked
from taskhub.tasks.domain.comment import Comment
from taskhub.tasks.infrastructure.mappings import COMMENTS


class SqlComments(SqlRepository[Comment]):
    mapping = COMMENTS

    async def get_of(self, workspace_id: UUID, task_id: UUID, id: UUID, *, expected: Expected = None) -> Comment:
        comment = await self.find(workspace_id, id)
        return checked(comment if comment is not None and comment.task_id == task_id else None, expected)
