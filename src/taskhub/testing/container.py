"""A testing server as a container: the image with a database in it (`Dockerfile`, target `testing`), for testcontainers."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy

from taskhub.testing.client.errors import ServerNotStarted
from taskhub.testing.client.launch import Launched, as_environment

IMAGE = "taskhub-testing"
PORT, CONTROL_PORT = 8000, 8001
SECONDS_TO_START = 120


class TaskHubContainer(DockerContainer):
    """The service and its control interface.

        with TaskHubContainer() as container:
            taskhub = container.server()

    Attributes:
        secret: what the control interface demands.
    """

    def __init__(self, image: str = IMAGE, *, settings: Mapping[str, Any] | None = None, **options: Any) -> None:
        super().__init__(image, **options)
        self.secret = secrets.token_urlsafe(32)
        self.with_exposed_ports(PORT, CONTROL_PORT)
        self.with_env("TASKHUB_TESTING_SECRET", self.secret)
        for name, value in as_environment(settings or {}).items():
            self.with_env(name, value)
        self.waiting_for(HttpWaitStrategy(CONTROL_PORT, "/").with_startup_timeout(SECONDS_TO_START))

    @property
    def url(self) -> str:
        return self._address(PORT)

    @property
    def control_url(self) -> str:
        return self._address(CONTROL_PORT)

    def launched(self) -> Launched:
        return Launched(self.url, self.control_url, self.secret, self.stop, self._log)

    def _log(self) -> str:
        try:
            return b"".join(self.get_logs()).decode(errors="replace")
        except Exception as error:  # Of the engine's client. Whoever reads it has a failure to report, and should be able to.
            return f"The log of the container can't be read: {error}"

    def _address(self, port: int) -> str:
        return f"http://{self.get_container_host_ip()}:{self.get_exposed_port(port)}"


def launch_container(settings: Mapping[str, Any]) -> Launched:
    """Raises:
    ServerNotStarted
    """
    container = TaskHubContainer(settings=settings)
    try:
        container.start()
    except Exception as error:
        raise ServerNotStarted(f"The container could not be started: {error}") from error
    return container.launched()
