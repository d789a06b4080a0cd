"""Things that several ask for at the same time, read once for all of them."""

import asyncio
from collections.abc import Awaitable, Collection, Mapping

import pytest

from support.fakes.clocks import FakeMonotonicClock
from taskhub.kernel.application.errors import Unavailable
from taskhub.kernel.application.shared_reads import PATIENCE_SECONDS, SharedReads

SECONDS = 10


class SlowSource:
    """Answers each read when it is told to, by what was there when the read began."""

    def __init__(self) -> None:
        self.there = {"oil": 1, "paint": 7}
        self.reads: list[set[str]] = []
        self.may_answer = asyncio.Event()
        self.error: Exception | None = None

    async def read(self, keys: Collection[str]) -> Mapping[str, int]:
        self.reads.append({*keys})
        found = {key: value for key, value in self.there.items() if key in keys}
        await self.may_answer.wait()
        if self.error is not None:
            raise self.error
        return found

    async def until_reads(self, count: int) -> None:
        async with asyncio.timeout(SECONDS):
            while len(self.reads) < count:
                await asyncio.sleep(0)


@pytest.fixture
def source() -> SlowSource:
    return SlowSource()


@pytest.fixture
def stopwatch() -> FakeMonotonicClock:
    return FakeMonotonicClock()


@pytest.fixture
def shared(source: SlowSource, stopwatch: FakeMonotonicClock) -> SharedReads[str, int]:
    return SharedReads(source.read, stopwatch)


def begin(*asked: Awaitable[int | None]) -> "list[asyncio.Future[int | None]]":
    return [asyncio.ensure_future(one) for one in asked]


async def test_who_asks_alone_reads_at_once(source: SlowSource, shared: SharedReads[str, int]) -> None:
    source.may_answer.set()
    assert [await shared.get("oil"), await shared.get("nothing")] == [1, None]
    assert source.reads == [{"oil"}, {"nothing"}]


async def test_those_who_ask_during_a_read_share_the_next_one(source: SlowSource, shared: SharedReads[str, int]) -> None:
    asked = begin(*map(shared.get, ("oil", "paint", "oil", "nothing", "paint")))
    await source.until_reads(1)
    source.may_answer.set()
    assert await asyncio.gather(*asked) == [1, 7, 1, None, 7]
    assert source.reads == [{"oil"}, {"oil", "paint", "nothing"}]


async def test_those_who_ask_as_soon_as_a_read_ends_share_the_one_after_the_next(
    source: SlowSource, shared: SharedReads[str, int]
) -> None:
    async def ask_twice(key: str) -> int | None:
        await shared.get(key)
        return await shared.get(key)

    asked = begin(*map(ask_twice, ("oil", "paint", "oil", "paint")))
    await source.until_reads(1)
    source.may_answer.set()
    assert [*await asyncio.gather(*asked)] == [1, 7, 1, 7]
    assert len(source.reads) == 4


async def test_nobody_is_given_what_was_read_before_they_asked(source: SlowSource, shared: SharedReads[str, int]) -> None:
    (first,) = begin(shared.get("oil"))
    await source.until_reads(1)
    source.there["oil"] = 2
    (second,) = begin(shared.get("oil"))
    await asyncio.sleep(0)
    source.may_answer.set()
    assert [*await asyncio.gather(first, second)] == [1, 2]


async def test_a_read_that_fails_fails_for_all_who_share_it_and_the_next_may_succeed(
    source: SlowSource, shared: SharedReads[str, int]
) -> None:
    source.error = Unavailable("away")
    asked = begin(*map(shared.get, ("oil", "oil", "paint")))
    await source.until_reads(1)
    source.may_answer.set()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(answer) for answer in answers] == [Unavailable] * 3
    source.error = None
    assert await shared.get("oil") == 1


@pytest.mark.parametrize("who", range(3))
async def test_who_goes_away_takes_the_answer_from_nobody(source: SlowSource, shared: SharedReads[str, int], who: int) -> None:
    asked = begin(*map(shared.get, ("oil", "oil", "paint")))
    await source.until_reads(1)
    gone = asked.pop(who)
    gone.cancel()
    await asyncio.wait([gone], timeout=SECONDS)
    source.may_answer.set()
    async with asyncio.timeout(SECONDS):
        assert await asyncio.gather(*asked) == [[1, 7], [1, 7], [1, 1]][who]
    assert gone.cancelled()


async def test_who_goes_away_in_a_shared_read_takes_it_from_nobody(source: SlowSource, shared: SharedReads[str, int]) -> None:
    first, gone, waiting = begin(*map(shared.get, ("nothing", "oil", "paint")))
    await source.until_reads(1)
    first.cancel()
    await source.until_reads(2)
    gone.cancel()
    await asyncio.wait([gone], timeout=SECONDS)
    source.may_answer.set()
    async with asyncio.timeout(SECONDS):
        assert await waiting == 7


async def test_a_read_that_hangs_is_waited_for_briefly(
    source: SlowSource, shared: SharedReads[str, int], stopwatch: FakeMonotonicClock
) -> None:
    hanging, waiting = begin(shared.get("nothing"), shared.get("oil"))
    await source.until_reads(1)
    stopwatch.seconds += 2 * PATIENCE_SECONDS
    await source.until_reads(2)
    assert source.reads == [{"nothing"}, {"oil"}]
    source.may_answer.set()
    assert [*await asyncio.gather(hanging, waiting)] == [None, 1]


async def test_who_asks_after_a_read_that_hangs_takes_along_those_who_wait(
    source: SlowSource, shared: SharedReads[str, int], stopwatch: FakeMonotonicClock
) -> None:
    hanging, waiting = begin(shared.get("nothing"), shared.get("oil"))
    await source.until_reads(1)
    stopwatch.seconds += 2 * PATIENCE_SECONDS
    (last,) = begin(shared.get("paint"))
    await source.until_reads(2)
    assert source.reads == [{"nothing"}, {"oil", "paint"}]
    source.may_answer.set()
    assert [*await asyncio.gather(hanging, waiting, last)] == [None, 1, 7]


async def test_a_read_that_goes_on_hanging_delays_nobody_any_more(
    source: SlowSource, shared: SharedReads[str, int], stopwatch: FakeMonotonicClock
) -> None:
    (hanging,) = begin(shared.get("nothing"))
    await source.until_reads(1)
    stopwatch.seconds += 2 * PATIENCE_SECONDS
    source.may_answer, may_go_on = asyncio.Event(), source.may_answer
    source.may_answer.set()
    assert [await shared.get("oil"), await shared.get("paint")] == [1, 7]
    may_go_on.set()
    assert await hanging is None
