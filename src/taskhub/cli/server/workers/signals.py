"""Signals as something that is waited for together with other things."""

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager


class SignalQueue:
    """Signals in the order in which they came. `fileno` can be read where there are some."""

    def __init__(self, reader: socket.socket) -> None:
        self._reader = reader

    def fileno(self) -> int:
        return self._reader.fileno()

    def take(self) -> list[signal.Signals]:
        try:
            return [signal.Signals(number) for number in self._reader.recv(4096)]
        except BlockingIOError:
            return []


@contextmanager
def queued_signals(*numbers: signal.Signals) -> Iterator[SignalQueue]:
    """In the block these signals do nothing but come into a queue."""
    reader, writer = socket.socketpair()
    with reader, writer:
        reader.setblocking(False)
        writer.setblocking(False)
        descriptor = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        before = {number: signal.signal(number, _nothing) for number in numbers}
        try:
            yield SignalQueue(reader)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(descriptor)


def _nothing(*_: object) -> None:
    """The queue has it."""
