"""The service fails, or the command is killed: what was asked for is done once."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from integration.client.conftest import Account, Run
from support.harness.files_of_others import BOARD
from support.harness.waiting import PROGRAM_SECONDS, wait_until
from taskhub.client import sign_in
from taskhub.testing import TaskHubServer

CARDS = 400


@pytest.fixture
def board(tmp_path: Path) -> Path:
    """A file that takes several batches."""
    cards = [{"id": f"c{n}", "name": f"Card {n}", "idList": "l1", "pos": n} for n in range(CARDS)]
    file = tmp_path / "board.json"
    file.write_text(json.dumps({**BOARD, "cards": cards, "checklists": [], "actions": []}))
    return file


def titles(account: Account) -> list[str]:
    found: list[str] = []
    page = account.get("tasks", limit=200)
    while True:
        found += [task["title"] for task in page["items"]]
        if page["next_cursor"] is None:
            return found
        page = account.get("tasks", limit=200, cursor=page["next_cursor"])


def test_a_task_whose_answer_was_lost_is_there_once(server: TaskHubServer, signed_in: Account, taskhub: Run) -> None:
    server.faults.lose_reply("create_task")
    said = taskhub("tasks", "add", "Oil the engine")
    assert (said.code, said.out) == (0, "OPS-1\n")
    assert "Trying again" in said.err
    assert titles(signed_in) == ["Oil the engine"]


def test_a_busy_service_is_asked_until_it_answers(server: TaskHubServer, signed_in: Account, taskhub: Run) -> None:
    server.faults.fail("change_task", code="busy", times=2)
    taskhub("tasks", "add", "Oil the engine")
    said = taskhub("tasks", "edit", "OPS-1", "--title", "Oil both")
    assert (said.code, said.out) == (0, "OPS-1: Oil both (todo)\n")
    assert said.err.count("Trying again") == 2


def test_an_import_loses_nothing_and_makes_nothing_twice_where_answers_are_lost(
    server: TaskHubServer, signed_in: Account, taskhub: Run, board: Path
) -> None:
    server.faults.lose_reply("run_batch")
    server.faults.fail("run_batch", code="outcome_unknown", after_commit=True)
    said = taskhub("import", "trello", str(board), "--project", "HOUSE")
    assert said.code == 0, said.err
    assert sorted(titles(signed_in)) == sorted(f"Card {n}" for n in range(CARDS))


def test_an_import_that_was_killed_is_finished_by_the_next(signed_in: Account, taskhub: Run, board: Path) -> None:
    stored = sign_in.read_stored()
    assert stored is not None
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TASKHUB_")}
    own = {"TASKHUB_URL": stored.url, "TASKHUB_TOKEN": stored.token, "TASKHUB_WORKSPACE": signed_in.workspace_id}
    command = [sys.executable, "-m", "taskhub", "import", "trello", str(board), "--project", "HOUSE"]
    with subprocess.Popen(command, env={**kept, **own}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as importing:
        wait_until(lambda: bool(titles(signed_in)), PROGRAM_SECONDS)
        importing.kill()
        importing.wait(PROGRAM_SECONDS)
    said = json.loads(taskhub("import", "trello", str(board), "--project", "HOUSE", "--json").out)
    assert (said["created"] + said["unchanged"], said["changed"], said["refused"]) == (CARDS, 0, [])
    assert sorted(titles(signed_in)) == sorted(f"Card {n}" for n in range(CARDS))
