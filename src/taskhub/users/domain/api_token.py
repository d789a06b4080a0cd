"""API tokens: credentials that users create for programs."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from taskhub.kernel.contract.caller import Scope
from taskhub.kernel.domain.aggregate import Aggregate


@dataclass(eq=False)
class ApiToken(Aggregate):
    """Only the digest of its secret is stored. ``scopes`` are sorted, the widest last.

    ``workspace_id``: the only workspace that the token can be used in; None for all.
    """

    entity_type: ClassVar[str] = "api_token"

    user_id: UUID
    id: UUID
    name: str
    scopes: tuple[Scope, ...]
    workspace_id: UUID | None
    expires_at: datetime | None
    digest: str = field(repr=False)
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def create(
        cls,
        *,
        user_id: UUID,
        id: UUID,
        name: str,
        scopes: tuple[Scope, ...],
        workspace_id: UUID | None,
        expires_at: datetime | None,
        digest: str,
        now: datetime,
    ) -> "ApiToken":
        token = cls(user_id, id, name, scopes, workspace_id, expires_at, digest, 1, now, now)
        token._record("api_token.created")
        return token

    @property
    def stream_id(self) -> UUID:
        return self.user_id

    def revoke(self, now: datetime) -> None:
        self.updated_at = now
        self._record("api_token.revoked")
