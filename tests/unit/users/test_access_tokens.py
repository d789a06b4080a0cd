"""Access tokens: what is taken for one, and what is not."""

import base64
import hashlib
import hmac
import json
import math
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
HEADER = {"alg": "HS256", "typ": "JWT"}
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def claims(**changes: Any) -> dict[str, Any]:
    """Good claims, but for the changes; None takes a claim away."""
    good = {"sub": str(uuid4()), "sid": str(uuid4()), "iat": 1_800_000_000, "exp": 1_800_000_900}
    return {name: value for name, value in (good | changes).items() if value is not None}


def as_text(part: str | bytes) -> str:
    return base64.urlsafe_b64encode(part if isinstance(part, bytes) else part.encode()).rstrip(b"=").decode()


def compact(part: Any) -> str:
    return json.dumps(part, separators=(",", ":"))


def encoded(part: Any) -> str:
    return as_text(compact(part))


def signed(header: str, payload: str) -> str:
    """A token with the signature that belongs to it, whatever the parts are."""
    signature = hmac.digest(KEY, f"{header}.{payload}".encode(), "sha256")
    return f"{header}.{payload}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def test_a_token_that_somebody_else_signs_with_our_key_is_good_if_we_would_write_it_so() -> None:
    assert TOKENS.verify(signed(encoded(HEADER), encoded(claims())))
    assert TOKENS.verify(jwt.encode(claims(), KEY, algorithm="HS256"))


@pytest.mark.parametrize("part", ["header", "payload"])
def test_members_are_written_in_our_order_without_blanks(part: str) -> None:
    good: dict[str, Any] = {"header": HEADER, "payload": claims()}
    turned = {name: good[part][name] for name in reversed(good[part])}
    for other in (compact(turned), json.dumps(good[part]), compact(good[part]) + "\n"):
        refused(signed(*(as_text(other) if name == part else encoded(whole) for name, whole in good.items())))


def test_a_token_names_user_and_session_for_a_quarter_of_an_hour() -> None:
    user_id, session_id = uuid4(), uuid4()
    found = TOKENS.verify(TOKENS.issue(user_id, session_id, now=NOW))
    assert (found.user_id, found.session_id) == (user_id, session_id)
    assert found.expires_at == (NOW + timedelta(minutes=15)).timestamp()


def test_a_library_for_json_web_tokens_reads_ours() -> None:
    token = TOKENS.issue(UUID(int=1), UUID(int=2), now=NOW)
    read = jwt.decode_complete(token, KEY, algorithms=["HS256"], options={"verify_exp": False, "verify_iat": False})
    assert read["header"] == HEADER
    assert (read["payload"]["sub"], read["payload"]["sid"]) == (str(UUID(int=1)), str(UUID(int=2)))


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


@pytest.mark.parametrize("name", ["iat", "exp", "nbf"])
@pytest.mark.parametrize(
    "value",
    [math.inf, -math.inf, math.nan, 1e400, 1_800_000_000.5, 1_800_000_000.0, 10**400, -1, "1800000000", True, [], {}],
    ids=repr,
)
def test_a_time_is_a_whole_number_of_seconds_within_reason(name: str, value: Any) -> None:
    refused(signed(encoded(HEADER), encoded(claims(**{name: value}))))


def test_a_time_is_not_null() -> None:
    refused(signed(encoded(HEADER), encoded(claims() | {"nbf": None})))


@pytest.mark.parametrize("seconds", [901, 10**9])
def test_no_token_lives_longer_than_the_service_makes_them(seconds: int) -> None:
    refused(jwt.encode(claims(exp=1_800_000_000 + seconds), KEY, algorithm="HS256"))


def test_a_token_is_good_from_the_later_of_its_two_beginnings() -> None:
    for later in ("iat", "nbf"):
        times = {"iat": 1_800_000_000, "nbf": 1_800_000_000, later: 1_800_000_060}
        assert TOKENS.verify(jwt.encode(claims(**times), KEY, algorithm="HS256")).good_from == 1_800_000_060


@pytest.mark.parametrize(
    ("header", "payload"),
    [
        ('{"alg":"HS256","alg":"HS256"}', None),
        ('{"alg":"none","alg":"HS256"}', None),
        ('{"alg":"HS256","typ":"JWT","typ":"JWT"}', None),
        (None, '"exp":1800000900,'),
        (None, '"sub":"00000000-0000-0000-0000-000000000001",'),
    ],
)
def test_a_member_that_stands_twice_is_refused(header: str | None, payload: str | None) -> None:
    body = compact(claims())
    refused(signed(as_text(header or compact(HEADER)), as_text(body if payload is None else "{" + payload + body[1:])))


