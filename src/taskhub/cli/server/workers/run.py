"""Serves with several workers, under a supervisor which is this process."""

import gc
import os
import socket
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import structlog

from taskhub.cli.bootstrap import check_modules, ready_application
from taskhub.cli.server.api_server import announce_serving, url_of
from taskhub.cli.server.hooks import ServeHooks
from taskhub.cli.server.serve import serve
from taskhub.cli.server.workers.channel import Channel
from taskhub.cli.server.workers.fair_share import FairShare
from taskhub.cli.server.workers.link import SupervisorLink
from taskhub.cli.server.workers.supervisor import Supervisor
from taskhub.cli.server.workers.worker import Worker
from taskhub.cli.server.workers.worker_process import Work
from taskhub.deployment import Deployment, deployment, secret_keys
from taskhub.kernel.logs import configure_logs
from taskhub.settings import PREFIX, Settings, WrongSettings

EMBEDDED_CONNECTIONS = 180
"""How many the workers may have to the embedded database together. It takes 200: others need some, such as `taskhub backup`."""
FIXED = ("host", "port", "metrics_port", "data_dir")
"""Settings of the supervisor and its sockets."""

log = structlog.get_logger("taskhub.workers")


def serve_with_workers(
    settings: Settings,
    deployed: Deployment,
    listener: socket.socket,
    metrics_listener: socket.socket | None,
    *,
    parent: int | None,
    read: Callable[[], Settings],
) -> None:
    """Serves until the process gets SIGINT or SIGTERM, or has another parent than this one. SIGHUP replaces the workers.

    ``read``: reads the settings anew.

    Raises:
        CommandFailed: no worker can start.
        WrongModule
        WrongRevisions
        WrongSettings
        WrongSchema
    """
    ready_application(settings, deployed)  # What is wrong is told once, and migrations are run once.
    gc.freeze()  # What is there now is shared by all workers: their collectors don't touch it.
    sockets = (listener, metrics_listener)
    Supervisor(
        work_of(settings, deployed, sockets),
        settings.workers,
        [one for one in sockets if one is not None],
        renew=partial(renewed, settings, deployed, sockets, read),
        on_serving=partial(announce_serving, settings, url_of(listener)),
        parent=parent,
    ).run()


def work_of(settings: Settings, deployed: Deployment, sockets: tuple[socket.socket, socket.socket | None]) -> Work:
    """What a worker does: it serves until it is told to end."""
    supervisor = os.getpid()
    limited = within_embedded_connections(settings) if deployed.is_embedded else settings

    def work(channel: Channel, share: FairShare) -> None:
        configure_logs(settings.log_level, settings.log_format, names_process=True)
        worker = Worker(SupervisorLink(channel), share)
        try:
            serve(limited, deployed, *sockets, ServeHooks(), parent=supervisor, worker=worker)
        finally:
            worker.link.send_last_measurements()

    return work


def within_embedded_connections(settings: Settings) -> Settings:
    """With pools that all fit, also in a reload, when there is one worker more."""
    size = min(settings.database_pool_size, EMBEDDED_CONNECTIONS // (settings.workers + 1))
    if size < settings.database_pool_size:
        log.warning("the pools are smaller than configured: the embedded database has too few connections for all", size=size)
    return settings.model_copy(update={"database_pool_size": size})


def renewed(
    settings: Settings,
    deployed: Deployment,
    sockets: tuple[socket.socket, socket.socket | None],
    read: Callable[[], Settings],
) -> Work:
    """The work with the settings and secrets of now.

    Raises:
        WrongModule
        WrongSettings: also where what changed needs a new start.
    """
    new = read()
    if new.workers != settings.workers:  # Also where it is `auto`, and the cores have changed.
        log.warning("the number of workers stays until the next start", workers=settings.workers)
        new = new.model_copy(update={"workers": settings.workers})
    changed = [f"{PREFIX}{name.upper()}" for name in FIXED if getattr(new, name) != getattr(settings, name)]
    if (new.database_url is None) != deployed.is_embedded:
        changed.append("TASKHUB_DATABASE_URL")
    if changed:
        raise WrongSettings(f"{', '.join(changed)} can't be changed while it serves: stop it, and start it again.")
    check_modules(new)
    if deployed.is_embedded:
        return work_of(new, replace(deployed, secret_keys=secret_keys(new)), sockets)
    with deployment(new) as elsewhere:
        return work_of(new, elsewhere, sockets)
