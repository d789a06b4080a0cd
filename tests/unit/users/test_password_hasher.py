"""Hashing passwords: right ones, wrong ones, and too many at once."""

import asyncio
import os
import sys
import threading
from functools import partial

import pytest

from support.harness.waiting import eventually
from taskhub.kernel.application.errors import Busy
from taskhub.users.application.ports import Verdict
from taskhub.users.infrastructure import password_hasher
from taskhub.users.infrastructure.password_hasher import Argon2PasswordHasher

PASSWORD = "correct horse battery staple"


def cheap(time_cost: int = 1) -> Argon2PasswordHasher:
    return Argon2PasswordHasher(time_cost=time_cost, memory_cost=32)


async def test_passwords_are_hashed_as_rfc_9106_recommends() -> None:
    assert (await Argon2PasswordHasher().hash(PASSWORD)).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


async def test_a_password_is_recognised() -> None:
    hasher = cheap()
    assert await hasher.verify(PASSWORD, await hasher.hash(PASSWORD)) == Verdict(is_right=True)


async def test_another_password_is_not() -> None:
    hasher = cheap()
    assert await hasher.verify(PASSWORD + " ", await hasher.hash(PASSWORD)) == Verdict(is_right=False)


async def test_the_same_password_has_another_hash_each_time() -> None:
    hasher = cheap()
    assert await hasher.hash(PASSWORD) != await hasher.hash(PASSWORD)


async def test_nobodys_password_is_never_right() -> None:
    assert await cheap().verify(PASSWORD, None) == Verdict(is_right=False)


async def test_for_nobody_a_real_hash_with_the_same_parameters_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = cheap(time_cost=3)
    seen: list[str] = []
    verify = hasher._passwords.verify_and_update

    def watched(password: str, known: str) -> tuple[bool, str | None]:
        seen.append(known)
        return verify(password, known)

    monkeypatch.setattr(hasher._passwords, "verify_and_update", watched)
    await hasher.verify(PASSWORD, None)
    decoy, real = seen[0].split("$"), (await hasher.hash(PASSWORD)).split("$")
    assert decoy[:4] == real[:4]
    assert [len(part) for part in decoy] == [len(part) for part in real]


async def test_a_hash_with_other_parameters_is_renewed() -> None:
    verdict = await cheap(time_cost=2).verify(PASSWORD, await cheap(time_cost=1).hash(PASSWORD))
    assert verdict.is_right
    assert verdict.rehashed is not None
    assert (await cheap(time_cost=2).verify(PASSWORD, verdict.rehashed)).rehashed is None


@pytest.mark.parametrize("known", ["", "plain text", "$argon2id$v=19$m=32,t=1,p=4$", "$2b$12$abcdefghijklmnopqrstuv"])
async def test_a_hash_that_cant_be_read_is_nobodys(known: str) -> None:
    assert await cheap().verify(PASSWORD, known) == Verdict(is_right=False)


class Slow:
    """Hashing that lasts until the test lets it go on. ``order`` is what was begun, in order."""

    def __init__(self, hasher: Argon2PasswordHasher, monkeypatch: pytest.MonkeyPatch) -> None:
        self.gate = threading.Event()
        self.order: list[str] = []
        self._lock = threading.Lock()
        monkeypatch.setattr(hasher._passwords, "hash", self._hash)

    def _hash(self, password: str) -> str:
        with self._lock:
            self.order.append(password)
        assert self.gate.wait(10)
        return "hash"

    async def begun(self, count: int) -> None:
        await eventually(partial(self._has_begun, count))

    async def _has_begun(self, count: int) -> bool:
        return len(self.order) >= count


async def test_a_crowd_of_two_hundred_is_served_to_the_last() -> None:
    hasher = cheap()
    hashes = await asyncio.gather(*(hasher.hash(PASSWORD) for _ in range(200)))
    assert len(set(hashes)) == 200


