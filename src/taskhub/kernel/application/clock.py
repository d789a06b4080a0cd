"""The time, as a collaborator: use cases ask for it, tests set it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the current instant, in UTC."""


Monotonic = Callable[[], float]
"""Returns seconds since some instant, of which only differences mean something: how long a process may rely on what it has read.

What is over by the service's time (a session, a token, a key) is judged by the `Clock`, never by this.
"""

system_monotonic: Monotonic = time.monotonic


def system_clock() -> datetime:
    return datetime.now(UTC)
