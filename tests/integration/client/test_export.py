"""A workspace goes into a file and comes back: the same field by field, but for what only the service sets."""

import json
from pathlib import Path
from typing import Any

import pytest

from integration.client.conftest import Account, Run

BY_SERVICE = {
    "workspace_id",
    "version",
    "created_at",
    "updated_at",
    "closed_at",
    "deleted_at",
    "archived_at",
    "edited_at",
}
"""Fields that nobody can set."""
WORKFLOW = {
    "statuses": [
        {"key": "backlog", "name": "Backlog", "category": "todo"},
        {"key": "doing", "name": "Doing", "category": "in_progress"},
        {"key": "shipped", "name": "Shipped", "category": "done"},
    ],
    "transitions": {"backlog": ["doing"], "doing": ["backlog", "shipped"], "shipped": []},
}


@pytest.fixture
def lived_in(signed_in: Account) -> Account:
    """A workspace with a bit of everything: links, comments, trash, an archive, a task that went to another project."""
    send, project = signed_in.send, signed_in.get("projects/OPS")["id"]
    bug = send("POST", "labels", {"name": "Bug", "color": "#d73a4a"})["id"]
    send("POST", "projects", {"key": "WEB", "name": "Website", "description": "*Front* page"})
    send("PUT", "projects/WEB/workflow", {**WORKFLOW, "status_map": {}})
    send("POST", "projects", {"key": "OLD", "name": "Old things"})
    send("POST", "projects", {"key": "GONE", "name": "In the trash"})
    due = {"date": "2026-12-24", "time": "14:30", "time_zone": "Europe/Berlin"}
    engine = send("POST", "tasks", {"project_id": project, "title": "Engine", "priority": "high", "due": due, "label_ids": [bug]})
    oil = send("POST", "tasks", {"project_id": "OPS", "title": "Oil 🚀", "parent_id": engine["id"], "assignee_ids": ["me"]})
    send("POST", "tasks", {"project_id": "OPS", "title": "Goes to WEB", "description": "Line\n\nline\t日本語"})
    send(
        "POST",
        "tasks",
        {"project_id": "OPS", "title": "Sweep", "blocked_by_ids": [oil["id"]], "status": "done", "external_keys": ["crm:17"]},
    )
    send("POST", "tasks/OPS-3/move", {"to": "last", "project_id": "WEB", "status": "shipped"})
    send("POST", "tasks/OPS-4/move", {"to": "first"})
    send("POST", "tasks", {"project_id": "WEB", "title": "Second"})
    send("POST", "tasks", {"project_id": "OLD", "title": "Archived"})
    send("POST", "tasks", {"project_id": "GONE", "title": "With its project"})
    me = signed_in.client.get("/v1/users/me").json()["id"]
    send("POST", "tasks/OPS-1/comments", {"body": f"@{me} takes it."})
    second = send("POST", "tasks/WEB-1/comments", {"body": "First"})
    send("PATCH", f"tasks/WEB-1/comments/{second['id']}", {"body": "Changed"})
    third = send("POST", "tasks/WEB-1/comments", {"body": "Deleted"})
    send("DELETE", f"tasks/WEB-1/comments/{third['id']}")
    send("POST", "tasks", {"project_id": "OPS", "title": "In the trash"})
    send("POST", "tasks/OPS-5/comments", {"body": "Before it went"})
    send("DELETE", "tasks/OPS-5")
    send("POST", "projects/OLD/archive")
    send("DELETE", "projects/GONE")
    send("POST", "invitations", {"role": "member"})
    return signed_in


def lines(file: Path) -> list[tuple[str, Any]]:
    return [(line["kind"], line["value"]) for line in map(json.loads, file.read_text("utf-8").splitlines())]


def content(file: Path) -> dict[str, list[Any]]:
    """What stands in it by kind, in its order, without what only the service sets."""
    found: dict[str, list[Any]] = {}
    for kind, value in lines(file):
        if kind in ("label", "project", "task", "comment"):
            found.setdefault(kind, []).append({name: value[name] for name in value.keys() - BY_SERVICE})
    return {
        kind: values if kind == "task" else sorted(values, key=lambda value: str(value["id"])) for kind, values in found.items()
    }


def exported(taskhub: Run, file: Path, *options: str) -> Path:
    said = taskhub("export", str(file), *options)
    assert said.code == 0, said.err
    return file


def new_workspace(taskhub: Run) -> str:
    id: str = json.loads(taskhub("workspaces", "add", "Empty", "--json").out)["id"]
    return id


def test_a_file_has_everything_with_its_history(lived_in: Account, taskhub: Run, tmp_path: Path) -> None:
    file = exported(taskhub, tmp_path / "room.jsonl")
    assert file.stat().st_mode & 0o777 == 0o600
    kinds = [kind for kind, _ in lines(file)]
    assert (kinds[0], kinds[1], kinds[-1]) == ("export", "workspace", "end")
    assert {kind: kinds.count(kind) for kind in {*kinds} - {"change", "export", "end"}} == {
        "workspace": 1,
        "member": 1,
        "invitation": 1,
        "label": 1,
        "project": 4,
        "task": 8,
        "comment": 3,
    }
    seqs = [value["seq"] for kind, value in lines(file) if kind == "change"]
    assert seqs == [*range(1, len(seqs) + 1)]
    assert lived_in.get("tasks/OPS-1") in [value for kind, value in lines(file) if kind == "task"]


