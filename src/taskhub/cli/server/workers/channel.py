"""Messages between the supervisor and a worker, over a pair of sockets. Nobody waits for the other: a worker may hang."""

import socket
from enum import IntEnum
from typing import NamedTuple

_READ_BYTES = 1 << 16
_LENGTH_BYTES = 4


class Kind(IntEnum):
    """What a message is about."""

    SERVES = 1
    """From a worker: it takes requests."""
    MEASURED = 2
    """From a worker: what it has measured."""
    ASKS_PEERS = 3
    """From a worker: what it has measured, and that it wants to know what all others have."""
    MEASURE = 4
    """To a worker: it shall say what it has measured."""
    PEERS = 5
    """To a worker: what all others have measured."""
    RETIRE = 6
    """To a worker: another one takes its place. It lets its clients go, and ends."""


class Message(NamedTuple):
    kind: Kind
    body: bytes = b""


class Channel:
    """One end. Each message is its length in bytes, its kind, and its body."""

    def __init__(self, end: socket.socket) -> None:
        end.setblocking(False)
        self._socket = end
        self._unsent = bytearray()
        self._received = bytearray()

    def fileno(self) -> int:
        return self._socket.fileno()

    @property
    def has_unsent(self) -> bool:
        """Whether `flush` has to be called when the socket takes more."""
        return bool(self._unsent)

    def send(self, kind: Kind, body: bytes = b"") -> None:
        """Sends what the socket takes at once; the rest waits for `flush`. What the other end doesn't take any more is lost."""
        self._unsent += len(body).to_bytes(_LENGTH_BYTES, "big") + bytes([kind]) + body
        self.flush()

    def flush(self) -> None:
        try:
            while self._unsent:
                del self._unsent[: self._socket.send(self._unsent)]
        except BlockingIOError:
            return
        except OSError:  # The other process has ended, which the next `receive` tells.
            self._unsent.clear()

    def send_all(self, seconds: float) -> None:
        """Waits until all is sent, for so many seconds at most."""
        self._socket.settimeout(seconds)
        try:
            self._socket.sendall(self._unsent)
        except OSError:
            pass
        finally:
            self._unsent.clear()
            self._socket.setblocking(False)

    def receive(self) -> list[Message]:
        """The messages that are here.

        Raises:
            EOFError: the other end is closed, and all of its messages were received.
        """
        is_over = not self._read()
        messages = []
        while len(self._received) > _LENGTH_BYTES:
            end = _LENGTH_BYTES + 1 + int.from_bytes(self._received[:_LENGTH_BYTES], "big")
            if len(self._received) < end:
                break
            messages.append(Message(Kind(self._received[_LENGTH_BYTES]), bytes(self._received[_LENGTH_BYTES + 1 : end])))
            del self._received[:end]
        if is_over and not messages:
            raise EOFError
        return messages

    def _read(self) -> bool:
        """Whether the other end is still open."""
        try:
            while data := self._socket.recv(_READ_BYTES):
                self._received += data
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def close(self) -> None:
        self._socket.close()
