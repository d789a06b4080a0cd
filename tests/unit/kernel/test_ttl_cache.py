"""What is remembered, and for how long."""

from support.fakes.clocks import FakeMonotonicClock
from taskhub.kernel.application.ttl_cache import TtlCache


def test_an_answer_is_as_old_as_its_question() -> None:
    stopwatch = FakeMonotonicClock()
    cache: TtlCache[str, str] = TtlCache(1.0, 10, stopwatch)
    asked_at = cache.now()
    stopwatch.seconds += 0.75
    cache.put("question", "answer", asked_at)
    assert cache.get("question") == "answer"
    stopwatch.seconds += 0.25
    assert cache.get("question") is None


def test_the_oldest_answer_goes_first() -> None:
    cache: TtlCache[str, int] = TtlCache(1.0, 2, FakeMonotonicClock())
    for number, key in enumerate(["first", "second", "first", "third"]):
        cache.put(key, number, cache.now())
    assert [cache.get(key) for key in ("first", "second", "third")] == [2, None, 3]


def test_what_was_never_put_is_not_there() -> None:
    assert TtlCache[str, int](1.0, 2, FakeMonotonicClock()).get("question") is None
