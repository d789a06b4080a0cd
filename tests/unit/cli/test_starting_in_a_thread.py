"""A context that is entered in another thread is left in any case, and its failure is told to whoever asks for it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from taskhub.cli.server.run import entered_in_thread


class Failed(Exception):
    pass


class Started:
    """Something that takes a while to start: until it is allowed to."""

    def __init__(self, *, fails: bool = False) -> None:
        self.may_start = threading.Event()
        self.steps: list[str] = []
        self._fails = fails

    @contextmanager
    def running(self) -> Iterator[str]:
        assert self.may_start.wait(10)
        if self._fails:
            raise Failed
        self.steps.append("entered")
        try:
            yield "its address"
        finally:
            self.steps.append("left")


def test_the_block_goes_on_while_the_context_is_entered() -> None:
    started = Started()
    with entered_in_thread(started.running()) as address:
        assert started.steps == []
        started.may_start.set()
        assert address() == "its address"
        assert started.steps == ["entered"]
    assert started.steps == ["entered", "left"]


def test_it_is_left_where_the_block_fails_before_it_asked() -> None:
    started = Started()
    started.may_start.set()
    with pytest.raises(Failed), entered_in_thread(started.running()):
        raise Failed
    assert started.steps == ["entered", "left"]


def test_what_could_not_be_entered_is_told_where_it_is_asked_for_and_is_not_left() -> None:
    started = Started(fails=True)
    started.may_start.set()
    with entered_in_thread(started.running()) as address, pytest.raises(Failed):
        address()
    assert started.steps == []
