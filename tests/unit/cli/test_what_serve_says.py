"""What people are told who have started the service, or the demo."""

import os
from pathlib import Path

import pytest

from taskhub.cli.demo.content import PEOPLE
from taskhub.cli.demo.folder import Demo
from taskhub.cli.demo.run import message
from taskhub.cli.server.api_server import details_of
from taskhub.settings import read_settings

LINKS = dict.fromkeys(PEOPLE, "http://127.0.0.1:8000/board/sign-in#…")


@pytest.mark.parametrize(("bound", "shown"), [("0.0.0.0", "127.0.0.1"), ("[::]", "[::1]"), ("10.0.0.7", "10.0.0.7")])
def test_addresses_are_those_that_a_browser_of_this_machine_can_open(bound: str, shown: str) -> None:
    lines = details_of(read_settings({}), f"http://{bound}:8000").splitlines()
    assert f"  board      http://{shown}:8000/board" in lines
    assert f"  API        http://{shown}:8000/v1" in lines


def test_the_demo_of_a_container_is_removed_with_the_container(monkeypatch: pytest.MonkeyPatch) -> None:
    demo = Demo(Path("demo"), "a password", is_complete=True)
    assert message(demo, "http://127.0.0.1:8000", LINKS).endswith(" demo --remove")
    monkeypatch.setattr(os, "getpid", lambda: 1)
    assert "To remove the demo: stop this container" in message(demo, "http://127.0.0.1:8000", LINKS)
