"""Whether tables are distributed is found out by connections, also by those of a process that ran before they were."""

from typing import Any

import asyncpg
import pytest

from taskhub.kernel.infrastructure.postgres.database import Database


class FakeConnection:
    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.is_terminated = False

    async def fetchval(self, sql: str) -> Any:
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def terminate(self) -> None:
        self.is_terminated = True


class FakeDatabase(Database):
    def __init__(self, *connections: FakeConnection) -> None:
        super().__init__("postgresql://nowhere", pool_size=1)
        self.connections = list(connections)

    async def _connected(self) -> Any:
        return self.connections.pop(0)


@pytest.mark.parametrize(("answers", "is_distributed"), [((False,), False), ((True, False), False), ((True, True), True)])
async def test_they_are_where_the_extension_has_distributed_the_log(answers: tuple[bool, ...], *, is_distributed: bool) -> None:
    database = FakeDatabase(FakeConnection(*answers))
    await database._connect()
    assert database.is_distributed is is_distributed


async def test_a_process_that_ran_before_they_were_notices_with_its_next_connection() -> None:
    database = FakeDatabase(FakeConnection(False), FakeConnection(True, True), FakeConnection())
    await database._connect()
    assert not database.is_distributed
    await database._connect()
    assert database.is_distributed
    await database._connect()  # It asks nothing any more.


async def test_a_connection_that_fails_meanwhile_is_closed_and_the_next_one_asks_again() -> None:
    lost = FakeConnection(asyncpg.ConnectionDoesNotExistError("gone"))
    database = FakeDatabase(lost, FakeConnection(True, True))
    with pytest.raises(asyncpg.ConnectionDoesNotExistError):
        await database._connect()
    assert lost.is_terminated
    await database._connect()
    assert database.is_distributed
