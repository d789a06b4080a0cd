"""What an error of the driver says about the connection that it came from."""

import asyncpg
import pytest
from asyncpg.exceptions import _base

from taskhub.kernel.infrastructure.postgres.errors import is_broken


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