async def test_those_who_wait_are_served_in_the_order_in_which_they_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(password_hasher, "CONCURRENCY", 1)
    hasher = cheap()
    slow = Slow(hasher, monkeypatch)
    waiting = [asyncio.create_task(hasher.hash(str(number))) for number in range(20)]
    await slow.begun(1)
    slow.gate.set()
    await asyncio.gather(*waiting)
    assert slow.order == [str(number) for number in range(20)]


async def test_who_has_waited_for_too_long_is_turned_away_and_never_hashed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(password_hasher, "MAX_WAIT_SECONDS", 0.05)
    hasher = cheap()
    slow = Slow(hasher, monkeypatch)
    taken = [asyncio.create_task(hasher.hash("first")) for _ in range(password_hasher.CONCURRENCY)]
    await slow.begun(password_hasher.CONCURRENCY)
    with pytest.raises(Busy):
        await hasher.hash("late")
    slow.gate.set()
    assert await asyncio.gather(*taken) == ["hash"] * password_hasher.CONCURRENCY
    assert await hasher.hash("next") == "hash"
    assert slow.order == ["first"] * password_hasher.CONCURRENCY + ["next"]


async def test_the_time_limit_is_for_waiting_and_not_for_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(password_hasher, "MAX_WAIT_SECONDS", 0.0)
    hasher = cheap()
    slow = Slow(hasher, monkeypatch)
    working = asyncio.create_task(hasher.hash(PASSWORD))
    await slow.begun(1)
    slow.gate.set()
    assert await working == "hash"


async def test_more_than_can_wait_are_turned_away_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(password_hasher, "MAX_WAITING", 3)
    hasher = cheap()
    slow = Slow(hasher, monkeypatch)
    taken = [asyncio.create_task(hasher.hash(PASSWORD)) for _ in range(password_hasher.CONCURRENCY + 3)]
    await slow.begun(password_hasher.CONCURRENCY)
    with pytest.raises(Busy):
        await hasher.hash(PASSWORD)
    slow.gate.set()
    assert await asyncio.gather(*taken) == ["hash"] * 5
    assert await hasher.hash(PASSWORD) == "hash"


async def test_callers_who_hang_up_free_their_place_only_when_the_work_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(password_hasher, "MAX_WAITING", 0)
    hasher = cheap()
    slow = Slow(hasher, monkeypatch)
    tasks = [asyncio.create_task(hasher.hash(PASSWORD)) for _ in range(password_hasher.CONCURRENCY)]
    await slow.begun(password_hasher.CONCURRENCY)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    with pytest.raises(Busy):
        await hasher.hash(PASSWORD)
    slow.gate.set()
    assert await asyncio.wait_for(_when_free(hasher), 5) == "hash"


async def test_callers_who_hang_up_while_they_wait_are_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = cheap()
    slow = Slow(hasher, monkeypatch)
    first = [asyncio.create_task(hasher.hash("first")) for _ in range(password_hasher.CONCURRENCY)]
    await slow.begun(password_hasher.CONCURRENCY)
    gone = [asyncio.create_task(hasher.hash("gone")) for _ in range(5)]
    await asyncio.sleep(0)
    last = asyncio.create_task(hasher.hash("last"))
    await asyncio.sleep(0)
    for task in gone:
        task.cancel()
    slow.gate.set()
    await asyncio.gather(*first, last)
    assert slow.order == ["first"] * password_hasher.CONCURRENCY + ["last"]


async def test_a_place_comes_back_when_the_work_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = cheap()
    with monkeypatch.context() as broken:
        broken.setattr(hasher._passwords, "hash", lambda password: 1 / 0)
        for _ in range(3 * password_hasher.CONCURRENCY):
            with pytest.raises(ZeroDivisionError):
                await hasher.hash(PASSWORD)
    assert await hasher.hash(PASSWORD)


@pytest.mark.skipif(sys.platform != "linux", reason="threads have a priority of their own on Linux only")
async def test_hashing_gives_way_to_requests() -> None:
    hasher = cheap()
    niceness = await hasher._run(lambda: os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
    assert niceness > os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


async def _when_free(hasher: Argon2PasswordHasher) -> str:
    while True:
        try:
            return await hasher.hash(PASSWORD)
        except Busy:
            await asyncio.sleep(0)
