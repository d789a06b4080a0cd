"""Which addresses an account was signed in to from, lately."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Exists, Integer, LargeBinary, Uuid, bindparam, delete, exists, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from taskhub.kernel.domain.addresses import network_of
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.users.infrastructure.mappings import USERS
from taskhub.users.infrastructure.rows import SignInAddressRow

RETENTION = timedelta(days=30)
"""Since the last time that somebody signed in from there."""
MAX_ADDRESSES = 20
"""By each account; the longest unused go first."""

_users, _addresses = USERS.table, table_of(SignInAddressRow)
_USER_ID, _DIGEST = bindparam("user_id", type_=Uuid()), bindparam("digest", type_=LargeBinary())
_AT = bindparam("at", type_=DateTime(timezone=True))
# Whoever closes the account has it locked: an address is erased with it, or never written.
_open = (
    select(_users.c.id).where(_users.c.id == _USER_ID, _users.c.deleted_at.is_(None)).with_for_update(read=True, key_share=True)
)
_account = _open.cte("account")
_kept = insert(_addresses).from_select(["user_id", "digest", "last_at"], select(_account.c.id, _DIGEST, _AT))
_known = _kept.on_conflict_do_update(index_elements=["user_id", "digest"], set_={"last_at": _kept.excluded.last_at}).cte("known")
_surplus = (
    select(_addresses.c.digest)
    .where(_addresses.c.user_id == _USER_ID, _addresses.c.digest != _DIGEST)
    .order_by(_addresses.c.last_at.desc())
    .offset(literal(MAX_ADDRESSES - 1, Integer()))
    .with_for_update(skip_locked=True)
)
_REMEMBER = Statement(
    delete(_addresses).where(_addresses.c.user_id == _USER_ID, _addresses.c.digest.in_(_surplus)).add_cte(_known)
)


def is_known(user_id: object) -> Exists:
    """Whether an account was signed in to from one of ``digests`` after ``since``."""
    return exists().where(
        _addresses.c.user_id == user_id,
        _addresses.c.digest == func.any(bindparam("digests", type_=ARRAY(LargeBinary()))),
        _addresses.c.last_at > bindparam("since", type_=DateTime(timezone=True)),
    )


DELETE_ADDRESSES = Statement(delete(_addresses).where(_addresses.c.user_id == _USER_ID))


class SqlSignInAddresses:
    """Addresses are written under the first secret given, and recognised under every one."""

    def __init__(self, database: Database, secret_keys: Sequence[bytes]) -> None:
        self._database = database
        self._keys = [hashlib.sha256(b"address:" + key).digest() for key in secret_keys]

    def digests(self, address: str) -> list[bytes]:
        name = network_of(address).encode("utf-8", "surrogatepass")
        return [hmac.digest(key, name, "sha256")[:16] for key in self._keys]

    async def remember(self, user_id: UUID, address: str, *, now: datetime) -> None:
        """Raises:
        Unavailable, Busy
        """
        await self._database.fetch(_REMEMBER, {"user_id": user_id, "digest": self.digests(address)[0], "at": now})
