"""Errors as the command line reports them: one sentence for the operator."""

from asyncpg import ClientConfigurationError, PostgresError
from sqlalchemy.exc import DBAPIError

from taskhub.embedded import EmbeddedPostgresError
from taskhub.kernel.application.errors import Unavailable
from taskhub.kernel.cli import CommandFailed
from taskhub.kernel.domain.errors import DomainError
from taskhub.modules.errors import WrongModule
from taskhub.schema.distribute import NotDistributable
from taskhub.schema.heads import WrongSchema
from taskhub.schema.locks import MigrationBlocked
from taskhub.schema.revisions import WrongRevisions
from taskhub.settings import WrongSettings

_SELF_EXPLANATORY = (
    CommandFailed,
    EmbeddedPostgresError,
    MigrationBlocked,
    NotDistributable,
    WrongModule,
    WrongRevisions,
    WrongSchema,
    WrongSettings,
)


def explanation(error: BaseException) -> str | None:
    """One sentence on an error; None for a bug of the program, which is shown with its traceback."""
    if isinstance(error, Unavailable) and error.__cause__ is not None:
        return f"The database can't be used: {_cause(error.__cause__)}. Nothing was changed."
    if isinstance(error, DomainError):
        return " ".join(fault.message for fault in error.faults) or error.detail
    if isinstance(error, _SELF_EXPLANATORY):
        return str(error)
    if isinstance(error, DBAPIError):
        said = _cause(_server_error(error))
        return f"The schema could not be changed: {said}. The step that failed was undone; those before it stay."
    if isinstance(error, ClientConfigurationError):
        return f"TASKHUB_DATABASE_URL can't be used: {str(error).rstrip('.')}."
    if isinstance(error, OSError | PostgresError):
        return f"{_cause(error)}."
    return None


def _server_error(error: DBAPIError) -> BaseException:
    """What the server said, without the statement and the links that wrap it."""
    return getattr(error.orig, "__cause__", None) or error.orig or error


def _cause(error: BaseException) -> str:
    text = (str(error) or "no answer in time").rstrip(".")
    return text if isinstance(error, PostgresError) else f"{text} ({type(error).__name__})"
