"""A process that works in the background and serves nothing."""

import asyncio
import socket

from taskhub.app import TaskHub
from taskhub.background import Background
from taskhub.cli.preparation import container, prepared
from taskhub.cli.serving.endings import ended_by_signals, until_signalled
from taskhub.cli.serving.keeping import kept_up
from taskhub.cli.serving.metrics import serving_metrics
from taskhub.cli.serving.port import metrics_socket
from taskhub.cli.serving.telling import tell
from taskhub.container import Container
from taskhub.kernel.logs import configure_logs
from taskhub.settings import Settings, read_settings


def run() -> None:
    settings = read_settings()
    configure_logs(settings.log_level)
    with ended_by_signals(), metrics_socket(settings) as listener, prepared(settings) as place:
        asyncio.run(_work(container(settings, place), settings, listener))


async def _work(program: Container, settings: Settings, listener: socket.socket | None) -> None:
    async with (
        program.database().opened() as database,
        kept_up(database, settings),
        Background(program).running(),
        serving_metrics(TaskHub(program), listener),
    ):
        tell("TaskHub works in the background")
        await until_signalled()
