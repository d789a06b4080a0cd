"""Serves the application in this process."""

import socket

from taskhub.app import TaskHub
from taskhub.cli.bootstrap import ready_application
from taskhub.cli.server.api_server import ApiServer, url_of
from taskhub.cli.server.db_supervisor import supervised_database
from taskhub.cli.server.hooks import ServeHooks
from taskhub.cli.server.metrics import serving_metrics
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
) -> None:
    """Serves until the process gets SIGINT or SIGTERM, or has another parent than this one.

    Raises:
        WrongModule
        WrongRevisions
        WrongSettings
        WrongSchema
    """
    program = ready_application(settings, deployed, hooks.before_build)
    app = TaskHub(program)
    contexts = (
        serving_metrics(app, metrics_listener),
        supervised_database(program.database(), settings),
        app.ending_long_requests(),
        hooks.while_serving(url_of(listener)),
    )
    server = ApiServer(app, settings, url_of(listener), contexts, parent=parent)
    server.run(sockets=[listener])
