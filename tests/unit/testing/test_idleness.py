"""A server that was left for the next run ends when nobody asks it any more, and not a moment before."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from taskhub.embedded.locks import FileLock
from taskhub.testing.control.idleness import CHECKS, Idleness


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses between two looks at the requests. None of them takes any time."""
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", pause)
    return pauses


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    signals: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda pid, number: signals.append((pid, number)))
    return signals


async def test_it_ends_after_the_time_without_a_request(looks: list[float], ended: list[tuple[int, int]]) -> None:
    await Idleness(900)._end()
    assert (sum(looks), ended) == (900, [(os.getpid(), signal.SIGTERM)])


async def test_a_request_in_the_last_moment_keeps_it(
    looks: list[float], ended: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    idleness = Idleness(900)

    async def pause(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == CHECKS:
            idleness._requests += 1

    monkeypatch.setattr(asyncio, "sleep", pause)
    await idleness._end()
    assert (len(looks), len(ended)) == (2 * CHECKS, 1)


async def test_one_that_a_suite_holds_is_not_idle(
    looks: list[float], ended: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    suite = FileLock(tmp_path / "lock")
    assert suite.try_acquire()

    async def pause(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 3 * CHECKS:
            suite.release()

    monkeypatch.setattr(asyncio, "sleep", pause)
    await Idleness(900, tmp_path / "lock")._end()
    assert (len(looks), len(ended)) == (4 * CHECKS - 1, 1)


async def test_one_whose_folder_is_gone_is_found_by_nobody(
    looks: list[float], ended: list[tuple[int, int]], tmp_path: Path
) -> None:
    await Idleness(900, tmp_path / "gone" / "lock")._end()
    assert (len(looks), len(ended)) == (CHECKS, 1)
