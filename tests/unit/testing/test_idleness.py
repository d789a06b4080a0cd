"""A server that was left for the next run ends when nobody asks it any more, and not a moment before."""

from pathlib import Path

import pytest

from taskhub.embedded.locks import FileLock
from taskhub.testing.control.idleness import CHECKS, Idleness


class End:
    """Counts how often the process would have ended."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


@pytest.fixture
def end() -> End:
    return End()


async def test_it_ends_after_the_time_without_a_request(end: End) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    await Idleness(900, sleep=sleep, end=end)._end()
    assert (sum(pauses), end.count) == (900, 1)


async def test_a_request_in_the_last_moment_keeps_it(end: End) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == CHECKS:
            idleness._requests += 1

    idleness = Idleness(900, sleep=sleep, end=end)
    await idleness._end()
    assert (len(pauses), end.count) == (2 * CHECKS, 1)


async def test_one_that_a_suite_holds_is_not_idle(end: End, tmp_path: Path) -> None:
    pauses: list[float] = []
    suite = FileLock(tmp_path / "lock")
    assert suite.try_acquire()

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3 * CHECKS:
            suite.release()

    await Idleness(900, tmp_path / "lock", sleep=sleep, end=end)._end()
    assert (len(pauses), end.count) == (4 * CHECKS - 1, 1)


async def test_one_whose_folder_is_gone_is_found_by_nobody(end: End, tmp_path: Path) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    await Idleness(900, tmp_path / "gone" / "lock", sleep=sleep, end=end)._end()
    assert (len(pauses), end.count) == (CHECKS, 1)
