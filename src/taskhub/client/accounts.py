"""Signing in and out: a password is exchanged for an API token, which is what this computer keeps."""

import socket
from collections.abc import Sequence
from typing import Any

from taskhub.client.connection import Connection
from taskhub.client.errors import ClientError, NotSignedIn, Refused
from taskhub.client.sign_in import SignIn

MAX_NAME = 100


def sign_in_with_password(
    url: str, email: str, password: str, scopes: Sequence[str], expires_at: str | None, previous: str | None
) -> SignIn:
    """Makes an API token with the name of this computer, in the place of the ``previous`` one. The session that it takes ends at
    once.

    Raises:
        ClientError
    """
    with _session(url, email, password) as session:
        try:
            body = {"name": token_name(), "scopes": [*scopes], "expires_at": expires_at}
            made = session.send("POST", "tokens", body, is_keyed=False).body
            if previous is not None:
                _revoke(session, previous)
        finally:
            session.send("DELETE", "sessions/current", is_keyed=False)
    return SignIn(url, made["token"], made["id"])


def sign_out(signed_in: SignIn, password: str) -> None:
    """Revokes the token of this computer.

    Raises:
        ClientError
    """
    with Connection(signed_in.url, signed_in.token) as connection:
        email = connection.get("users/me")["email"]
    with _session(signed_in.url, email, password) as session:
        try:
            _revoke(session, str(signed_in.token_id))
        finally:
            session.send("DELETE", "sessions/current", is_keyed=False)


def _revoke(session: Connection, token_id: str) -> None:
    """It may be gone already, or be another account's."""
    try:
        session.send("DELETE", f"tokens/{token_id}", is_keyed=False)
    except Refused as refused:
        if refused.code != "not_found":
            raise


def is_valid(signed_in: SignIn) -> bool:
    """Raises:
    ClientError: the service can't be asked.
    """
    try:
        user_of(signed_in)
    except NotSignedIn:
        return False
    return True


def user_of(signed_in: SignIn) -> Any:
    """The account that a token acts for.

    Raises:
        ClientError
    """
    check_service(signed_in.url)
    with Connection(signed_in.url, signed_in.token) as connection:
        return connection.get("users/me")


def check_service(url: str) -> None:
    """Raises:
    ClientError: there is something else than TaskHub at this URL.
    """
    with Connection(url) as connection:
        service = connection.get("")
    if not isinstance(service, dict) or service.get("name") != "TaskHub":
        raise ClientError(f"There is no TaskHub at {url}.")


def token_name() -> str:
    name = "".join(character for character in socket.gethostname() if character.isprintable())
    return f"taskhub on {name or 'a computer'}"[:MAX_NAME]


def _session(url: str, email: str, password: str) -> Connection:
    with Connection(url) as connection:
        session = connection.send("POST", "sessions", {"email": email, "password": password}, is_keyed=False).body
    return Connection(url, session["access_token"])
