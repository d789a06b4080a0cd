"""The health check of the process: connections come back to the pool."""

from taskhub.kernel.application.errors import Unavailable
from taskhub.service.ports import ConnectionPool


def check_live(pool: ConnectionPool) -> None:
    """Raises:
    Unavailable: at least half of the pool's connections were never given back.
    """
    if 2 * pool.overdue() >= pool.pool_size:
        raise Unavailable("This process has lost too many of its connections to the database and has to be restarted.")
