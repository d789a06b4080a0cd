"""Limits on how often: each user's writes, and attempts to sign in by account and by address. Counted in `Windows`."""

import hashlib
import math
from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.sliding_windows import WINDOW_SECONDS, SlidingWindows
from taskhub.kernel.domain.addresses import network_of
from taskhub.kernel.domain.errors import Category, DomainError

Headers = tuple[tuple[bytes, bytes], ...]


class RateLimited(DomainError):
    category, code, title = Category.THROTTLED, "rate_limited", "Too many requests"

    def __init__(self, seconds: int, headers: Headers = ()) -> None:
        super().__init__(f"Too many requests. Try again in {seconds} s.")
        self.headers = (*headers, (b"retry-after", b"%d" % seconds))


@dataclass(frozen=True, slots=True)
class RateLimits:
    """How many a minute."""

    writes_per_user: int
    attempts_per_account: int
    attempts_per_address: int


class Throttle:
    """``refused`` counts refusals by kind, for the metrics."""

    def __init__(self, limits: RateLimits, windows: SlidingWindows, secret_key: bytes) -> None:
        """``secret_key`` hides whose attempts are counted from those who see the keys."""
        self._limits = limits
        self._windows = windows
        self._key = hashlib.sha256(b"attempts:" + secret_key).digest()
        self.refused = Counter[str]()
        self._policy = (b"ratelimit-policy", b'"writes";q=%d;w=%d' % (limits.writes_per_user, WINDOW_SECONDS))

    def admit(self, user_id: UUID, *, writes: bool) -> Headers:
        """Counts a user's request if it writes. Returns the headers that tell what is left.

        Raises:
            RateLimited
        """
        key, limit = user_id.bytes, self._limits.writes_per_user
        admitted = self._windows.hit(key, limit) if writes else True
        remaining, seconds = self._windows.left(key, limit)
        headers = self._told(remaining, seconds)
        if not admitted:
            self.refused["writes"] += 1
            raise RateLimited(math.ceil(seconds), headers)
        return headers

    def admit_more(self, user_id: UUID, count: int) -> Headers:
        """Counts so many further writes of a request that was admitted: all of them, or none. Returns what `admit` does.

        What is more than a whole minute's counts as a minute's, or it could never be admitted.

        Raises:
            RateLimited
        """
        key, limit = user_id.bytes, self._limits.writes_per_user
        count = min(count, limit - 1)
        remaining, seconds = self._windows.left(key, limit)
        if count > remaining:
            self.refused["writes"] += 1
            raise RateLimited(math.ceil(seconds), self._told(remaining, seconds))
        for _ in range(count):
            self._windows.hit(key, limit)
        return self._told(*self._windows.left(key, limit))

    def _told(self, remaining: int, seconds: float) -> Headers:
        return (self._policy, (b"ratelimit", b'"writes";r=%d;t=%d' % (remaining, math.ceil(seconds))))

    def admit_address(self, address: str) -> None:
        """Counts an attempt to sign in, renew or register by where it comes from.

        Raises:
            RateLimited
        """
        self._admit("address", network_of(address), self._limits.attempts_per_address)

    def admit_account(self, account: str, *, known_address: str | None = None) -> None:
        """Counts an attempt by what it is about. Those from an address that is known to belong to it have a count of their own.

        Raises:
            RateLimited
        """
        name = account if known_address is None else f"{account}\0{network_of(known_address)}"
        self._admit("account", name, self._limits.attempts_per_account)

    def _admit(self, kind: str, name: str, limit: int) -> None:
        key = hashlib.blake2b(f"{kind}\0{name}".encode("utf-8", "surrogatepass"), digest_size=16, key=self._key).digest()
        if not self._windows.hit(key, limit):
            self.refused[kind] += 1
            raise RateLimited(math.ceil(self._windows.left(key, limit)[1]))
