"""The receiver of the page about webhooks, run as it is written there."""

import json
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support.harness.program import Installation, Served, free_port
from support.harness.waiting import PROGRAM_SECONDS, wait_until

PAGE = Path(__file__).parents[3] / "docs" / "webhooks.md"
(PROGRAM,) = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def served(new_installation: Callable[..., Installation]) -> Iterator[Served]:
    """The service, which may deliver to this machine."""
    with new_installation(TASKHUB_WEBHOOK_NETWORKS="127.0.0.0/8").serving() as served:
        yield served


def post(served: Served, path: str, body: Any = None) -> Any:
    answer = served.client.post(path, json=body)
    assert answer.is_success, answer.text
    return answer.json()


def listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def test_the_receiver_takes_each_event_once_and_refuses_what_is_not_signed(served: Served, tmp_path: Path) -> None:
    program, file, port = tmp_path / "receive.py", tmp_path / "events", free_port()
    program.write_text(PROGRAM, encoding="utf-8")
    served.sign_up("ada@example.com")
    assert served.sign_in("ada@example.com")
    workspace = f"/v1/workspaces/{post(served, '/v1/workspaces', {'name': 'Engine room'})['id']}"
    project = post(served, f"{workspace}/projects", {"key": "OPS", "name": "Operations"})
    url = f"http://127.0.0.1:{port}/"
    webhook = post(served, f"{workspace}/webhooks", {"url": url, "types": ["task.created"]})
    stranger = post(served, f"{workspace}/webhooks", {"url": url, "types": ["task.created"]})
    receiver = subprocess.Popen(
        [sys.executable, str(program), str(port), webhook["secret"], str(file)], stderr=subprocess.DEVNULL
    )

    def lines() -> list[Any]:
        return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []

    def deliveries(of: Any) -> list[Any]:
        return list(served.client.get(f"{workspace}/webhooks/{of['id']}/deliveries").json()["items"])

    try:
        wait_until(lambda: listens(port))
        for title in ("Oil the engine", "Paint it"):
            post(served, f"{workspace}/tasks", {"project_id": project["id"], "title": title})
        wait_until(lambda: len(lines()) == 2)
        wait_until(lambda: [one["status"] for one in deliveries(webhook)] == ["succeeded"] * 2)
        again = deliveries(webhook)[0]
        post(served, f"{workspace}/webhooks/{webhook['id']}/deliveries/{again['id']}/redeliver")
        wait_until(lambda: len(deliveries(webhook)[0]["attempts"]) == 2)
        wait_until(lambda: all(one["attempts"] for one in deliveries(stranger)))
    finally:
        receiver.kill()
        receiver.wait(PROGRAM_SECONDS)
    assert [(line["type"], line["version"]) for line in lines()] == [("task.created", 1)] * 2
    assert {line["id"] for line in lines()} == {one["event_id"] for one in deliveries(webhook)}
    assert {one["attempts"][0]["status"] for one in deliveries(stranger)} == {401}
