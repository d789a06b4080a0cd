"""`taskhub worker`: the background work without an API."""

import asyncio
import socket

from taskhub.app import TaskHub
from taskhub.background import Background
from taskhub.cli.bootstrap import ready_application
from taskhub.cli.server.console import announce
from taskhub.cli.server.db_supervisor import supervised_database
from taskhub.cli.server.metrics import serving_metrics
from taskhub.cli.server.signals import exit_on_signals, wait_for_signal
from taskhub.cli.server.sockets import metrics_socket
from taskhub.container import Container
from taskhub.deployment import deployment
from taskhub.kernel.logs import configure_logs
from taskhub.settings import Settings, read_settings


def run() -> None:
    settings = read_settings()
    configure_logs(settings.log_level, settings.log_format)
    with exit_on_signals(), metrics_socket(settings) as listener, deployment(settings) as deployed:
        asyncio.run(_work(ready_application(settings, deployed), settings, listener))


async def _work(program: Container, settings: Settings, listener: socket.socket | None) -> None:
    async with (
        program.database().opened() as database,
        supervised_database(database, settings),
        Background(program).running(),
        serving_metrics(TaskHub(program), listener),
    ):
        announce(settings.log_format, "TaskHub runs its background work", "; Ctrl-C stops it")
        await wait_for_signal()
