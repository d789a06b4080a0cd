"""Starts a server in the mode that a suite has chosen."""

from __future__ import annotations

from taskhub.testing.client.errors import ServerNotStarted
from taskhub.testing.client.launch import Launched, Mode, Settings
from taskhub.testing.client.process import launch_process


def launch(mode: Mode, settings: Settings, *, reuse: bool) -> Launched:
    """One that is reached over the network: all but `asgi`.

    Raises:
        ServerNotStarted
    """
    if mode == "container":
        return _launch_container(settings)
    if mode != "process":
        raise ServerNotStarted(f"There is no mode {mode!r}. There are `process`, `asgi` and `container`.")
    if reuse:
        from taskhub.testing.client.reuse import launch_reused

        return launch_reused(settings)
    return launch_process(settings)


def _launch_container(settings: Settings) -> Launched:
    try:
        from taskhub.testing.container import launch_container
    except ImportError as error:
        raise ServerNotStarted(
            f'The mode `container` needs testcontainers: pip install "taskhub[testing-container]" ({error}).'
        ) from error
    return launch_container(settings)
