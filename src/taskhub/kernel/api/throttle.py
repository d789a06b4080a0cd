"""Limits on how often: each user's writes, and attempts to sign in by account and by address. Counted per process."""

import math
import time
from collections import Counter
from dataclasses import dataclass

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from taskhub.kernel.domain.errors import Category, DomainError

Headers = tuple[tuple[bytes, bytes], ...]


class RateLimited(DomainError):
    category, code, title = Category.THROTTLED, "rate_limited", "Too many requests"

    def __init__(self, seconds: int, headers: Headers = ()) -> None:
        super().__init__(f"You are asking too often. Try again in {seconds} s.")
        self.headers = (*headers, (b"retry-after", b"%d" % seconds))


@dataclass(frozen=True, slots=True)
class Limits:
    """How many a minute."""

    writes_per_user: int
    attempts_per_account: int
    attempts_per_address: int


class Throttle:
    """``refused`` counts refusals by kind, for the metrics."""

    def __init__(self, limits: Limits) -> None:
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._writes = RateLimitItemPerMinute(limits.writes_per_user)
        self._account = RateLimitItemPerMinute(limits.attempts_per_account)
        self._address = RateLimitItemPerMinute(limits.attempts_per_address)
        self.refused = Counter[str]()
        self._policy = (b"ratelimit-policy", b'"writes";q=%d;w=60' % limits.writes_per_user)

    def admit(self, user_id: str, *, writes: bool) -> Headers:
        """Counts a user's request if it writes. Returns the headers that tell what is left.

        Raises:
            RateLimited
        """
        admitted = self._limiter.hit(self._writes, "writes", user_id) if writes else True
        remaining, seconds = self._left(self._writes, "writes", user_id)
        headers = (self._policy, (b"ratelimit", b'"writes";r=%d;t=%d' % (remaining, seconds)))
        if not admitted:
            self.refused["writes"] += 1
            raise RateLimited(seconds, headers)
        return headers

    def admit_attempt(self, account: str, address: str) -> None:
        """Counts an attempt to sign in, renew or register.

        Raises:
            RateLimited
        """
        for item, kind, key in ((self._address, "address", address), (self._account, "account", account)):
            if not self._limiter.hit(item, kind, key):
                self.refused[kind] += 1
                raise RateLimited(self._left(item, kind, key)[1])

    def _left(self, item: RateLimitItem, *key: str) -> tuple[int, int]:
        stats = self._limiter.get_window_stats(item, *key)
        return stats.remaining, max(1, math.ceil(stats.reset_time - time.time()))
