"""`taskhub demo` as a process: something to look at, as often as one likes, and nothing of it left behind."""

import json
import re
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from support.harness.program import Installation, Served

READY = "To remove the demo: "


def starting(installation: Installation) -> Served:
    return installation.start((*installation.program, "demo"))


def demo_folder(installation: Installation) -> Path:
    return installation.folder / "data-demo"


def links_of(served: Served) -> list[str]:
    """Those of the three people, as they were shown."""
    served.wait_until_it_says(READY)
    return re.findall(rf"{re.escape(served.url)}/board/sign-in#(\S+)", served.log)


def signed_in(served: Served, token: str) -> httpx2.Client:
    """What the board does with a link."""
    answer = served.client.post("/v1/sessions/refresh", json={"refresh_token": token})
    answer.raise_for_status()
    headers = {"authorization": f"Bearer {answer.json()['access_token']}"}
    return httpx2.Client(base_url=served.url, headers=headers, trust_env=False, timeout=60)


def workspace_of(served: Served) -> str:
    token, *_ = links_of(served)
    with signed_in(served, token) as client:
        (workspace,) = items(client, "/v1/workspaces")
    return str(workspace["id"])


def items(client: httpx2.Client, path: str, **query: Any) -> list[dict[str, Any]]:
    answer = client.get(path, params={"limit": 200, **query})
    answer.raise_for_status()
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def age_of(instant: str) -> timedelta:
    return datetime.now(UTC) - datetime.fromisoformat(instant)


@pytest.fixture
def installation(new_installation: Callable[..., Installation]) -> Installation:
    return new_installation()


def test_the_demo_is_there_again_after_a_stop_and_gone_when_it_is_removed(installation: Installation) -> None:
    with starting(installation) as served:
        owner, *others = links_of(served)
        assert len(others) == 2
        with signed_in(served, owner) as client:
            (workspace,) = items(client, "/v1/workspaces")
            path = f"/v1/workspaces/{workspace['id']}"
            assert workspace["role"] == "owner"
            assert [member["role"] for member in items(client, f"{path}/members")].count("member") == 2
            assert {project["key"] for project in items(client, f"{path}/projects")} == {"SHOP", "WEB"}
            tasks = items(client, f"{path}/tasks")
            assert len(tasks) > 25
            for field in ("description", "label_ids", "assignee_ids", "due", "parent_id", "blocked_by_ids", "closed_at"):
                assert any(task[field] for task in tasks), field
            assert len({task["status"] for task in tasks}) == 6
            assert items(client, f"{path}/tasks/SHOP-3/comments")
            assert items(client, f"{path}/tasks", deleted="true", q="newsletter")[0]["deleted_at"]
            # It has a past, of which nothing is to come yet.
            history = items(client, f"{path}/tasks/SHOP-3/history")
            assert age_of(history[-1]["occurred_at"]) > timedelta(days=15) > age_of(history[0]["occurred_at"]) > timedelta()
            instants = [change["occurred_at"] for change in items(client, f"{path}/changes", limit=1000)]
            assert instants == sorted(instants)
            assert age_of(instants[-1]) >= timedelta()
            assert items(client, "/v1/tokens") == []
        refused = installation.run("demo", "--remove")
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "Stop it first" in refused.stderr
        assert served.end(signal.SIGINT) == 0

    with starting(installation) as served:
        again, *_ = links_of(served)
        assert again != owner
        with signed_in(served, again) as client:
            assert [found["id"] for found in items(client, "/v1/workspaces")] == [workspace["id"]]
            changed = client.patch(f"{path}/tasks/SHOP-3", json={"priority": "low"}).json()
            assert age_of(changed["updated_at"]) < timedelta(hours=1)  # By the machine's clock again.

    password = json.loads((demo_folder(installation) / "demo.json").read_text())["password"]
    assert f"ada@example.com with the password {password}" in served.log
    removed = installation.run("demo", "--remove")
    assert (removed.returncode, removed.stdout) == (0, f"The demo in {demo_folder(installation)} was removed.\n")
    assert not demo_folder(installation).exists()
    assert not (installation.folder / "data").exists()  # That of `taskhub serve` was not touched.
    assert installation.run("demo", "--remove").stdout == f"There is no demo in {demo_folder(installation)}.\n"


def test_a_demo_that_was_not_made_to_the_end_is_made_anew(installation: Installation) -> None:
    file = demo_folder(installation) / "demo.json"
    with starting(installation) as served:
        first = workspace_of(served)
        served.end(signal.SIGKILL)
    file.write_text(
        json.dumps({**json.loads(file.read_text()), "is_complete": False})
    )  # As if it had been killed before its end.
    with starting(installation) as served:
        assert workspace_of(served) != first
        assert json.loads(file.read_text())["is_complete"]


def test_a_folder_with_something_else_in_it_is_left_alone(installation: Installation) -> None:
    file = demo_folder(installation) / "thesis.txt"
    file.parent.mkdir()
    file.write_text("three years of work")

    for arguments in (("demo",), ("demo", "--remove")):
        done = installation.run(*arguments)
        assert done.returncode == 1
        assert done.stderr.startswith(f"taskhub: {file.parent} has something else in it than a demo")
    assert file.read_text() == "three years of work"
