"""Paths, queries, headers and tokens that were made to hurt."""

import base64
import json
import math
import time
from uuid import uuid4

import httpx2
import jwt
import pytest

from support.harness.api import Api
from support.harness.operations import OPERATIONS, PROTECTED, READS, WITH_ANY_QUERY, SampleData, each
from support.harness.problems import problem
from taskhub.container import Container
from taskhub.kernel.api.operations import Operation

HOSTILE = ["%00", "%ED%A0%80", "%FF", "..%2F..%2Fetc%2Fpasswd", "'%20OR%201=1", "-1", "9" * 100, "x" * 20_000, "%F0%9F%98%80"]
LISTS = [operation for operation in READS if "cursor" in operation.query[1].model_fields]


@each([operation for operation in OPERATIONS if operation.param_convertors and operation not in WITH_ANY_QUERY])
async def test_a_path_that_names_nothing_is_404(sample: SampleData, operation: Operation) -> None:
    for value in HOSTILE:
        path = operation.path_format.format(**dict.fromkeys(operation.param_convertors, value))
        answer = await sample.call(operation, path=path)

        # A slash makes another path of it.
        assert answer.status_code in ((404, 405) if "%2F" in value else (404,)), (value[:50], answer.text)
        problem(answer, answer.status_code, answer.json()["code"])


@each(READS)
async def test_no_query_parameter_takes_what_is_not_its_kind(sample: SampleData, operation: Operation) -> None:
    for name in operation.query[1].model_fields:
        for value in (*HOSTILE, "NaN", "1e400", "18446744073709551616", "%EF%BF%BD", "a%00b"):
            answer = await sample.api.client.get(f"{sample.path(operation)}?{name}={value}")

            assert answer.status_code in (200, 400, 422), (name, value[:50], answer.text)
            if answer.status_code != 200:
                problem(answer, answer.status_code, answer.json()["code"])


@each([operation for operation in READS if operation not in WITH_ANY_QUERY])
async def test_a_query_that_is_no_query_is_422(sample: SampleData, operation: Operation) -> None:
    for query in ("%00=1", "%ED%A0%80", "a=1&a=2", "=", "&".join(f"x{n}=1" for n in range(3000)), "x=" + "y" * 50_000):
        problem(await sample.api.client.get(f"{sample.path(operation)}?{query}"), 422, "validation_failed")


@each(LISTS)
async def test_a_tampered_cursor_is_400(sample: SampleData, operation: Operation) -> None:
    for cursor in ("x", "%00", "A" * 300, base64.urlsafe_b64encode(b"[1]" * 30).decode().rstrip("="), "é"):
        answer = await sample.call(operation, params={"cursor": cursor})

        assert problem(answer, 400, "invalid_cursor")["errors"][0]["parameter"] == "cursor"


@each(OPERATIONS)
async def test_huge_headers_do_no_harm(sample: SampleData, operation: Operation) -> None:
    for name in ("x-request-id", "idempotency-key", "if-match", "if-none-match", "accept", "user-agent", "x-anything"):
        answer = await sample.call(operation, headers={name: '"1",' * 50_000}, params={"surprise": "1"})

        assert (200 if operation in WITH_ANY_QUERY else 400) <= answer.status_code < 500, name
        if answer.status_code >= 400:
            problem(answer, answer.status_code, answer.json()["code"])


def unsigned(token: str) -> str:
    """The same token, claiming to need no signature."""
    header = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode().rstrip("=")
    return f"{header}.{token.split('.')[1]}."


def forged(token: str, container: Container, *without: str, **claims: object) -> str:
    """The same token with other claims, under our own signature."""
    payload = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    changed = {name: value for name, value in {**payload, **claims}.items() if name not in without}
    return jwt.encode(changed, container.modules["users"].access_tokens()._keys[0], algorithm="HS256")


async def with_token(api: Api, token: str) -> httpx2.Response:
    return await api.client.get("/v1/workspaces", headers={b"authorization": f"Bearer {token}".encode("latin-1")})


@pytest.mark.parametrize(
    "case",
    [
        "unsigned",
        "no exp",
        "no session",
        "no user",
        "another session",
        "numbers",
        "for ever",
        "huge",
        "no number",
        "issued in the future",
        "good in the future",
        "padded",
        "with a byte of Latin-1 behind it",
    ],
)
async def test_a_token_that_is_not_quite_ours_is_401(sample: SampleData, api: Api, container: Container, case: str) -> None:
    token = str(sample.api.client.headers["authorization"].removeprefix("Bearer "))
    tokens = {
        "unsigned": unsigned(token),
        "no exp": forged(token, container, "exp"),
        "no session": forged(token, container, "sid"),
        "no user": forged(token, container, "sub"),
        "another session": forged(token, container, sid=str(uuid4())),
        "numbers": forged(token, container, exp="tomorrow"),
        "for ever": forged(token, container, exp=math.inf),
        "huge": forged(token, container, exp=10**400),
        "no number": forged(token, container, iat=math.nan),
        "issued in the future": forged(token, container, iat=int(time.time()) + 300, exp=int(time.time()) + 900),
        "good in the future": forged(token, container, nbf=int(time.time()) + 300),
        "padded": forged(token, container) + "=",
        "with a byte of Latin-1 behind it": forged(token, container) + "\u00a0",
    }

    assert (await with_token(api, forged(token, container))).status_code == 200
    answer = await with_token(api, tokens[case])
    problem(answer, 401, "invalid_token")
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


async def test_a_token_that_has_expired_says_so(sample: SampleData, api: Api, container: Container) -> None:
    token = str(sample.api.client.headers["authorization"].removeprefix("Bearer "))
    answer = await with_token(api, forged(token, container, exp=1_000_000_000))

    problem(answer, 401, "token_expired")
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


@pytest.mark.parametrize("token", ["", "x", "thub_", "thub_" + "0" * 64, "a.b.c", "\x00", "é", "x" * 200_000, "." * 5000])
async def test_what_is_no_token_is_401(api: Api, token: str) -> None:
    answer = await api.client.get("/v1/workspaces", headers=[(b"authorization", f"Bearer {token}".encode())])

    assert answer.status_code == 401
    problem(answer, 401, answer.json()["code"])


@each(PROTECTED)
async def test_other_schemes_are_no_credential(sample: SampleData, api: Api, operation: Operation) -> None:
    for credential in ("Basic YTpi", "Bearer", "bearer", "token abc"):
        problem(await sample.call(operation, api=api, headers={"authorization": credential}), 401, "not_authenticated")


@pytest.mark.parametrize("odd", ["=", "==", " ", "\t", "\n", "\u00a0", "\u200b", "é", "%", ".", "A", "\x7f"])
async def test_a_refresh_token_has_one_spelling(api: Api, odd: str) -> None:
    await api.sign_up()
    token = (await api.sign_in(api.user["email"]))["refresh_token"]
    # One that ends in the odd character by chance is itself.
    for written in {token + odd, odd + token, token[:10] + odd + token[10:], token[:-1] + odd} - {token}:
        problem(await api.post("/v1/sessions/refresh", {"refresh_token": written}), 401, "invalid_token")
    assert (await api.post("/v1/sessions/refresh", {"refresh_token": token})).status_code == 200
