"""Commenting on a task, which stays out of the trash meanwhile, and its project out of the archive."""

from benchmarks.floor.auth import Refused
from benchmarks.floor.single.base import ADD_EVENT, MAY_WRITE, Part, counter
from benchmarks.floor.store import Remark
from benchmarks.floor.views import Comment, encode, first_changes

COMMENT = f"""
WITH held AS (
    SELECT t.id FROM tasks t JOIN projects p ON p.workspace_id = $1 AND p.id = t.project_id
    WHERE t.workspace_id = $1 AND t.id = $4 AND t.deleted_at IS NULL AND p.archived_at IS NULL AND {MAY_WRITE}
    FOR KEY SHARE OF p FOR SHARE OF t
),
comment AS (
    INSERT INTO comments (workspace_id, id, task_id, author_id, body, mentioned_ids, version, created_at, updated_at)
    SELECT $1, $5, held.id, $2, $6, ARRAY(
        SELECT user_id FROM members WHERE workspace_id = $1 AND user_id = ANY($7::uuid[]) AND left_at IS NULL ORDER BY user_id
    ), 1, $8::timestamptz, $8
    FROM held
    RETURNING mentioned_ids
),
{counter("comment", "$8")},
event AS (
    {ADD_EVENT}
    SELECT $1, last_seq, $9, 'comment.created', 1, 'comment', $5, 1, $2, $8, $10,
        $11::jsonb || jsonb_build_object('mentioned_ids', jsonb_build_array(NULL, mentioned_ids)),
        $12::jsonb || jsonb_build_object('mentioned_ids', mentioned_ids)
    FROM counter, comment
)
SELECT mentioned_ids FROM comment
"""


class Comments(Part):
    async def comment(self, remark: Remark) -> Comment:
        comment = remark.comment([])
        mentioned_ids = await self.pool.fetchval(
            COMMENT,
            remark.workspace_id,
            remark.claims.user_id,
            remark.claims.session_id,
            remark.task_id,
            comment.id,
            comment.body,
            remark.named(),
            remark.now,
            remark.event_id,
            remark.request_id,
            encode(first_changes(comment)).decode(),
            encode(comment).decode(),
        )
        if mentioned_ids is None:
            raise Refused(404)
        comment.mentioned_ids = mentioned_ids
        return comment
