"""What is remembered, and for how long."""

from support.fakes.clocks import FakeMonotonicClock
from taskhub.kernel.infrastructure.cache.ttl_cache import Memory


def test_an_answer_is_as_old_as_its_question() -> None:
    stopwatch = FakeMonotonicClock()
    memory: Memory[str, str] = Memory(1.0, 10, stopwatch)
    asked_at = memory.now()
    stopwatch.seconds += 0.75
    memory.put("question", "answer", asked_at)
    assert memory.get("question") == "answer"
    stopwatch.seconds += 0.25
    assert memory.get("question") is None


def test_the_oldest_answer_goes_first() -> None:
    memory: Memory[str, int] = Memory(1.0, 2, FakeMonotonicClock())
    for number, key in enumerate(["first", "second", "first", "third"]):
        memory.put(key, number, memory.now())
    assert [memory.get(key) for key in ("first", "second", "third")] == [2, None, 3]


def test_what_was_never_put_is_not_there() -> None:
    assert Memory[str, int](1.0, 2, FakeMonotonicClock()).get("question") is None
