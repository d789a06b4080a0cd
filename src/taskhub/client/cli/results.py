"""What commands say of what they did."""

from collections.abc import Mapping
from typing import Any

import typer

from taskhub.client.output import print_json
from taskhub.client.text import one_line


def told(task: Mapping[str, Any], before: Mapping[str, Any], *, json: bool) -> None:
    """The task after a change."""
    if json:
        print_json(task)
    elif task["version"] == before["version"]:
        typer.echo(f"{task['key']} was so already: {one_line(task['title'])} ({task['status']})")
    else:
        typer.echo(f"{task['key']}: {one_line(task['title'])} ({task['status']})")