def test_it_comes_back_the_same(lived_in: Account, taskhub: Run, tmp_path: Path) -> None:
    file = exported(taskhub, tmp_path / "room.jsonl")
    there = new_workspace(taskhub)
    preview = taskhub("import", "workspace", str(file), "--workspace", there, "--dry-run")
    assert (preview.code, "Nothing was changed." in preview.out) == (0, True)
    assert json.loads(taskhub("projects", "list", "--workspace", there, "--json").out) == []

    said = taskhub("import", "workspace", str(file), "--workspace", there)
    assert (said.code, said.err) == (0, "")
    told = {tuple(line.split()[:2]) for line in said.out.splitlines()[2:]}
    assert {field for kind, field in told if not field.isdigit() and kind != "workspace"} <= BY_SERVICE
    assert ("workspace", "name") in told
    assert ("task", "version") in told
    again = exported(taskhub, tmp_path / "again.jsonl", "--workspace", there)
    placeholders = [task for task in content(again)["task"] if task["title"] == "(This number is not used.)"]
    assert [task["key"] for task in placeholders] == ["OPS-3"]
    assert {**content(again), "task": [task for task in content(again)["task"] if task not in placeholders]} == content(file)
    trashed = {value["key"] for kind, value in lines(again) if kind == "task" and value["deleted_at"]}
    assert trashed == {"OPS-3", "OPS-5", "GONE-1"}
    archived = {value["key"] for kind, value in lines(again) if kind == "project" and value["archived_at"]}
    assert archived == {"OLD"}


def test_what_went_to_the_trash_together_comes_back_together(lived_in: Account, taskhub: Run, tmp_path: Path) -> None:
    lived_in.send("DELETE", "tasks/OPS-1")  # With its subtask, OPS-2.
    file = exported(taskhub, tmp_path / "room.jsonl")
    there = new_workspace(taskhub)
    assert taskhub("import", "workspace", str(file), "--workspace", there).code == 0
    path = f"/v1/workspaces/{there}"
    for restored, brought_along in (("projects/GONE", "GONE-1"), ("tasks/OPS-1", "OPS-2")):
        assert lived_in.client.get(f"{path}/tasks/{brought_along}").status_code == 404
        assert lived_in.client.post(f"{path}/{restored}/restore").is_success
        assert lived_in.client.get(f"{path}/tasks/{brought_along}").is_success


def test_again_it_has_nothing_to_do(lived_in: Account, taskhub: Run, tmp_path: Path) -> None:
    file = exported(taskhub, tmp_path / "room.jsonl")
    there = new_workspace(taskhub)
    first = taskhub("import", "workspace", str(file), "--workspace", there)
    second = taskhub("import", "workspace", str(file), "--workspace", "Empty")
    assert second.out.splitlines()[0].startswith("0 writes were done, 0 were refused.")
    assert second.out.splitlines()[1:] == first.out.splitlines()[1:]
    third = json.loads(taskhub("import", "workspace", str(file), "--workspace", there, "--json").out)
    assert (third["writes"], third["refused"], len(third["not_the_same"])) == (0, [], len(first.out.splitlines()) - 2)


def test_what_was_left_undone_is_done_and_what_was_changed_is_put_right(lived_in: Account, taskhub: Run, tmp_path: Path) -> None:
    file = exported(taskhub, tmp_path / "room.jsonl")
    there = new_workspace(taskhub)
    taskhub("import", "workspace", str(file), "--workspace", there)
    for arguments in (["tasks", "edit", "OPS-1", "--title", "Other", "--label", "none"], ["tasks", "move", "OPS-4", "--last"]):
        assert taskhub(*arguments, "--workspace", there).code == 0
    said = taskhub("import", "workspace", str(file), "--workspace", there)
    assert said.out.startswith("2 writes were done, 0 were refused.")
    again = exported(taskhub, tmp_path / "again.jsonl", "--workspace", there)
    assert [task for task in content(again)["task"] if task["key"] != "OPS-3"] == content(file)["task"]


def test_a_workspace_that_has_other_things_is_left_alone(lived_in: Account, taskhub: Run, tmp_path: Path) -> None:
    file = exported(taskhub, tmp_path / "room.jsonl")
    there = new_workspace(taskhub)
    taskhub("projects", "add", "MINE", "Mine", "--workspace", there)
    said = taskhub("import", "workspace", str(file), "--workspace", there)
    assert (said.code, "The workspace is not empty: it has project MINE." in said.err) == (1, True)


def test_a_file_is_not_overwritten(lived_in: Account, taskhub: Run, tmp_path: Path) -> None:
    file = tmp_path / "room.jsonl"
    file.touch()
    said = taskhub("export", str(file))
    assert (said.code, "exists already" in said.err) == (1, True)
    assert file.read_text() == ""
