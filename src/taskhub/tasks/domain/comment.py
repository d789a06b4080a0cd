"""A comment: what somebody has to say about a task."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from taskhub.kernel.domain.aggregate import Aggregate
from taskhub.kernel.domain.errors import NotAllowed

MAX_BODY_LENGTH = 20_000

_MENTION = re.compile(r"(?<![0-9a-z@])@([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})(?!-?[0-9a-z])", re.IGNORECASE)
"""Nothing that looks like an address of mail, or a longer name. Letters other than ASCII's may stand at it: not all languages put
blanks between words."""


def named_in(body: str) -> frozenset[UUID]:
    """The users whom a text names as ``@<id>``."""
    return frozenset(UUID(id) for id in _MENTION.findall(body))


@dataclass(eq=False)
class Comment(Aggregate):
    """``mentioned_ids`` are the members whom the body names. ``edited_at`` tells when the body was changed last, if ever."""

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
        """``members``: those of the users named in the body who are members."""
        comment = cls(workspace_id, id, task_id, author_id, body, tuple(sorted(members)), None, 1, now, now)
        comment._record("comment.created")
        return comment

    @property
    def stream_id(self) -> UUID:
        return self.workspace_id

    def edit(self, body: str, *, actor_id: UUID, members: Iterable[UUID], now: datetime) -> None:
        """Raises:
        NotAllowed: it is somebody else's.
        """
        if actor_id != self.author_id:
            raise NotAllowed("Only its author changes a comment.")
        if body != self.body:
            self._change("comment.updated", now, body=body, mentioned_ids=tuple(sorted(members)), edited_at=now)

    def delete(self, *, actor_id: UUID, moderates: bool, now: datetime) -> None:
        """Takes the comment away for good; what is left of it says that there was one.

        Raises:
            NotAllowed: it is somebody else's, and the caller does not moderate.
        """
        if actor_id != self.author_id and not moderates:
            raise NotAllowed("Only its author and admins delete a comment.")
        self._change("comment.deleted", now, body="", mentioned_ids=(), deleted_at=now)
