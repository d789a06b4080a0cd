"""Users, sessions and API tokens for tests: valid unless told otherwise."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import factory

from taskhub.kernel.contract.caller import Scope
from taskhub.kernel.contract.ids import new_id
from taskhub.users.application.passwords import Proof
from taskhub.users.domain.api_token import ApiToken
from taskhub.users.domain.email import EmailAddress
from taskhub.users.domain.session import LIFETIME, Session
from taskhub.users.domain.user import User

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=20)


class UserFactory(factory.Factory[User]):
    """A user as they were loaded."""

    class Meta:
        model = User

    id = factory.LazyFunction(new_id)
    email = factory.Sequence(lambda n: EmailAddress.parse(f"user{n}@example.com"))
    name = factory.Sequence(lambda n: f"User {n}")
    time_zone = "UTC"
    password_hash = "a hash"
    password_number = 1
    version = 1
    created_at = NOW
    updated_at = NOW
    deleted_at = None


class SessionFactory(factory.Factory[Session]):
    """A session as it was loaded."""

    class Meta:
        model = Session

    user_id = factory.LazyFunction(uuid4)
    id = factory.LazyFunction(new_id)
    user_agent = "tests"
    refresh_digest = "digest 0"
    spent = ()
    expires_at = NOW + LIFETIME
    version = 1
    created_at = NOW
    updated_at = NOW


class ApiTokenFactory(factory.Factory[ApiToken]):
    """An API token as it was loaded."""

    class Meta:
        model = ApiToken

    user_id = factory.LazyFunction(uuid4)
    id = factory.LazyFunction(new_id)
    name = factory.Sequence(lambda n: f"Token {n}")
    scopes = (Scope.READ,)
    workspace_id = None
    expires_at = None
    digest = factory.Sequence(lambda n: f"digest of token {n}")
    version = 1
    created_at = NOW
    updated_at = NOW


def proof_of(user: User, rehashed: str | None = None) -> Proof:
    """That somebody knew the user's password a moment ago."""
    return Proof(user.id, user.password_number, user.version, rehashed)
