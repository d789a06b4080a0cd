"""Tokens of invitations."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from uuid import UUID

PREFIX = "thubinv_"
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class InvitationToken:
    """Contains the id of an invitation and a secret.

    It also contains the id of the workspace, so that the invitation is looked up in this workspace instead of all.
    """

    workspace_id: UUID
    id: UUID
    secret: bytes

    @classmethod
    def mint(cls, workspace_id: UUID, id: UUID) -> "InvitationToken":
        return cls(workspace_id, id, secrets.token_bytes(_SECRET_BYTES))

    @classmethod
    def parse(cls, text: str) -> "InvitationToken | None":
        """The token, or None if the text is not a token."""
        if not text.startswith(PREFIX):
            return None
        encoded = text.removeprefix(PREFIX)
        try:
            raw = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
        except ValueError:
            return None
        if len(raw) != 32 + _SECRET_BYTES:
            return None
        token = cls(UUID(bytes=raw[:16]), UUID(bytes=raw[16:32]), raw[32:])
        return token if token.text == text else None

    @property
    def text(self) -> str:
        raw = self.workspace_id.bytes + self.id.bytes + self.secret
        return PREFIX + base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    @property
    def digest(self) -> bytes:
        """The digest that is stored. The secret is random, so a plain hash is enough."""
        return hashlib.sha256(self.secret).digest()

    def opens(self, digest: bytes) -> bool:
        return hmac.compare_digest(self.digest, digest)

    def __repr__(self) -> str:
        return f"InvitationToken({self.workspace_id}, {self.id})"
