"""Serves the application and its control interface in this process."""

import json
import os
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from taskhub.cli.server.api_server import ApiServer, announced, url_of
from taskhub.cli.server.connections import ConnectionLimits
from taskhub.cli.server.side_server import serving_beside
from taskhub.deployment import Deployment
from taskhub.settings import Settings
from taskhub.testing.control.app import TestingService
from taskhub.testing.control.faults import Abortable
from taskhub.testing.control.idleness import Idleness
from taskhub.testing.control.routes import WARNING
from taskhub.testing.options import TestingOptions

LIMITS = ConnectionLimits(max_connections=512, backlog=128)

log = structlog.get_logger("taskhub")


def serve_testing(
    settings: Settings,
    options: TestingOptions,
    deployed: Deployment,
    listener: socket.socket,
    control_listener: socket.socket,
    *,
    parent: int | None,
) -> None:
    """Serves until the process gets SIGINT or SIGTERM, or has another parent than this one."""
    url = url_of(listener)
    service = TestingService(settings, deployed.database_url, deployed.secret_keys, secret=options.secret, url=url)
    ready = {"url": url, "control_url": url_of(control_listener), "secret": options.secret, "pid": os.getpid()}
    idleness = Idleness(options.idle_seconds, options.idle_lock)
    contexts = (
        service.started(),
        serving_beside(idleness.noticing(service.control_app), control_listener, LIMITS),
        idleness.ending(),
        service.app.ending_long_requests(),
        _announced(ready, options),
        announced(settings, url),
    )
    api = idleness.noticing(service.app)
    server = ApiServer(Abortable(api), settings, contexts, parent=parent)
    server.run(sockets=[listener])


@asynccontextmanager
async def _announced(ready: dict[str, object], options: TestingOptions) -> AsyncIterator[None]:
    """Says loudly what this is, and writes where it is reached."""
    log.warning(WARNING, url=ready["url"], control_url=ready["control_url"])
    secret = (
        "the one that was given"
        if options.is_given
        else "in the file that was asked for"
        if options.ready_file
        else options.secret
    )
    sys.stdout.write(
        f"TASKHUB TESTING SERVER on {ready['url']}, controlled on {ready['control_url']}. {WARNING} Its secret is {secret}.\n"
    )
    sys.stdout.flush()
    if options.ready_file is not None:
        write_ready_file(options.ready_file, json.dumps(ready))
    yield


def write_ready_file(file: Path, text: str) -> None:
    """All at once, for its owner alone, and through no link that somebody has put there."""
    descriptor, name = tempfile.mkstemp(prefix=f"{file.name}.", dir=file.parent)
    with os.fdopen(descriptor, "w", encoding="utf-8") as draft:
        draft.write(text)
    Path(name).replace(file)
