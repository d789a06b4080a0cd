"""The service with a door that takes everybody's word for who they are, for tests in which signing up is not the point."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

from dependency_injector import providers

from support.api import Api
from taskhub.app import TaskHub
from taskhub.container import Container
from taskhub.kernel.contract.caller import Caller, Scope
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork
from taskhub.settings import Settings

Meet = Callable[..., Awaitable[Api]]
"""Makes clients: of somebody new, or with another credential (``scope``, ``token``, ``app``) of somebody known (``user``)."""


class CredulousAuthenticator:
    """Takes ``Bearer <user id> <scope>``; for an API token followed by the workspace that it is bound to, or ``-``."""

    async def authenticate(self, authorization: str | None) -> Caller:
        assert authorization is not None
        _, user_id, scope, *bound_to = authorization.split()
        if not bound_to:
            return Caller(UUID(user_id), Scope[scope], session_id=uuid4())
        workspace_id = None if bound_to == ["-"] else UUID(bound_to[0])
        return Caller(UUID(user_id), Scope[scope], token_id=uuid4(), workspace_id=workspace_id)


class EverybodyIsOpen:
    async def require(self, user_id: UUID) -> None:
        """These users have no accounts."""


def everybody_is_open(uow: SqlUnitOfWork) -> EverybodyIsOpen:
    return EverybodyIsOpen()


@asynccontextmanager
async def started(database_url: str, **settings: Any) -> AsyncIterator[TaskHub]:
    """One process of the service, without its background work."""
    chosen = Settings(_env_file=None, rate_limits="off", log_level="error", **settings)
    container = Container(settings=chosen, database_url=database_url, secret_keys=(b"only tests know this one",))
    container.modules["users"].authenticator.override(providers.Object(CredulousAuthenticator()))
    container.modules["workspaces"].open_accounts.override(providers.Object(everybody_is_open))
    await container.database().open()
    try:
        yield TaskHub(container)
    finally:
        await container.database().close()
