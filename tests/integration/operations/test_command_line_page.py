"""The examples of the page about the command line, run as they are written: what stands below one is what it prints."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from support.harness.program import PASSWORD, Served
from support.harness.waiting import PROGRAM_SECONDS
from taskhub.cli.main import CLIENT, app
from unit.cli.test_help import commands

PAGE = Path(__file__).parents[3] / "docs" / "command-line.md"
TEXT = PAGE.read_text("utf-8")
EXAMPLES = re.findall(r"^```sh\n(.*?)^```\n```text\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
_CHANGING = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|\b[0-9a-f]{32}\b|…")
_TIME = re.compile(r"2\d{3}-\d\d-\d\d \d\d:\d\d(?= by |,|:|  \w+  )")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Of somebody who has `taskhub` in their path, and has never used it."""
    program = tmp_path / "bin" / "taskhub"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m taskhub "$@"\n')
    program.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TASKHUB_")}
    own = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "PATH": f"{program.parent}:{os.environ['PATH']}"}
    return {**kept, **own}


def unchanging(text: str) -> list[str]:
    """Its lines without ids and times."""
    return [_TIME.sub("…", _CHANGING.sub("…", line)).rstrip() for line in text.splitlines()]


def test_what_stands_below_an_example_is_what_it_prints(served: Served, environment: dict[str, str], tmp_path: Path) -> None:
    account = {"email": "ada@example.com", "name": "Ada", "password": PASSWORD, "time_zone": "Europe/Berlin"}
    served.client.post("/v1/users", json=account).raise_for_status()
    script = "\necho --\n".join(example.replace("http://127.0.0.1:8000", served.url) for example, _ in EXAMPLES)
    file = tmp_path / "page.sh"
    file.write_text(script, "utf-8")
    done = subprocess.run(
        ["bash", str(file)],
        input=f"{PASSWORD}\n",
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PROGRAM_SECONDS,
        check=False,
    )
    printed = done.stdout.replace(served.url, "http://127.0.0.1:8000").split("--\n")
    for (example, shown), output in zip(EXAMPLES, printed, strict=True):
        assert unchanging(output) == unchanging(shown), f"{example}\n{done.stderr}"


def test_the_page_names_every_command_of_the_client() -> None:
    program: Any = get_command(app)
    client = [
        " ".join(path) for path in commands(program) if getattr(program.commands.get(path[0]), "rich_help_panel", None) == CLIENT
    ]
    assert len(client) > 15
    assert [name for name in client if not re.search(rf"(?<![\w-]){name}(?![\w-])", TEXT)] == []


def test_nearly_every_block_shows_what_it_prints() -> None:
    assert len(EXAMPLES) == TEXT.count("```sh\n")
