"""Serves the application in this process."""

import socket
from functools import partial

from taskhub.app import TaskHub
from taskhub.cli.bootstrap import ready_application
from taskhub.cli.server.api_server import ApiServer, announced, url_of
from taskhub.cli.server.db_supervisor import supervised_database
from taskhub.cli.server.hooks import ServeHooks
from taskhub.cli.server.metrics import serving_metrics
from taskhub.cli.server.workers.worker import Worker
from taskhub.deployment import Deployment
from taskhub.settings import Settings


def serve(
    settings: Settings,
    deployed: Deployment,
    listener: socket.socket,
    metrics_listener: socket.socket | None,
    hooks: ServeHooks,
    *,
    parent: int | None,
    worker: Worker | None = None,
) -> None:
    """Serves until the process gets SIGINT or SIGTERM, or has another parent than this one.

    ``worker``: what this process has of its supervisor, if it is one of several.

    Raises:
        WrongModule
        WrongRevisions
        WrongSettings
        WrongSchema
    """
    program = ready_application(settings, deployed, hooks.before_build)
    app = TaskHub(program)
    url = url_of(listener)
    contexts = (
        serving_metrics(app, metrics_listener),
        supervised_database(program.database(), settings),
        app.ending_long_requests(),
        hooks.while_serving(url),
        announced(settings, url) if worker is None else worker.link.serving(app),
    )
    if worker is None:
        ApiServer(app, settings, contexts, parent=parent).run(sockets=[listener])
        return
    server = ApiServer(app, settings, contexts, parent=parent, accepting=partial(worker.share.accepting, listener))
    worker.link.retire = server.retire
    server.run(sockets=[])
