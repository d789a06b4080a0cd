"""Describes this module to the application."""

from importlib.resources import files

from dependency_injector import providers

from taskhub.kernel.module_api import Module, ModuleContainer, ModuleContext
from taskhub.users.api.documentation import DOCUMENTATION
from taskhub.users.api.routes import ROUTES
from taskhub.users.application.events import EVENTS
from taskhub.users.container import UsersContainer
from taskhub.users.contract.membership_exits import MembershipExits
from taskhub.users.infrastructure.mappings import API_TOKENS, SESSIONS, USERS
from taskhub.users.infrastructure.rows import ApiTokenRow, SessionRow, SignInAddressRow, UserRow


def users_container(context: ModuleContext) -> ModuleContainer:
    return UsersContainer(
        database=context.database,
        notifier=context.notifier,
        clock=providers.Object(context.clock),
        monotonic=providers.Object(context.monotonic),
        secret_keys=context.secret_keys,
        registration=context.app_settings.registration,
        membership_exits=providers.Object(context.port(MembershipExits)),
    )


module = Module(
    "users",
    package="taskhub.users",
    api=(1, 0),
    container=users_container,
    rows={
        UserRow: frozenset(),
        SessionRow: frozenset(),
        ApiTokenRow: frozenset(),
        SignInAddressRow: frozenset(),
    },
    mappings=(USERS, SESSIONS, API_TOKENS),
    routes=ROUTES,
    events=EVENTS,
    documentation=DOCUMENTATION,
    migrations=files("taskhub.users") / "migrations",
)
