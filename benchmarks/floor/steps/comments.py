"""Commenting on a task, which stays out of the trash meanwhile, and its project out of the archive."""

from benchmarks.floor.auth import Refused
from benchmarks.floor.grants import MEMBER, require
from benchmarks.floor.steps.base import Part
from benchmarks.floor.steps.log import log
from benchmarks.floor.store import Remark
from benchmarks.floor.views import Comment, first_changes

HOLD_TASK = """
SELECT p.archived_at IS NULL
FROM tasks t JOIN projects p ON p.workspace_id = t.workspace_id AND p.id = t.project_id
WHERE t.workspace_id = $1 AND t.id = $2 AND t.deleted_at IS NULL
FOR KEY SHARE OF p FOR SHARE OF t
"""
MENTIONED = """
SELECT user_id FROM members WHERE workspace_id = $1 AND user_id = ANY($2::uuid[]) AND left_at IS NULL ORDER BY user_id
"""
ADD_COMMENT = """
INSERT INTO comments (workspace_id, id, task_id, author_id, body, mentioned_ids, version, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $7)
"""


class Comments(Part):
    async def comment(self, remark: Remark) -> Comment:
        workspace_id = remark.workspace_id
        async with self.pool.acquire() as connection, connection.transaction():
            await require(MEMBER, connection, workspace_id, remark.claims)
            is_open = await connection.fetchval(HOLD_TASK, workspace_id, remark.task_id)
            if is_open is None:
                raise Refused(404)
            if not is_open:
                raise Refused(409)
            named = remark.named()
            found = await connection.fetch(MENTIONED, workspace_id, named) if named else []
            comment = remark.comment([row[0] for row in found])
            await connection.execute(
                ADD_COMMENT,
                workspace_id,
                comment.id,
                comment.task_id,
                comment.author_id,
                comment.body,
                comment.mentioned_ids,
                remark.now,
            )
            await log(connection, remark, "comment.created", comment, first_changes(comment))
        return comment
