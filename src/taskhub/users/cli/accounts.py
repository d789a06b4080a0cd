"""The work behind `taskhub user …` and `taskhub token …`. Input is validated by the rules of the API."""

import re
import sys
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import typer
from pydantic import TypeAdapter, ValidationError

from taskhub.kernel.api.types import Instant, Name, TimeZone
from taskhub.kernel.application.commands import Context
from taskhub.kernel.cli import Application, CommandFailed
from taskhub.kernel.contract.caller import Scope
from taskhub.kernel.contract.ids import new_id
from taskhub.users.api.bodies import Email, NewPassword, Scopes
from taskhub.users.application.create_token import CreatedToken
from taskhub.users.application.create_user import CreateUser
from taskhub.users.application.issue_token import IssueToken
from taskhub.users.application.reset_password import ResetPassword
from taskhub.users.container import UsersContainer
from taskhub.users.domain.email import EmailAddress

_UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1)}


def create_account(application: Application, email: str, name: str, time_zone: str) -> UUID:
    """Returns its id.

    Raises:
        CommandFailed: the input is not what the API would take.
        EmailTaken
    """
    address = EmailAddress.parse(validated("EMAIL", Email, email))
    name, time_zone = validated("--name", Name, name), validated("--time-zone", TimeZone, time_zone)
    password = new_password()

    async def work(users: UsersContainer) -> UUID:
        id, password_hash = new_id(), await users.passwords().hash(password)
        command = CreateUser(id, address, name, time_zone, password_hash)
        await users.create_user().perform(command, Context())
        return id

    return application.run("users", work)


def set_password(application: Application, email: str, *, revoke_tokens: bool) -> None:
    """Raises:
    CommandFailed: the input is not what the API would take.
    NotFound
    """
    try:
        address = EmailAddress.parse(email)
    except ValueError as error:
        raise CommandFailed(f"EMAIL: {error}.") from None
    password = new_password()

    async def work(users: UsersContainer) -> None:
        command = ResetPassword(address, await users.passwords().hash(password), revoke_tokens)
        await users.reset_password().perform(command, Context())

    application.run("users", work)


def issue_token(application: Application, email: str, name: str, scopes: str, expires: str) -> str:
    """Returns the secret of a new API token.

    Raises:
        CommandFailed: the input is not what the API would take.
        NotFound
        ValidationFailed: the expiry is in the past.
    """
    address = EmailAddress.parse(validated("EMAIL", Email, email))
    name = validated("--name", Name, name)
    keys = validated("--scopes", Scopes, [scope.strip() for scope in scopes.split(",")])

    async def work(users: UsersContainer) -> str:
        expires_at = _expiry(expires, users.clock()())
        command = IssueToken(new_id(), address, name, tuple(Scope[key.upper()] for key in keys), expires_at)
        created: CreatedToken = await users.issue_token().perform(command, Context())
        return created.secret

    return application.run("users", work)


def _expiry(text: str, now: datetime) -> datetime | None:
    if text == "never":
        return None
    if found := re.fullmatch(r"([1-9][0-9]{0,4})([dh])", text, re.ASCII):
        return now + int(found[1]) * _UNITS[found[2]]
    expires_at: datetime = validated("--expires: expected 90d, 12h, never, or an instant", Instant, text)
    return expires_at


def new_password() -> str:
    """Prompts twice on a terminal; else reads the first line of standard input."""
    if sys.stdin.isatty():
        text = typer.prompt("New password", hide_input=True, confirmation_prompt=True)
    else:
        text = sys.stdin.readline().removesuffix("\n")
    password: str = validated("The password", NewPassword, text).get_secret_value()
    return password


def validated(what: str, kind: Any, value: str | list[str]) -> Any:
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        raise CommandFailed(f"{what}: {error.errors()[0]['msg']}") from None