@pytest.mark.parametrize("crit", [["exp"], ["b64"], [], "exp", None])
def test_a_token_that_demands_an_extension_is_refused(crit: Any) -> None:
    refused(signed(encoded(HEADER | {"crit": crit, "b64": True}), encoded(claims())))


@pytest.mark.parametrize("alg", ["none", "hs256", "HS256 ", "HS384", "RS256", "", None, 256, ["HS256"], {"HS256": 1}])
def test_a_header_with_another_algorithm_is_refused_whatever_the_signature(alg: Any) -> None:
    refused(signed(encoded(HEADER | {"alg": alg}), encoded(claims())))


@pytest.mark.parametrize("part", ["[]", "null", "1", '"x"', "", "{", "{}}", "\ufeff{}", "[" * 30_000])
def test_parts_that_are_no_objects_are_refused(part: str) -> None:
    refused(signed(as_text(part), encoded(claims())))
    refused(signed(encoded(HEADER), as_text(part)))


@pytest.mark.parametrize("typ", ["at+jwt", "jwt", "JWS", "", None, ["JWT"]])
def test_a_token_of_another_kind_is_refused(typ: Any) -> None:
    refused(signed(encoded(HEADER | {"typ": typ}), encoded(claims())))


def test_a_header_says_what_ours_say_and_no_more() -> None:
    refused(signed(encoded(HEADER | {"kid": "next"}), encoded(claims())))
    refused(signed(encoded({"alg": "HS256"}), encoded(claims())))


@pytest.mark.parametrize(("name", "value"), [("aud", "others"), ("iss", "others"), ("jti", "1"), ("scope", "read")])
def test_a_claim_that_ours_have_not_is_refused(name: str, value: str) -> None:
    refused(jwt.encode(claims(**{name: value}), KEY, algorithm="HS256"))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_parts_are_utf_8_without_a_mark_of_the_byte_order(encoding: str) -> None:
    header, payload = compact(HEADER), compact(claims())
    refused(signed(as_text(header.encode(encoding)), as_text(payload)))
    refused(signed(as_text(header), as_text(payload.encode(encoding))))
    assert TOKENS.verify(signed(as_text(header), as_text(payload)))


@pytest.mark.parametrize("name", ["sub", "sid"])
@pytest.mark.parametrize("spelling", ["{0.hex}", "{{{0}}}", "urn:uuid:{0}", " {0}", "{0}\n"], ids=repr)
def test_an_identifier_has_one_spelling(name: str, spelling: str) -> None:
    refused(jwt.encode(claims(**{name: spelling.format(uuid4())}), KEY, algorithm="HS256"))


@pytest.mark.parametrize("name", ["sub", "sid"])
def test_an_identifier_is_written_in_lower_case(name: str) -> None:
    refused(jwt.encode(claims(**{name: "ABCDEF00-0000-4000-8000-000000000001"}), KEY, algorithm="HS256"))


def spellings() -> list[str]:
    """Other ways to write the bytes of one good token."""
    header, payload, signature = TOKENS.issue(UUID(int=1), UUID(int=2), now=NOW).split(".")
    last = base64.urlsafe_b64decode(signature + "=")
    others = [last_bits for last_bits in ALPHABET if base64.urlsafe_b64decode(f"{signature[:-1]}{last_bits}=") == last]
    token = f"{header}.{payload}.{signature}"
    return [
        *(f"{header}.{payload}.{signature[:-1]}{bits}" for bits in others if bits != signature[-1]),
        f"{token}=",
        f"{token}==",
        f"{header}=.{payload}.{signature}",
        f"{header}.{payload}==.{signature}",
        *(f"{token[:at]}{odd}{token[at:]}" for odd in "!*\n\t \r\x00é~%,;" for at in (0, 5, len(header) + 5, len(token))),
        token.replace(".", "..", 1),
        f"{token}.",
        f".{token}",
    ]


@pytest.mark.parametrize("token", spellings(), ids=repr)
def test_a_token_has_one_spelling(token: str) -> None:
    refused(token)


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
