"""A server that was left for the next run ends when nobody asks it any more, and not a moment before."""

import os
import signal
from types import SimpleNamespace

import pytest

from taskhub.testing.control import idleness as tested
from taskhub.testing.control.idleness import CHECKS, Idleness

# Only the tested module gets other pauses and signals. Other tests share the event loop: a background loop of theirs that pauses
# without giving way would never end.


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses between two looks at the requests. None of them takes any time."""
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(tested, "asyncio", SimpleNamespace(sleep=pause))
    return pauses


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    signals: list[tuple[int, int]] = []
    kill = SimpleNamespace(kill=lambda pid, number: signals.append((pid, number)), getpid=os.getpid)
    monkeypatch.setattr(tested, "os", kill)
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

    monkeypatch.setattr(tested, "asyncio", SimpleNamespace(sleep=pause))
    await idleness._end()
    assert (len(looks), len(ended)) == (2 * CHECKS, 1)
