"""The root container: it joins the containers of the modules. Nothing here opens a connection or starts anything."""

from dependency_injector import containers, providers
from prometheus_client import CollectorRegistry

from taskhub.kernel.api.metrics import RequestMetrics
from taskhub.kernel.application.clock import system_clock
from taskhub.kernel.application.sliding_windows import SlidingWindows
from taskhub.kernel.infrastructure.background.rate_limit_sync import RateLimitSync
from taskhub.kernel.infrastructure.event_log.notifier import EventNotifier
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.settings import Settings
from taskhub.tasks.container import TasksContainer
from taskhub.users.container import UsersContainer
from taskhub.users.infrastructure.accounts import SqlAccounts, sql_open_accounts
from taskhub.workspaces.container import WorkspacesContainer
from taskhub.workspaces.infrastructure.membership_exits import sql_membership_exits
from taskhub.workspaces.infrastructure.memberships import sql_memberships


class Container(containers.DeclarativeContainer):
    settings = providers.Dependency(instance_of=Settings)
    database_url = providers.Dependency(instance_of=str)
    secret_keys = providers.Dependency(instance_of=tuple)

    metrics_registry = providers.Singleton(CollectorRegistry)
    request_metrics = providers.Singleton(RequestMetrics, metrics_registry)

    clock = providers.Object(system_clock)
    database = providers.Singleton(Database, database_url, pool_size=settings.provided.database_pool_size)
    notifier = providers.Singleton(EventNotifier)
    windows = providers.Singleton(SlidingWindows)
    rate_limit_sync = providers.Singleton(RateLimitSync, database, windows)

    users = providers.Container(
        UsersContainer,
        database=database,
        notifier=notifier,
        clock=clock,
        secret_keys=secret_keys,
        registration=settings.provided.registration,
        membership_exits=providers.Object(sql_membership_exits),
    )
    workspaces = providers.Container(
        WorkspacesContainer,
        database=database,
        notifier=notifier,
        clock=clock,
        authenticator=users.authenticator,
        account_names=providers.Singleton(SqlAccounts, database),
        open_accounts=providers.Object(sql_open_accounts),
    )
    tasks = providers.Container(
        TasksContainer,
        database=database,
        notifier=notifier,
        clock=clock,
        memberships=providers.Object(sql_memberships),
    )
