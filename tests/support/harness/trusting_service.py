"""The service with an authenticator that trusts every claim, for tests in which signing up is not the point."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

from dependency_injector import providers

from support.harness.api import Api
from taskhub.app import TaskHub
from taskhub.container import Container
from taskhub.kernel.contract.caller import Caller, Scope
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork
from taskhub.settings import Settings

NewClient = Callable[..., Awaitable[Api]]
"""Makes clients: of somebody new, or with another credential (``scope``, ``token``, ``app``) of somebody known (``user``)."""


class TrustingAuthenticator:
    """Takes ``Bearer <user id> <scope>``; for an API token followed by the workspace that it is bound to, or ``-``."""

    async def authenticate(self, authorization: str | None) -> Caller:
        assert authorization is not None
        _, user_id, scope, *bound_to = authorization.split()
        if not bound_to:
            return Caller(UUID(user_id), Scope[scope], session_id=uuid4())
        workspace_id = None if bound_to == ["-"] else UUID(bound_to[0])
        return Caller(UUID(user_id), Scope[scope], token_id=uuid4(), stream_id=workspace_id)

    async def renew(self, known: Sequence[tuple[str | None, Caller]]) -> None:
        """Nothing has to be read."""


class AllAccountsOpen:
    async def require(self, user_id: UUID) -> None:
        """These users have no accounts."""


def all_accounts_open(uow: SqlUnitOfWork) -> AllAccountsOpen:
    return AllAccountsOpen()


@asynccontextmanager
async def started_service(database_url: str, **settings: Any) -> AsyncIterator[TaskHub]:
    """One process of the service, without its background work."""
    chosen = Settings(_env_file=None, rate_limits="off", log_level="error", **settings)
    container = Container(settings=chosen, database_url=database_url, secret_keys=(b"only tests know this one",))
    container.modules["users"].authenticator.override(providers.Object(TrustingAuthenticator()))
    container.modules["workspaces"].open_accounts.override(providers.Object(all_accounts_open))
    await container.database().open()
    try:
        yield TaskHub(container)
    finally:
        await container.database().close()
