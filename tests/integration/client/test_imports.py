"""Files of other products become tasks: once, however often they are brought."""

import json
from pathlib import Path
from typing import Any

import pytest

from integration.client.conftest import Account, Run
from support.harness.files_of_others import BOARD, GITHUB, TABLE, TODOIST, TRELLO

FILES = {"todoist": TODOIST, "trello": TRELLO, "github": GITHUB, "csv": TABLE}
KINDS = sorted(FILES)
CREATED = {"csv": 3, "github": 3, "todoist": 5, "trello": 5}
COMMENTS = {"csv": 0, "github": 0, "todoist": 2, "trello": 2}


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    paths = {kind: tmp_path / f"House.{kind}" for kind in KINDS}
    for kind, path in paths.items():
        path.write_text(FILES[kind], "utf-8")
    return {kind: str(path) for kind, path in paths.items()}


def bring(taskhub: Run, kind: str, file: str, *options: str, code: int = 0) -> Any:
    said = taskhub("import", kind, file, "--json", *options)
    assert said.code == code, said.err + said.out
    return json.loads(said.out)


def tasks(account: Account, **parameters: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = account.get("tasks", limit=200, sort="key", **parameters)["items"]
    return items


@pytest.mark.parametrize("kind", KINDS)
def test_a_preview_says_what_would_be_and_changes_nothing(
    signed_in: Account, taskhub: Run, files: dict[str, str], kind: str
) -> None:
    before = signed_in.get("changes", limit=1000)["items"]
    said = bring(taskhub, kind, files[kind], "--project", "HOUSE", "--dry-run")
    assert (said["created"], said["comments"], said["refused"]) == (CREATED[kind], COMMENTS[kind], [])
    assert signed_in.get("changes", limit=1000)["items"] == before
    done = bring(taskhub, kind, files[kind], "--project", "HOUSE")
    assert {**done, "dry_run": True, "labels": 0} == {**said, "labels": 0}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_brought_again_is_not_made_twice(signed_in: Account, taskhub: Run, files: dict[str, str], kind: str) -> None:
    bring(taskhub, kind, files[kind], "--project", "HOUSE")
    last = signed_in.get("changes", limit=1000)["next_cursor"]
    again = bring(taskhub, kind, files[kind], "--project", "HOUSE")
    assert (again["created"], again["changed"], again["unchanged"], again["comments"]) == (0, 0, CREATED[kind], 0)
    assert signed_in.get("changes", cursor=last)["items"] == []


def test_a_board_becomes_a_project_with_its_lists(signed_in: Account, taskhub: Run, files: dict[str, str]) -> None:
    bring(taskhub, "trello", files["trello"], "--project", "house")
    project = signed_in.get("projects/HOUSE")
    assert project["name"] == "House"
    assert [(status["name"], status["category"]) for status in project["workflow"]["statuses"]] == [
        ("Ideas", "todo"),
        ("Doing", "in_progress"),
        ("Fertig", "done"),
    ]
    by_title = {task["title"]: task for task in tasks(signed_in)}
    labels = {label["id"]: (label["name"], label["color"]) for label in signed_in.get("labels")["items"]}
    tap = by_title["Tap"]
    assert (tap["status"], tap["external_keys"], by_title["Turn on"]["parent_id"]) == ("doing", ["trello:c2"], tap["id"])
    assert {labels[id] for id in tap["label_ids"]} == {("Bug", "#f87462"), ("sky_dark", "#60c6d2")}
    assert {title: task["status"] for title, task in by_title.items() if task["closed_at"]} == {
        "Roof": "fertig",
        "Door": "fertig",
        "Turn off": "fertig",
    }
    comments = signed_in.get(f"tasks/{tap['id']}/comments")["items"]
    assert [comment["body"].splitlines()[-1] for comment in comments] == ["First", "Second"]


def test_what_changed_in_the_file_changes_and_what_was_added_here_stays(
    signed_in: Account, taskhub: Run, tmp_path: Path, files: dict[str, str]
) -> None:
    bring(taskhub, "github", files["github"], "--project", "OPS")
    mine = signed_in.send("POST", "labels", {"name": "Mine"})["id"]
    signed_in.send("PUT", f"tasks/OPS-1/labels/{mine}")
    signed_in.send("PATCH", "tasks/OPS-1", {"status": "in_progress", "priority": "high"})
    issues = json.loads(GITHUB)
    issues[2]["title"] = "It leaks again"
    file = tmp_path / "later.json"
    file.write_text(json.dumps(issues))
    said = bring(taskhub, "github", str(file), "--project", "OPS")
    assert (said["changed"], said["unchanged"]) == (1, 2)
    task = signed_in.get("tasks/OPS-1")
    assert (task["title"], task["status"], task["priority"]) == ("It leaks again", "in_progress", "high")
    assert mine in task["label_ids"]


def test_a_task_that_was_thrown_away_here_stays_so(signed_in: Account, taskhub: Run, files: dict[str, str]) -> None:
    bring(taskhub, "trello", files["trello"], "--project", "HOUSE")
    tap = next(task for task in tasks(signed_in) if task["title"] == "Tap")
    signed_in.send("DELETE", f"tasks/{tap['id']}")
    said = bring(taskhub, "trello", files["trello"], "--project", "HOUSE")
    assert (said["created"], said["refused"]) == (0, [])
    assert {"where": "card 'Tap'", "what": "it is in the trash here: restore it, or leave it there"} in said["left_out"]
    assert [task["title"] for task in tasks(signed_in)] == ["Roof", "Door"]


def test_members_are_found_by_their_names_and_others_are_told(signed_in: Account, taskhub: Run, tmp_path: Path) -> None:
    file = tmp_path / "tasks.csv"
    file.write_text(f"Title,Assignee\nOil,ada\nSweep,{signed_in.email.upper()}\nPaint,Grace\nClean,Grace\n")
    said = bring(taskhub, "csv", str(file), "--project", "OPS")
    assert said["left_out"] == [{"where": "2 tasks", "what": "the assignee 'Grace', who is no member of the workspace"}]
    assert [len(task["assignee_ids"]) for task in tasks(signed_in)] == [1, 1, 0, 0]


@pytest.mark.usefixtures("signed_in")
def test_what_is_no_key_of_a_project_is_said_before_anything_is_sent(taskhub: Run, files: dict[str, str]) -> None:
    said = taskhub("import", "csv", files["csv"], "--project", "my project")
    assert said.code == 2
    assert said.err == (
        "taskhub: 'my project' is no key of a project: expected 2 to 10 letters and digits, first a letter, such as OPS.\n"
    )


def test_a_refusal_leaves_out_its_own_task_alone(signed_in: Account, taskhub: Run, tmp_path: Path) -> None:
    file = tmp_path / "tasks.csv"
    file.write_text("Title,Id\nOil,1\nSweep,2\nPaint,3\n")
    bring(taskhub, "csv", str(file), "--project", "OPS")
    statuses = [{"key": "todo", "name": "To do", "category": "todo"}, {"key": "done", "name": "Done", "category": "done"}]
    workflow = {"statuses": statuses, "transitions": {"todo": [], "done": []}, "status_map": {}}
    signed_in.send("PUT", "projects/OPS/workflow", {**workflow, "status_map": {"in_progress": "todo", "cancelled": "done"}})
    file.write_text("Title,Id,Status\nOil it,1,\nSweep,2,Done\nPaint it,3,\n")
    said = bring(taskhub, "csv", str(file), "--project", "OPS", code=1)
    assert (said["changed"], [refused["where"] for refused in said["refused"]]) == (2, ["line 3"])
    assert "illegal_transition" in said["refused"][0]["why"]
    assert [task["title"] for task in tasks(signed_in)] == ["Oil it", "Sweep", "Paint it"]


def test_a_large_file_goes_over_in_batches(signed_in: Account, taskhub: Run, tmp_path: Path) -> None:
    cards = [
        {"id": f"c{n}", "name": f"Card {n}", "idList": "l1", "pos": n, "idLabels": [f"x{n % 150}"], "desc": "", "idMembers": []}
        for n in range(250)
    ]
    labels = [{"id": f"x{n}", "name": f"Label {n}", "color": None} for n in range(150)]
    checklists = [
        {"id": f"k{n}", "idCard": f"c{n}", "name": "Checklist", "pos": 1, "checkItems": [{"id": f"i{n}", "name": "Part"}]}
        for n in range(250)
    ]
    file = tmp_path / "board.json"
    file.write_text(json.dumps({**BOARD, "cards": cards, "labels": labels, "checklists": checklists, "actions": []}))
    for options in (["--dry-run"], []):
        said = bring(taskhub, "trello", str(file), "--project", "HOUSE", *options)
        assert (said["created"], said["refused"]) == (500, [])
    assert bring(taskhub, "trello", str(file), "--project", "HOUSE")["unchanged"] == 500


def test_without_json_it_is_told_in_sentences(signed_in: Account, taskhub: Run, files: dict[str, str]) -> None:
    said = taskhub("import", "github", files["github"], "--project", "OPS", "--dry-run")
    counts = "tasks: 3 created, 0 changed, 0 unchanged; 0 comments added; 0 refused; 4 things not taken over."
    assert said.out == f"Nothing was changed. It would be: {counts}\n"
    assert "not taken over: issue #2: it is a pull request: left out" in said.err.splitlines()
