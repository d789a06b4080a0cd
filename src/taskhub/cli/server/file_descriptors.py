"""Connections take file descriptors, which run out: the process asks for enough, and makes do with what it gets."""

import structlog

from taskhub.cli.server.connections import ConnectionLimits
from taskhub.cli.server.sockets import BACKLOG
from taskhub.settings import Settings

RESERVED = 128
"""Descriptors for all that is not a client's connection or one to the database: files, pipes, collectors of metrics."""

_log = structlog.get_logger("taskhub.connections")


def limits_within_file_descriptors(settings: Settings) -> ConnectionLimits:
    """As many connections as are configured, or as fit."""
    others = RESERVED + settings.database_pool_size
    wanted = settings.max_connections
    limits = limits_within(wanted, _raised_limit(others + wanted + BACKLOG) - others)
    if limits.max_connections < wanted:
        _log.warning("fewer connections than configured: the process may open too few files", connections=limits.max_connections)
    return limits


def limits_within(wanted: int, available: int) -> ConnectionLimits:
    """What waits to be accepted is accepted all at once, and counted afterwards: it needs room as well."""
    if available >= wanted + BACKLOG:
        return ConnectionLimits(wanted, BACKLOG)
    backlog = max(1, min(BACKLOG, available // 3))
    return ConnectionLimits(max(1, min(wanted, available - backlog)), backlog)


def _raised_limit(wanted: int) -> int:
    """How many this process may have open, after it has asked for more where it had too few."""
    try:
        import resource  # There is none on Windows, where sockets are no files.
    except ImportError:
        return wanted
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return wanted if soft == resource.RLIM_INFINITY else soft
