"""Starts `taskhub demo`: the service on the demo's folder, whose story is told as soon as it serves."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog
import typer
from dependency_injector import providers

from taskhub.cli.demo.clock import DemoClock
from taskhub.cli.demo.content import PEOPLE, WORKSPACE
from taskhub.cli.demo.folder import Demo, completed, demo_folder, prepared_demo, remove_demo
from taskhub.cli.demo.story import email_of, sent, tell_story
from taskhub.cli.server.api_server import reachable
from taskhub.cli.server.hooks import ServeHooks
from taskhub.cli.server.run import run
from taskhub.client.connection import Connection
from taskhub.client.errors import NotReachable
from taskhub.container import Container
from taskhub.settings import Settings, read_settings

log = structlog.get_logger("taskhub.demo")

FIRST_PROCESS = 1


def run_demo(*, parent: int | None) -> None:
    """Serves until the process gets SIGINT or SIGTERM, or has another parent than this one.

    Raises:
        CommandFailed: the port is taken, or the folder is no demo's.
        WrongModule
        WrongSettings
        EmbeddedPostgresError
    """
    settings = read_settings()
    demo = prepared_demo(demo_folder(settings))
    run(parent=parent, read=lambda: _of_its_own(settings, demo), hooks=DemoHooks(demo))


def remove() -> None:
    """Raises:
    CommandFailed: the folder is no demo's.
    WrongSettings
    EmbeddedPostgresError: the demo is running.
    """
    folder = demo_folder(read_settings())
    typer.echo(f"The demo in {folder} was removed." if remove_demo(folder) else f"There is no demo in {folder}.")


def _of_its_own(settings: Settings, demo: Demo) -> Settings:
    """An embedded database, whatever the service has otherwise; and no line for each request, which would hide the message."""
    own: dict[str, Any] = {"database_url": None, "secret_key": None, "secret_key_previous": None, "data_dir": demo.folder}
    own["workers"] = 1  # The story has a clock of its own, which is that of one process.
    if "log_level" not in settings.model_fields_set:
        own["log_level"] = "warning"
    return settings.model_copy(update=own)


class DemoHooks(ServeHooks):
    """Tells the story on the first start, by the story's clock, and at each start who can sign in and how."""

    def __init__(self, demo: Demo) -> None:
        self._demo = demo
        self._clock = DemoClock()

    def before_build(self, application: Container) -> None:
        application.clock.override(providers.Object(self._clock))

    @asynccontextmanager
    async def while_serving(self, url: str) -> AsyncIterator[None]:
        task = asyncio.create_task(self._tell(url))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _tell(self, url: str) -> None:
        try:
            links = await asyncio.to_thread(self._make, reachable(url))
        except NotReachable:
            return  # The service has ended before. The next start begins anew.
        except Exception:
            log.exception("the demo could not be made")
            return
        typer.echo(message(self._demo, reachable(url), links))

    def _make(self, url: str) -> dict[str, str]:
        """The links, by the people that they sign in."""
        if not self._demo.is_complete:
            tell_story(url, self._demo.password, self._clock)
            completed(self._demo)
        return {who: _link(url, who, self._demo.password) for who in PEOPLE}


def _link(url: str, who: str, password: str) -> str:
    with Connection(url) as connection:
        session = sent(connection, "POST", "sessions", {"email": email_of(who), "password": password})
    return f"{url}/board/sign-in#{session['refresh_token']}"


def message(demo: Demo, url: str, links: dict[str, str]) -> str:
    owner, *others = links
    lines = [
        "",
        f"The demo is ready: {WORKSPACE}. This link signs you in as {PEOPLE[owner]}, once:",
        f"  {links[owner]}",
        "To see what happens where two people work, open another one in a private window or another browser:",
        *(f"  {PEOPLE[who]}: {links[who]}" for who in others),
        f"Later, sign in at {url}/board as {email_of(owner)} with the password {demo.password}",
        f"To remove the demo: {_removal()}",
    ]
    return "\n".join(lines)


def _removal() -> str:
    if os.getpid() == FIRST_PROCESS:  # Of a container: what it has is gone with it.
        return "stop this container with Ctrl-C, and remove it if it was started without --rm"
    return f"{sys.argv[0]} demo --remove"
