"""What an error of the driver says about the connection that it came from."""

import asyncpg
import pytest
from asyncpg.exceptions import _base

from taskhub.kernel.infrastructure.postgres.errors import is_broken, is_lost, leaves_commit_open, violated_constraint
from taskhub.modules.discovery import installed_modules

UNIQUE_KEY = "uq_projects_workspace_id_key"


def test_a_parameter_that_the_driver_refuses_breaks_no_connection() -> None:
    assert not is_broken(_base.DataError("invalid input for query argument $1"))


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.InterfaceError("cannot perform operation: another operation is in progress"),
        asyncpg.InterfaceError("the connection is closed"),
        asyncpg.ConnectionDoesNotExistError("gone"),
        asyncpg.ReadOnlySQLTransactionError("read-only"),
        TimeoutError(),
    ],
)
def test_a_connection_that_is_lost_or_at_work_is_broken(error: Exception) -> None:
    assert is_broken(error)


def ended(kind: type[asyncpg.PostgresError], severity: str) -> asyncpg.PostgresError:
    """As a server tells it."""
    error = kind("gone")
    error.severity_en = severity
    return error


@pytest.mark.parametrize("kind", [asyncpg.ConnectionFailureError, asyncpg.AdminShutdownError])
def test_a_server_behind_the_server_that_is_gone_breaks_no_connection(kind: type[asyncpg.PostgresError]) -> None:
    assert not is_broken(ended(kind, "ERROR"))
    assert is_broken(ended(kind, "FATAL"))
    assert is_lost(ended(kind, "ERROR")), "but nobody knows what it has done"


def test_a_commit_that_a_node_did_not_confirm_may_be_done() -> None:
    error = asyncpg.InternalServerError("could not commit transaction for shard 102123 on at least one active node")
    assert is_lost(error)
    assert not is_broken(error)
    assert not is_lost(asyncpg.InternalServerError("cache lookup failed"))


def test_no_internal_error_of_a_cluster_tells_that_a_commit_is_not_done() -> None:
    closed = asyncpg.InternalServerError("server closed the connection unexpectedly\n\tThis probably means …")
    assert is_lost(closed)
    assert not is_broken(closed), "the connection to the coordinator is sound"
    unknown = asyncpg.InternalServerError("cache lookup failed")
    assert leaves_commit_open(unknown, is_distributed=True)
    assert not leaves_commit_open(unknown, is_distributed=False)


def refused(message: str, name: str | None = None) -> asyncpg.UniqueViolationError:
    error = asyncpg.UniqueViolationError(message)
    error.constraint_name = name
    return error


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (refused('duplicate key value violates unique constraint "pk_tasks"', "pk_tasks"), "pk_tasks"),
        (refused('duplicate key value violates unique constraint "pk_retry_keys_102019"'), "pk_retry_keys"),
        (refused('new row for relation "t_102008" violates check constraint "ck_tasks_due_102008"'), "ck_tasks_due"),
        (refused("doppelter Schlüsselwert verletzt Unique-Constraint »uq_projects_workspace_id_key_1020341«"), UNIQUE_KEY),
        (refused("something else", "a_name_of_others_102008"), "a_name_of_others_102008"),
        (refused("something else"), ""),
    ],
)
def test_a_constraint_is_told_without_the_shard(error: asyncpg.UniqueViolationError, name: str) -> None:
    assert violated_constraint(error) == name


def test_names_of_constraints_leave_room_for_the_number_of_a_shard() -> None:
    """Of a longer one Citus makes another name."""
    names = {name for module in installed_modules() for mapping in module.mappings for name in mapping.constraints}
    assert names
    assert [name for name in names if len(name) > 63 - len("_1234567890")] == []
