"""The limit of open files (RLIMIT_NOFILE): raised as far as allowed, and connections limited to what fits."""

import structlog

from taskhub.cli.server.connections import ConnectionLimits
from taskhub.cli.server.sockets import BACKLOG
from taskhub.settings import Settings

RESERVED = 128
"""File descriptors for everything but connections of clients and to the database: files, pipes, metrics requests."""

_log = structlog.get_logger("taskhub.connections")


def limits_within_file_descriptors(settings: Settings) -> ConnectionLimits:
    """The configured number of connections, or as many as fit."""
    others = RESERVED + settings.database_pool_size
    wanted = settings.max_connections
    limits = limits_within(wanted, _raised_limit(others + wanted + BACKLOG) - others)
    if limits.max_connections < wanted:
        _log.warning("fewer connections than configured: the process may open too few files", connections=limits.max_connections)
    return limits


def limits_within(wanted: int, available: int) -> ConnectionLimits:
    """``available``: file descriptors. The backlog needs some too: it may be accepted at once and counted afterwards."""
    if available >= wanted + BACKLOG:
        return ConnectionLimits(wanted, BACKLOG)
    backlog = max(1, min(BACKLOG, available // 3))
    return ConnectionLimits(max(1, min(wanted, available - backlog)), backlog)


def _raised_limit(wanted: int) -> int:
    """How many descriptors this process may open, after the soft limit was raised as far as it may be."""
    try:
        import resource  # There is none on Windows, where sockets are no files.
    except ImportError:
        return wanted
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return wanted if soft == resource.RLIM_INFINITY else soft
