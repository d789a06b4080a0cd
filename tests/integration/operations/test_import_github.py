"""`examples/import_github.py`, run as its users run it: as often as they like, also after it was killed."""

import json
import os
import random
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote
from uuid import uuid4

import httpx2
import pytest

from support.harness.program import PASSWORD, Installation, Served, free_port
from support.harness.waiting import PATIENCE_SECONDS, PROGRAM_SECONDS

CHECKOUT = Path(__file__).parents[3]
SCRIPT, SAMPLE = CHECKOUT / "examples/import_github.py", CHECKOUT / "examples/github_issues.json"
REPO = "acme/engine"
ISSUES: list[dict[str, Any]] = json.loads(SAMPLE.read_text("utf-8"))
IMPORTED = [issue for issue in ISSUES if "pull_request" not in issue]
Json = dict[str, Any]


class Target:
    """A workspace with a project to import into."""

    def __init__(self, served: Served) -> None:
        self.url = served.url
        self.client = httpx2.Client(base_url=served.url, trust_env=False, timeout=PATIENCE_SECONDS)
        account = {"email": f"{uuid4().hex}@example.com", "password": PASSWORD}
        self.post("/v1/users", {**account, "name": "Ada"})
        self.client.headers["authorization"] = f"Bearer {self.post('/v1/sessions', account)['access_token']}"
        self.workspace = self.post("/v1/workspaces", {"name": "Home"})
        self.at = f"/v1/workspaces/{self.workspace['id']}"
        self.project = self.post(f"{self.at}/projects", {"key": "OPS", "name": "Operations"})
        self.token = self.post("/v1/tokens", {"name": "Import", "scopes": ["read", "write"]})["token"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def post(self, path: str, body: Json | None = None) -> Json:
        answer = self.client.post(path, json=body)
        answer.raise_for_status()
        created: Json = answer.json()
        return created

    def every(self, path: str) -> list[Json]:
        answer = self.client.get(f"{self.at}/{path}", params={"limit": "200"})
        answer.raise_for_status()
        assert answer.json()["next_cursor"] is None
        items: list[Json] = answer.json()["items"]
        return items

    def tasks(self) -> dict[str, Json]:
        """The tasks by their external keys, each of which has one."""
        tasks = self.every("tasks")
        by_key = {key: task for task in tasks for key in task["external_keys"]}
        assert len(by_key) == len(tasks)
        return by_key

    def imported(self) -> dict[str, Json]:
        """What an import makes, without what differs between two of them."""
        names = {label["id"]: label["name"] for label in self.every("labels")}
        kept = ("title", "description", "status")
        return {
            key: {**{name: task[name] for name in kept}, "labels": sorted(names[id] for id in task["label_ids"])}
            for key, task in self.tasks().items()
        }

    def command(self, *options: str, file: Path = SAMPLE) -> list[str]:
        where = ["--url", self.url, "--workspace", self.workspace["id"], "--project", "OPS"]
        return [sys.executable, str(SCRIPT), str(file), "--repo", REPO, *where, *options]

    def run(self, *options: str, file: Path = SAMPLE, token: str | None = None) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "TASKHUB_TOKEN": self.token if token is None else token}
        command = self.command(*options, file=file)
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PROGRAM_SECONDS, check=False)


@pytest.fixture
def target(served: Served) -> Iterator[Target]:
    with Target(served) as target:
        yield target


