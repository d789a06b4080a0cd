"""Comments on tasks."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from taskhub.kernel.domain.aggregate import Aggregate
from taskhub.kernel.domain.errors import NotAllowed

MAX_BODY_LENGTH = 20_000

_NOT_THE_AUTHOR = "Only the author of a comment can change it."
_MENTION = re.compile(r"(?<![0-9a-z@])@([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})(?!-?[0-9a-z])", re.IGNORECASE)
"""Does not match email addresses or longer names. Letters outside of ASCII may be next to a mention, because not all languages
put spaces between words.
"""


def named_in(body: str) -> frozenset[UUID]:
    """The users who are mentioned in a text as ``@<id>``."""
    return frozenset(UUID(id) for id in _MENTION.findall(body))


@dataclass(eq=False)
class Comment(Aggregate):
    """``mentioned_ids``: the members mentioned in the body. ``edited_at``: when the body was last changed, or None."""

    entity_type: ClassVar[str] = "comment"

    workspace_id: UUID
    id: UUID
    task_id: UUID
    author_id: UUID
    body: str
    mentioned_ids: tuple[UUID, ...]
    edited_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None

    @classmethod
    def create(
        cls, *, workspace_id: UUID, id: UUID, task_id: UUID, author_id: UUID, body: str, members: Iterable[UUID], now: datetime
    ) -> "Comment":
        """``members``: the users mentioned in the body who are members."""
        comment = cls(workspace_id, id, task_id, author_id, body, tuple(sorted(members)), None, 1, now, now)
        comment._record("comment.created")
        return comment

    @property
    def stream_id(self) -> UUID:
        return self.workspace_id

    def edit(self, body: str, *, actor_id: UUID, members: Iterable[UUID], now: datetime) -> None:
        """Raises:
        NotAllowed: the actor is not the author.
        """
        if actor_id != self.author_id:
            raise NotAllowed(_NOT_THE_AUTHOR)
        if body != self.body:
            self._change("comment.updated", now, body=body, mentioned_ids=tuple(sorted(members)), edited_at=now)

    def revert(self, body: str, edited_at: datetime | None, *, actor_id: UUID, members: Iterable[UUID], now: datetime) -> None:
        """Gives it back the text that it had before it was last changed.

        Raises:
            NotAllowed: the actor is not the author.
        """
        if actor_id != self.author_id:
            raise NotAllowed(_NOT_THE_AUTHOR)
        mentioned_ids = self.mentioned_ids if body == self.body else tuple(sorted(members))
        self._change("comment.updated", now, body=body, mentioned_ids=mentioned_ids, edited_at=edited_at)

    def delete(self, *, actor_id: UUID, moderates: bool, now: datetime) -> None:
        """Deletes the comment. Its row stays, without the text.

        Raises:
            NotAllowed: the caller is not the author and does not moderate.
        """
        if actor_id != self.author_id and not moderates:
            raise NotAllowed("Only the author of a comment and admins can delete it.")
        self._change("comment.deleted", now, body="", mentioned_ids=(), deleted_at=now)

    def restore(
        self,
        body: str,
        edited_at: datetime | None,
        *,
        actor_id: UUID,
        moderates: bool,
        deleted_by_id: UUID | None,
        members: Iterable[UUID],
        now: datetime,
    ) -> None:
        """Brings a deleted comment back with its text. Nobody but the author brings back what the author has deleted.

        Raises:
            NotAllowed
        """
        if actor_id != self.author_id and not (moderates and deleted_by_id != self.author_id):
            raise NotAllowed("Only the author of a comment can restore it, and admins if it was not the author who deleted it.")
        mentioned_ids = tuple(sorted(members))
        self._change("comment.restored", now, body=body, mentioned_ids=mentioned_ids, edited_at=edited_at, deleted_at=None)
