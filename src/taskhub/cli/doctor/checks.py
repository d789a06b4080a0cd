"""The checks of `taskhub doctor`: each judges one fact, and says what to do about it."""

import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from taskhub.deployment import SECRET_FILE, data_dir
from taskhub.settings import Settings

MIN_VERSION = 160000
WARN_SKEW_SECONDS, MAX_SKEW_SECONDS = 1.0, 60.0
"""Sessions last minutes, but due dates and the order of events depend on these clocks."""
WARN_FREE_BYTES, MIN_FREE_BYTES = 2_000_000_000, 200_000_000
MIN_DISTINCT_CHARACTERS = 12
"""32 random hexadecimal digits have about 14 different ones, a phrase typed twice fewer."""

Level = Literal["ok", "warn", "fail"]
Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """``text`` says what was found and, unless that is ok, what to do."""

    level: Level
    subject: str
    text: str


def ok(subject: str, text: str) -> Finding:
    return Finding("ok", subject, text)


def warn(subject: str, text: str) -> Finding:
    return Finding("warn", subject, text)


def fail(subject: str, text: str) -> Finding:
    return Finding("fail", subject, text)


# -- without the database --------------------------------------------------------------------------


def secret(settings: Settings) -> Finding:
    if settings.secret_key is not None:
        return _configured_secret(settings)
    if settings.database_url is not None:
        return fail("secret", "TASKHUB_SECRET_KEY is required with TASKHUB_DATABASE_URL; `taskhub secret rotate` makes one.")
    file = data_dir(settings) / SECRET_FILE
    if not file.exists():
        return ok("secret", "will be made at the first start")
    if sys.platform != "win32" and file.stat().st_mode & 0o077:
        return fail("secret", f"others may read {file}, and sign in as anyone: chmod 600 it, then `taskhub secret rotate` twice.")
    return ok("secret", f"in {file}")


def _configured_secret(settings: Settings) -> Finding:
    assert settings.secret_key is not None
    if len(set(settings.secret_key.get_secret_value())) < MIN_DISTINCT_CHARACTERS:
        return warn("secret", "TASKHUB_SECRET_KEY does not look random: replace it, `taskhub secret rotate` says how.")
    if settings.secret_key_previous is not None:
        return warn("secret", "TASKHUB_SECRET_KEY_PREVIOUS is still accepted: unset it after 30 days, at once if it leaked.")
    return ok("secret", "from TASKHUB_SECRET_KEY")


def disk_space(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    text = f"{free / 1e9:.1f} GB free at {folder}"
    if free < MIN_FREE_BYTES:
        return fail("disk", f"{text}: free some space now, writes are about to fail.")
    return warn("disk", f"{text}: free some space soon.") if free < WARN_FREE_BYTES else ok("disk", text)


# -- facts that the database told ------------------------------------------------------------------


def version(server: Facts) -> Finding:
    if server["is_standby"]:
        return fail("database", "this is a standby that takes no writes: point TASKHUB_DATABASE_URL to the primary.")
    if server["version"] < MIN_VERSION:
        return warn("database", f"PostgreSQL {server['version_name']} was never tested with TaskHub: upgrade to 16 or newer.")
    return ok("database", f"answers (PostgreSQL {server['version_name']})")


def durability(server: Facts) -> Finding:
    off = [name for name in ("fsync", "full_page_writes") if server[name] == "off"]
    if off:
        return fail("durability", f"{' and '.join(off)} off: a crash can destroy the database. Switch on in postgresql.conf.")
    if server["synchronous_commit"] == "off":
        return warn("durability", "synchronous_commit is off: a crash loses what was acknowledged in the last moments.")
    return ok("durability", "acknowledged writes are on disk")


def connections(limit: int, pool_size: int, workers: int = 1) -> Finding:
    """``limit``: connections that the server has for TaskHub. ``pool_size``: of one process. ``workers``: of one `serve`."""
    size = pool_size * (workers + 1 if workers > 1 else 1)  # A reload starts a new worker before an old one leaves.
    text = f"{limit} for TaskHub's processes, each of which takes up to TASKHUB_DATABASE_POOL_SIZE={pool_size}"
    if workers > 1:
        text += f", and `serve` {size} with TASKHUB_WORKERS={workers} (in a reload there is one worker more)"
    if size > limit:
        return fail("connections", f"{text}: make the pool smaller, or max_connections larger.")
    if size * 2 > limit:
        return warn("connections", f"{text}: no room for a second process, nor for a restart beside the old one.")
    return ok("connections", f"{text}: room for {limit // size}")


def clock(seconds: float) -> Finding:
    text = f"{seconds:.1f} s between this machine and the database"
    if seconds > MAX_SKEW_SECONDS:
        return fail("clock", f"{text}: sign-ins and due dates go wrong. Set the clock, and keep it right with NTP.")
    return warn("clock", f"{text}: keep both right with NTP.") if seconds > WARN_SKEW_SECONDS else ok("clock", text)


def parked_events(counts: Mapping[str, int]) -> Finding:
    """``counts``: of parked events, by subscriber."""
    if not counts:
        return ok("events", "none is parked")
    by_subscriber = ", ".join(f"{count} of {subscriber}" for subscriber, count in counts.items())
    return warn("events", f"failed repeatedly and were parked: {by_subscriber}. Report the errors in the table parked_events.")