def done(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode == 0, result.stderr
    return result.stdout


def many(folder: Path, count: int) -> Path:
    """A file of so many issues."""
    labels = [[{"name": f"Label {n % 7}", "color": "d73a4a"}, {"name": f"label {n % 3}", "color": ""}] for n in range(count)]
    issues = [
        {"number": n, "title": f"Issue {n}", "body": f"Body {n}", "state": ("open", "closed")[n % 4 == 0], "labels": labels[n]}
        for n in range(1, count)
    ]
    path = folder / "issues.json"
    path.write_text(json.dumps(issues), "utf-8")
    return path


def test_issues_become_tasks(target: Target) -> None:
    said = done(target.run())
    tasks = target.imported()
    assert {*tasks} == {f"github:{REPO}#{issue['number']}" for issue in IMPORTED}
    assert tasks[f"github:{REPO}#1"] == {
        "title": "The engine stops when the oil is cold",
        "description": IMPORTED[0]["body"],
        "status": "todo",
        "labels": ["bug"],
    }
    statuses = {number: tasks[f"github:{REPO}#{number}"]["status"] for number in (2, 5, 6, 12, 16)}
    assert statuses == {2: "todo", 5: "done", 6: "cancelled", 12: "cancelled", 16: "done"}
    assert tasks[f"github:{REPO}#14"]["labels"] == ["bug"]
    assert tasks[f"github:{REPO}#11"]["description"] == "\U0001f469\u200d\U0001f527 asked for it."
    for line in (
        "Tasks: 14 created, 0 changed, 0 unchanged.",
        "Labels: 7 created.",
        "Not taken over: assignees of 3 issues.",
        "Not taken over: milestone of 3 issues.",
        "Left out: 2 pull requests.",
    ):
        assert line in said.splitlines()


def test_run_again_it_changes_what_differs(target: Target, tmp_path: Path) -> None:
    done(target.run())
    before = target.tasks()
    assert "Tasks: 0 created, 0 changed, 14 unchanged." in done(target.run())
    assert target.tasks() == before
    issues = [issue | {"title": "Renamed"} if issue["number"] == 2 else issue for issue in ISSUES]
    changed = tmp_path / "issues.json"
    changed.write_text(json.dumps(issues), "utf-8")
    assert "Tasks: 0 created, 1 changed, 13 unchanged." in done(target.run(file=changed))
    assert target.tasks()[f"github:{REPO}#2"]["title"] == "Renamed"


def test_work_on_an_open_issue_keeps_its_status_and_a_reopened_one_is_open_again(target: Target, tmp_path: Path) -> None:
    done(target.run())
    first, fifth = (target.tasks()[f"github:{REPO}#{number}"] for number in (1, 5))
    target.client.patch(f"{target.at}/tasks/{first['id']}", json={"status": "in_progress"}).raise_for_status()
    reopened = tmp_path / "issues.json"
    reopened.write_text(json.dumps([issue | {"state": "open", "state_reason": "reopened"} for issue in ISSUES]), "utf-8")
    done(target.run(file=reopened))
    tasks = target.imported()
    assert [tasks[f"github:{REPO}#{number}"]["status"] for number in (1, 5)] == ["in_progress", "todo"]
    assert target.tasks()[f"github:{REPO}#5"]["id"] == fifth["id"]


def test_a_dry_run_says_what_would_be_done_and_does_nothing(target: Target) -> None:
    said = done(target.run("--dry-run"))
    assert "Tasks: 14 would be created, 0 would be changed, 0 unchanged." in said
    assert "Labels: 7 would be created." in said
    assert (target.tasks(), target.every("labels")) == ({}, [])
    done(target.run())
    before = target.tasks()
    assert "Tasks: 0 would be created, 0 would be changed, 14 unchanged." in done(target.run("--dry-run"))
    assert target.tasks() == before


def test_it_shows_how_far_it_is(target: Target, tmp_path: Path) -> None:
    result = target.run("--batch-size", "4", file=many(tmp_path, 11))
    assert re.findall(r"^(\d+)/10 issues: (\d+) created", result.stderr, re.MULTILINE) == [("4", "4"), ("8", "8"), ("10", "10")]


def test_an_issue_in_the_trash_is_left_out_and_told(target: Target) -> None:
    done(target.run())
    task = target.tasks()[f"github:{REPO}#4"]
    target.client.delete(f"{target.at}/tasks/{task['id']}").raise_for_status()
    result = target.run()
    assert (result.returncode, "Issue 4 was left out. external_key_taken: " in result.stdout) == (1, True)
    assert len(target.tasks()) == 13


@pytest.mark.parametrize("seed", range(3))
def test_killed_anywhere_and_run_again_it_ends_with_the_same_tasks(served: Served, tmp_path: Path, seed: int) -> None:
    file, moments = many(tmp_path, 61), random.Random(seed)
    with Target(served) as undisturbed, Target(served) as killed:
        done(undisturbed.run(file=file))
        kills = sum(is_killed(killed.command("--batch-size", "7", file=file), killed.token, moments) for _ in range(4))
        assert kills > 0
        done(killed.run("--batch-size", "7", file=file))
        assert killed.imported() == undisturbed.imported()
        assert "Tasks: 0 created, 0 changed, 60 unchanged." in done(killed.run(file=file))


def is_killed(command: list[str], token: str, moments: random.Random) -> bool:
    """Runs an import and kills it somewhere. Whether that was before its end."""
    process = subprocess.Popen(
        command, env={**os.environ, "TASKHUB_TOKEN": token}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    try:
        for _ in range(moments.randrange(1, 4)):
            process.stderr.readline()
        process.wait(moments.uniform(0, 0.1))
    except subprocess.TimeoutExpired:
        process.kill()
    process.communicate(timeout=PROGRAM_SECONDS)
    return process.returncode != 0


def test_a_server_that_goes_away_is_waited_for(new_installation: Callable[..., Installation], tmp_path: Path) -> None:
    installation, file = new_installation(), many(tmp_path, 31)
    with ExitStack() as stack:
        with installation.serving() as served:
            target = stack.enter_context(Target(served))
            process = subprocess.Popen(
                target.command("--batch-size", "3", "--patience", str(PROGRAM_SECONDS), file=file),
                env={**os.environ, "TASKHUB_TOKEN": target.token},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            stack.callback(process.kill)
            assert process.stderr is not None
            process.stderr.readline()
            served.end(signal.SIGKILL)
        with installation.serving():
            said, _ = process.communicate(timeout=PROGRAM_SECONDS)
            assert len(target.tasks()) == 30
    assert re.search(r"^Tasks: \d+ created, \d+ changed, \d+ unchanged.$", said, re.MULTILINE)


@pytest.mark.parametrize(
    ("options", "token", "sentence"),
    [
        ([], "", "error: Set TASKHUB_TOKEN to an API token with the scope `write` (POST /v1/tokens)."),
        ([], "thub_wrong", "error: The server does not accept the token in TASKHUB_TOKEN."),
        (["--project", "NONE"], None, "error: There is no project NONE in the workspace "),
        (["--workspace", str(uuid4())], None, "error: There is no project OPS in the workspace "),
        (["--url", f"http://127.0.0.1:{free_port()}", "--patience", "0"], None, "error: The server does not answer: "),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(target: Target, options: list[str], token: str | None, sentence: str) -> None:
    result = target.run(*options, token=token)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith(sentence)
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("text", ["", "{}", "[1]", '[{"number": 1}]'])
def test_a_file_of_something_else_is_refused(target: Target, tmp_path: Path, text: str) -> None:
    file = tmp_path / "wrong.json"
    file.write_text(text, "utf-8")
    result = target.run(file=file)
    assert (result.returncode, result.stderr.startswith(f"error: {file} ")) == (1, True)
    assert target.tasks() == {}


def test_a_token_that_may_only_read_is_told_what_it_lacks(target: Target) -> None:
    token = target.post("/v1/tokens", {"name": "Reader", "scopes": ["read"]})["token"]
    result = target.run(token=token)
    assert (result.returncode, "The token needs the scope `write`" in result.stderr) == (1, True)


def test_keys_are_escaped_in_its_paths(target: Target) -> None:
    done(target.run())
    answer = target.client.get(f"{target.at}/tasks/external:{quote(f'github:{REPO}#7', safe='')}")
    assert answer.json()["title"] == "Crash at 100 % load"
