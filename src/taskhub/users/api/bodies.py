"""The bodies and parameters of account requests."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from taskhub.kernel.api.bodies import Body, Patch
from taskhub.kernel.api.types import Id, Instant, Name, TimeZone
from taskhub.kernel.contract.caller import Scope
from taskhub.users.application.views import SCOPE
from taskhub.users.domain import email, password
from taskhub.users.domain.email import EmailAddress


def _email(value: str) -> str:
    try:
        return EmailAddress.new(value).text
    except ValueError as error:
        raise PydanticCustomError("wrong_format", "Expected an email address: {reason}.", {"reason": str(error)}) from None


def _new_password(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if (
        len(text) > password.MAX_LENGTH_AS_TYPED
        or not password.MIN_LENGTH <= len(password.canonical(text)) <= password.MAX_LENGTH
    ):
        raise PydanticCustomError(
            "password_length",
            "Expected {shortest} to {longest} characters.",
            {"shortest": password.MIN_LENGTH, "longest": password.MAX_LENGTH},
        )
    if password.has_control_character(text):
        raise PydanticCustomError("control_character", "Control characters are not allowed here: nobody can type them again.")
    return value


def _scopes(value: list[str]) -> list[str]:
    if len(set(value)) != len(value):
        raise PydanticCustomError("repeated", "Name each scope once.")
    return sorted(value, key=lambda key: Scope[key.upper()])


Email = Annotated[str, AfterValidator(_email), Field(json_schema_extra={"format": "email", "maxLength": email.MAX_LENGTH})]
NewPassword = Annotated[
    SecretStr,
    AfterValidator(_new_password),
    Field(json_schema_extra={"minLength": password.MIN_LENGTH, "maxLength": password.MAX_LENGTH}),
]
KnownPassword = Annotated[SecretStr, Field(max_length=password.MAX_LENGTH_AS_TYPED)]
"""A password to check: whatever it looks like, the answer is whether it is right."""
ScopeKey = Annotated[Literal["read", "write", "admin"], WithJsonSchema(SCOPE)]
Scopes = Annotated[list[ScopeKey], Field(min_length=1), AfterValidator(_scopes)]


class NewUser(Body):
    email: Email
    name: Name
    password: NewPassword
    time_zone: TimeZone = "UTC"


class UserPatch(Patch):
    """A merge patch: a member that is missing stays as it is. A new `email` needs `current_password`."""

    name: Name = ""
    time_zone: TimeZone = ""
    email: Email = ""
    current_password: KnownPassword = SecretStr("")


class PasswordChange(Body):
    """`revoke_tokens`: the API tokens too; the other sessions end in any case."""

    current_password: KnownPassword
    new_password: NewPassword
    revoke_tokens: bool = False


class AccountClosing(Body):
    current_password: KnownPassword


class SignIn(Body):
    email: Annotated[str, StringConstraints(max_length=1000)]
    password: KnownPassword


class Refresh(Body):
    refresh_token: Annotated[SecretStr, Field(max_length=1000)]


class NewToken(Body):
    """`workspace_id` binds the token to that workspace; without `expires_at` it works until it is revoked."""

    name: Name
    scopes: Scopes
    expires_at: Instant | None = None
    workspace_id: Id | None = None
