"""A server that was left for the next run ends when nobody asks it any more, and not a moment before."""

import os
import signal
from pathlib import Path

import pytest

from taskhub.embedded.locks import FileLock
from taskhub.testing.control.idleness import CHECKS, Idleness


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    signals: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda pid, number: signals.append((pid, number)))
    return signals


async def test_it_ends_after_the_time_without_a_request(ended: list[tuple[int, int]]) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    await Idleness(900, sleep=sleep)._end()
    assert (sum(pauses), ended) == (900, [(os.getpid(), signal.SIGTERM)])


async def test_a_request_in_the_last_moment_keeps_it(ended: list[tuple[int, int]]) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == CHECKS:
            idleness._requests += 1

    idleness = Idleness(900, sleep=sleep)
    await idleness._end()
    assert (len(pauses), len(ended)) == (2 * CHECKS, 1)


async def test_one_that_a_suite_holds_is_not_idle(ended: list[tuple[int, int]], tmp_path: Path) -> None:
    pauses: list[float] = []
    suite = FileLock(tmp_path / "lock")
    assert suite.try_acquire()

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3 * CHECKS:
            suite.release()

    await Idleness(900, tmp_path / "lock", sleep=sleep)._end()
    assert (len(pauses), len(ended)) == (4 * CHECKS - 1, 1)


async def test_one_whose_folder_is_gone_is_found_by_nobody(ended: list[tuple[int, int]], tmp_path: Path) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    await Idleness(900, tmp_path / "gone" / "lock", sleep=sleep)._end()
    assert (len(pauses), len(ended)) == (CHECKS, 1)
