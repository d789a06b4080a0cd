"""One reading of everything that a database, its driver and the network can say."""

import re

import asyncpg

from taskhub.kernel.application.errors import Busy, Unavailable
from taskhub.kernel.application.unit_of_work import ConcurrencyConflict, ConnectionLost
from taskhub.kernel.domain.errors import DomainError
from taskhub.kernel.infrastructure.postgres.pool import PoolExhausted

LOST = (
    asyncpg.ConnectionDoesNotExistError,
    asyncpg.ConnectionFailureError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    # The driver's own state went wrong, as it may when the server ends a connection between two messages.
    asyncpg.InternalClientError,
    ConnectionError,
)
"""The connection is gone. What had been sent before commit is undone."""

_RETRYABLE = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.InvalidCachedStatementError,
)
_BUSY = (asyncpg.LockNotAvailableError, asyncpg.QueryCanceledError)
_UNAVAILABLE = (
    *LOST,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InvalidAuthorizationSpecificationError,
    OSError,
    TimeoutError,
)


_NODE_LOST = re.compile(
    r"^(could not commit transaction for shard|failure on connection marked as essential|no connection to the server"
    r"|server closed the connection unexpectedly|SSL connection has been closed unexpectedly|SSL SYSCALL error"
    r"|could not (receive data from|send data to) server)"
)
"""What a cluster (Citus), or its client of the node (libpq), says as an internal error when a node goes away in the middle of a
transaction."""

_CONSTRAINT = re.compile(r"\b((?:ck|fk|ix|pk|uq)_[a-z0-9_]+?)(?:_[0-9]{6,})?\b")
"""Names follow a convention: see `rows.NAMES`."""


def is_lost(error: BaseException) -> bool:
    """Whether the connection broke under a statement, so that nobody knows from it what the server did."""
    return (
        isinstance(error, (*LOST, TimeoutError, OSError))
        or (isinstance(error, asyncpg.InterfaceError) and "closed" in str(error))
        or _has_lost_node(error)
    )


def leaves_commit_open(error: BaseException, *, is_distributed: bool) -> bool:
    """Whether nobody knows from an error of `COMMIT` if it is done. On a cluster no internal error of it says that."""
    return is_lost(error) or (is_distributed and isinstance(error, asyncpg.InternalServerError))


def _has_lost_node(error: BaseException) -> bool:
    return isinstance(error, asyncpg.InternalServerError) and _NODE_LOST.match(str(error)) is not None


def violated_constraint(error: asyncpg.IntegrityConstraintViolationError) -> str:
    """The name of the constraint that a row would have violated, as the schema has it; an empty text where nothing tells it.

    On Citus the node of the row refuses it. It tells the name in its message alone, with the number of the shard behind.
    """
    found = _CONSTRAINT.search(error.constraint_name or str(error))
    return found[1] if found else error.constraint_name or ""


def is_of_node(error: BaseException) -> bool:
    """Whether another server is gone, on which this one has its rows (a node of Citus), and the connection itself is sound.

    Who ends a connection calls the error fatal.
    """
    return _has_lost_node(error) or (isinstance(error, LOST) and getattr(error, "severity_en", None) == "ERROR")


def is_broken(error: BaseException) -> bool:
    """Whether a connection must not be used again: it may be dead, read-only, or still at work for somebody.

    A parameter that the driver refuses is a `ValueError` as well: nothing was sent.
    """
    return (
        (is_lost(error) and not is_of_node(error))
        or isinstance(error, asyncpg.ReadOnlySQLTransactionError)
        or (isinstance(error, asyncpg.InterfaceError) and not isinstance(error, ValueError))
    )


def translate_error(error: Exception) -> Exception:
    """What an error means before anything was sent to be committed."""
    if isinstance(error, DomainError | ConcurrencyConflict):
        return error
    if isinstance(error, _RETRYABLE):
        return ConcurrencyConflict()
    if isinstance(error, _BUSY):
        return Busy("Other requests are changing the same resources and take too long. Nothing was changed; try again.")
    if isinstance(error, asyncpg.DiskFullError):
        return Unavailable("The disk of the database is full. Nothing was changed.")
    if isinstance(error, PoolExhausted):
        return Busy("All connections to the database are in use, and none became free in time. Nothing was changed; try again.")
    if isinstance(error, _UNAVAILABLE) or is_lost(error):
        return Unavailable()
    return error


def translate_error_before_commit(error: Exception) -> Exception:
    """What it means until commit is sent: a connection that breaks has undone everything, and the command is simply run again."""
    return ConnectionLost() if is_lost(error) and not isinstance(error, TimeoutError) else translate_error(error)
