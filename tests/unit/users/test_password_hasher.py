"""Hashing passwords: right ones, wrong ones, and too many at once."""

import asyncio
import threading

import pytest

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


async def test_too_many_at_once_are_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(password_hasher, "MOST_WAITING", 3)
    hasher = cheap()
    gate = threading.Event()
    monkeypatch.setattr(hasher._passwords, "hash", lambda password: gate.wait(10) and "hash")
    taken = [asyncio.create_task(hasher.hash(PASSWORD)) for _ in range(password_hasher.AT_ONCE + 3)]
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await hasher.hash(PASSWORD)
    gate.set()
    assert await asyncio.gather(*taken) == ["hash"] * 5
    assert await hasher.hash(PASSWORD) == "hash"


async def test_callers_who_hang_up_free_their_place_only_when_the_work_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(password_hasher, "MOST_WAITING", 0)
    hasher = cheap()
    gate, done = threading.Event(), threading.Semaphore(0)

    def slow(password: str) -> str:
        gate.wait(10)
        done.release()
        return "hash"

    monkeypatch.setattr(hasher._passwords, "hash", slow)
    tasks = [asyncio.create_task(hasher.hash(PASSWORD)) for _ in range(password_hasher.AT_ONCE)]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    with pytest.raises(Busy):
        await hasher.hash(PASSWORD)
    gate.set()
    await asyncio.to_thread(lambda: [done.acquire(timeout=10) for _ in range(password_hasher.AT_ONCE)])
    assert await asyncio.wait_for(_when_free(hasher), 5) == "hash"


async def _when_free(hasher: Argon2PasswordHasher) -> str:
    while True:
        try:
            return await hasher.hash(PASSWORD)
        except Busy:
            await asyncio.sleep(0)
