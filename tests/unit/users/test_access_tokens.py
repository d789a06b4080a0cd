"""Access tokens: what is taken for one, and what is not."""

import base64
import hashlib
import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest

from factories.users import NOW
from taskhub.users.contract.errors import InvalidToken
from taskhub.users.infrastructure.access_tokens import JwtAccessTokens

OLD, NEW = b"the old secret of the server", b"the new secret of the server"
KEY = hashlib.sha256(b"access:" + OLD).digest()
TOKENS = JwtAccessTokens((OLD,))


def claims(**changes: Any) -> dict[str, Any]:
    """Good claims, but for the changes; None takes a claim away."""
    good = {"sub": str(uuid4()), "sid": str(uuid4()), "iat": 1_800_000_000, "exp": 1_800_000_900}
    return {name: value for name, value in (good | changes).items() if value is not None}


def encoded(part: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def test_a_token_names_user_and_session_for_a_quarter_of_an_hour() -> None:
    user_id, session_id = uuid4(), uuid4()
    found = TOKENS.verify(TOKENS.issue(user_id, session_id, now=NOW))
    assert (found.user_id, found.session_id) == (user_id, session_id)
    assert found.expires_at == (NOW + timedelta(minutes=15)).timestamp()


def test_a_token_from_a_replica_whose_clock_is_ahead_is_good() -> None:
    assert TOKENS.verify(jwt.encode(claims(iat=99_999_999_999), KEY, algorithm="HS256"))


def test_after_a_change_of_secret_old_tokens_are_still_good() -> None:
    token = TOKENS.issue(uuid4(), uuid4(), now=NOW)
    assert JwtAccessTokens((NEW, OLD)).verify(token)


def test_new_tokens_are_signed_with_the_new_secret() -> None:
    token = JwtAccessTokens((NEW, OLD)).issue(uuid4(), uuid4(), now=NOW)
    assert JwtAccessTokens((NEW,)).verify(token)


def refused(token: str) -> None:
    with pytest.raises(InvalidToken):
        TOKENS.verify(token)


@pytest.mark.parametrize("name", ["sub", "sid", "iat", "exp"])
def test_a_token_that_leaves_a_claim_out_is_refused(name: str) -> None:
    refused(jwt.encode(claims(**{name: None}), KEY, algorithm="HS256"))


@pytest.mark.parametrize(("name", "value"), [("sub", "nobody"), ("sid", "42"), ("exp", "soon"), ("sid", 42), ("sid", [])])
def test_a_token_with_a_claim_of_another_kind_is_refused(name: str, value: Any) -> None:
    refused(jwt.encode(claims(**{name: value}), KEY, algorithm="HS256"))


def test_a_token_under_another_secret_is_refused() -> None:
    refused(JwtAccessTokens((NEW,)).issue(UUID(int=1), UUID(int=2), now=NOW))


def test_the_servers_secret_itself_signs_no_token() -> None:
    refused(jwt.encode(claims(), OLD + bytes(32), algorithm="HS256"))


def test_an_unsigned_token_is_refused() -> None:
    refused(f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{encoded(claims())}.")


def test_only_one_algorithm_will_do() -> None:
    refused(jwt.encode(claims(), KEY * 2, algorithm="HS512"))


def test_a_token_whose_claims_were_changed_is_refused() -> None:
    header, _, signature = TOKENS.issue(uuid4(), uuid4(), now=NOW).split(".")
    refused(f"{header}.{encoded(claims())}.{signature}")


@pytest.mark.parametrize(
    "token",
    ["", ".", "..", "a.b.c", "é.é.é", "a" * 100_000, base64.urlsafe_b64encode(b"[" * 30_000).decode() + ".e30.", "\ud800"],
)
def test_what_is_no_token_is_refused(token: str) -> None:
    refused(token)
