"""What the rules of workspaces refuse."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar
from uuid import UUID

from taskhub.kernel.domain.errors import Category, DomainError

_MAX_IDS = 20


class LastOwner(DomainError):
    category, code, title = Category.CONFLICT, "last_owner", "Last owner"
    members: ClassVar[Mapping[str, Any]] = {"workspace_ids": list[UUID]}

    def __init__(self) -> None:
        super().__init__("A workspace keeps at least one owner. Make somebody else an owner first, or delete the workspace.")


class LastOwnerElsewhere(LastOwner):
    """An account can't close while workspaces with other members depend on it."""

    def __init__(self, workspace_ids: Iterable[UUID]) -> None:
        DomainError.__init__(
            self,
            "You are the only owner of workspaces with other members. In each, make somebody else an owner or delete it first.",
            workspace_ids=list(workspace_ids)[:_MAX_IDS],
        )


class AlreadyMember(DomainError):
    category, code, title = Category.CONFLICT, "already_member", "Already a member"

    def __init__(self) -> None:
        super().__init__("You are a member of this workspace already. The invitation was not used up.")


class NoOwner(DomainError):
    category, code, title = Category.CONFLICT, "no_owner", "No owner"

    def __init__(self) -> None:
        super().__init__("All owners of this workspace have closed their accounts: nobody is left whom it could be restored for.")
