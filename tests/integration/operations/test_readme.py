"""Each block of the README, run as it is written: only the port is another, and the data is kept elsewhere."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator

import pytest

from support.harness.doc_examples import CHECKOUT, as_user, examples_of_page, first_commands, first_steps, run
from support.harness.program import Installation, Served
from support.harness.waiting import PROGRAM_SECONDS

SERVE, DEMO, TEST, *_ = (example.script for example in examples_of_page("README.md"))
EXAMPLE = [example.script for example in first_steps()]
ENDINGS = ["", '"priority":"high"', '"version":2', '"code":"stale_version"', '"next_cursor":null']
"""What the blocks of the example have to say at least."""


@pytest.fixture(scope="module")
def served(installation: Installation) -> Iterator[Served]:
    """The service, started by the README's command."""
    with installation.start(["sh", "-c", f"exec {SERVE}"], folder=CHECKOUT) as served:
        served.wait_until_ready()
        yield served


@pytest.mark.parametrize("shell", [shell for shell in ("sh", "bash", "zsh") if shutil.which(shell)])
def test_the_example_makes_a_first_task(shell: str, served: Served) -> None:
    answers = run(shell, EXAMPLE, served.url)
    for answer, ending in zip(answers, ENDINGS, strict=True):
        assert ending in answer
    assert "".join(answers).count('"key":"OPS-2"') == 3


def test_the_same_is_done_from_the_command_line(served: Served, installation: Installation) -> None:
    run("sh", EXAMPLE, served.url, user="commands")
    done = subprocess.run(
        ["sh", "-c", as_user(first_commands().script, served.url, "commands")],
        env=installation.environment() | {"XDG_CONFIG_HOME": str(installation.folder)},
        cwd=CHECKOUT,
        input="correct horse battery staple\n",
        capture_output=True,
        text=True,
        timeout=PROGRAM_SECONDS,
        check=True,
    )
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["You", "OPS-3", "KEY", "OPS-1", "OPS-2", "OPS-3"]


def test_the_demo_is_started_and_removed_as_it_says(new_installation: Callable[..., Installation]) -> None:
    installation = new_installation()
    with installation.start(["sh", "-c", f"exec {DEMO}"], folder=CHECKOUT) as served:
        served.wait_until_it_says("To remove the demo: ")
        command = served.log.rsplit("To remove the demo: ", 1)[1].strip()
        served.end()
    assert (installation.folder / "data-demo").exists()
    subprocess.run(command, shell=True, env=installation.environment(), cwd=CHECKOUT, timeout=PROGRAM_SECONDS, check=True)
    assert not (installation.folder / "data-demo").exists()


def test_the_command_for_the_tests_finds_them() -> None:
    """The block runs as it is; the environment asks pytest to collect only, or this would never end."""
    environment = {**os.environ, "PYTEST_ADDOPTS": "--collect-only -q", "MAKEFLAGS": ""}
    command = ["sh", "-c", TEST]
    done = subprocess.run(
        command, env=environment, cwd=CHECKOUT, capture_output=True, text=True, timeout=PROGRAM_SECONDS, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "tests/integration/operations/test_readme.py" in done.stdout
