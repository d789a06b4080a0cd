"""Removing what is over."""

from datetime import timedelta

from taskhub.kernel.infrastructure.background.purge import Purge, expired_rows
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.users.infrastructure.mappings import API_TOKENS, SESSIONS
from taskhub.users.infrastructure.rows import SignInAddressRow
from taskhub.users.infrastructure.sign_in_addresses import RETENTION

BATCH_SIZE = 500
TOKEN_RETENTION = timedelta(days=30)
"""How long an expired API token is still listed, so that its owner sees why a program stopped working."""

_KEY = ("user_id", "id")
PURGES = (
    Purge("expired_sessions", expired_rows(SESSIONS.table, _KEY, "expires_at", timedelta(0), batch=BATCH_SIZE)),
    Purge("expired_api_tokens", expired_rows(API_TOKENS.table, _KEY, "expires_at", TOKEN_RETENTION, batch=BATCH_SIZE)),
    Purge(
        "sign_in_addresses",
        expired_rows(table_of(SignInAddressRow), ("user_id", "digest"), "last_at", RETENTION, batch=BATCH_SIZE),
    ),
)
