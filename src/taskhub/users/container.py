"""What the users module is made of. Parts have the type of their Protocol, so that mypy checks here whether a class fits."""

from functools import partial
from typing import Any

from dependency_injector import containers, providers

from taskhub.kernel.application.runner import CommandLog, Runner
from taskhub.kernel.infrastructure.event_log.command_log import SqlCommandLog
from taskhub.kernel.infrastructure.use_cases import UseCases
from taskhub.kernel.module_api import keeps_nothing
from taskhub.users.application.change_account import change_account
from taskhub.users.application.change_password import change_password
from taskhub.users.application.close_account import close_account
from taskhub.users.application.create_token import create_token
from taskhub.users.application.create_user import create_user
from taskhub.users.application.end_session import end_session
from taskhub.users.application.issue_token import issue_token
from taskhub.users.application.open_session import open_session
from taskhub.users.application.passwords import CredentialStore, Passwords
from taskhub.users.application.ports import AccessTokens, ApiTokenSecrets, PasswordHasher, RefreshTokens, UsersUnitOfWork
from taskhub.users.application.queries import AccountQueries
from taskhub.users.application.refresh_session import refresh_session
from taskhub.users.application.reset_password import reset_password
from taskhub.users.application.revoke_token import revoke_token
from taskhub.users.application.session_tokens import session_tokens
from taskhub.users.contract.accounts import Accounts, OpenAccounts
from taskhub.users.contract.authenticator import Authenticator
from taskhub.users.infrastructure.access_tokens import JwtAccessTokens
from taskhub.users.infrastructure.accounts import SqlAccounts, sql_open_accounts
from taskhub.users.infrastructure.api_token_secrets import RandomApiTokenSecrets
from taskhub.users.infrastructure.authenticator import SqlAuthenticator
from taskhub.users.infrastructure.credentials import SqlCredentialStore
from taskhub.users.infrastructure.last_use import LastUse
from taskhub.users.infrastructure.mappings import API_TOKENS, SESSIONS, USERS
from taskhub.users.infrastructure.password_hasher import Argon2PasswordHasher
from taskhub.users.infrastructure.purge import PURGES
from taskhub.users.infrastructure.queries import SqlAccountQueries
from taskhub.users.infrastructure.refresh_tokens import SignedRefreshTokens
from taskhub.users.infrastructure.sign_in_addresses import SqlSignInAddresses
from taskhub.users.infrastructure.unit_of_work import SqlUsersUnitOfWork


class UsersContainer(containers.DeclarativeContainer):
    database: providers.Dependency[Any] = providers.Dependency()
    notifier: providers.Dependency[Any] = providers.Dependency()
    clock: providers.Dependency[Any] = providers.Dependency()
    monotonic: providers.Dependency[Any] = providers.Dependency()
    secret_keys: providers.Dependency[Any] = providers.Dependency()
    registration: providers.Dependency[Any] = providers.Dependency()
    membership_exits: providers.Dependency[Any] = providers.Dependency()

    unit_of_work: providers.Provider[UsersUnitOfWork] = providers.Factory(
        SqlUsersUnitOfWork, database, notifier, membership_exits
    )
    command_log: providers.Provider[CommandLog] = providers.Singleton(SqlCommandLog, database, (USERS, SESSIONS, API_TOKENS))
    runner: providers.Provider[Runner[UsersUnitOfWork]] = providers.Singleton(Runner, unit_of_work.provider, command_log, clock)

    password_hasher: providers.Provider[PasswordHasher] = providers.Singleton(Argon2PasswordHasher)
    sign_in_addresses = providers.Singleton(SqlSignInAddresses, database, secret_keys)
    credentials: providers.Provider[CredentialStore] = providers.Singleton(SqlCredentialStore, database, sign_in_addresses, clock)
    passwords = providers.Singleton(Passwords, credentials, password_hasher)
    refresh_tokens: providers.Provider[RefreshTokens] = providers.Singleton(SignedRefreshTokens, secret_keys)
    access_tokens: providers.Provider[AccessTokens] = providers.Singleton(JwtAccessTokens, secret_keys)
    api_token_secrets: providers.Provider[ApiTokenSecrets] = providers.Singleton(RandomApiTokenSecrets)
    last_use = providers.Singleton(LastUse, database)
    authenticator: providers.Provider[Authenticator] = providers.Singleton(
        SqlAuthenticator, database, access_tokens, last_use, clock, monotonic
    )
    queries: providers.Provider[AccountQueries] = providers.Singleton(SqlAccountQueries, database)

    bound = UseCases(runner, clock=clock, refresh_tokens=refresh_tokens, secrets=api_token_secrets)
    create_user = bound(create_user)
    change_account = bound(change_account)
    change_password = bound(change_password)
    reset_password = bound(reset_password)
    close_account = bound(close_account)
    open_session = bound(open_session)
    refresh_session = bound(refresh_session)
    end_session = bound(end_session)
    session_tokens = providers.Singleton(partial, session_tokens, access_tokens=access_tokens, clock=clock)
    create_token = bound(create_token)
    issue_token = bound(issue_token)
    revoke_token = bound(revoke_token)

    accounts: providers.Provider[Accounts] = providers.Singleton(SqlAccounts, database)
    ports = providers.Object({OpenAccounts: sql_open_accounts})
    services = providers.Dict({Authenticator: authenticator.provider, Accounts: accounts.provider})
    subscribers = providers.Object(())
    purges = providers.Object(PURGES)
    background = providers.List(last_use)
    empty = providers.Callable(keeps_nothing)
