"""What people do with tasks on a command line."""

import json
from typing import Any

import pytest

from integration.client.conftest import Account, Run


def test_a_task_lives_its_life(signed_in: Account, taskhub: Run) -> None:
    assert taskhub("tasks").out == "No task.\n"
    assert taskhub("tasks", "add", "Oil the engine", "--priority", "high", "--assignee", "me").out == "OPS-1\n"
    assert taskhub("tasks", "add", "Sweep", "--due", "2026-12-24 08:30", "--blocked-by", "ops-1").out == "OPS-2\n"
    assert taskhub("tasks").out.splitlines() == [
        "KEY    STATUS  PRIORITY  DUE                             ASSIGNEES  TITLE",
        "OPS-1  todo    high                                      Ada        Oil the engine",
        "OPS-2  todo              2026-12-24 08:30 Europe/Berlin             Sweep",
    ]
    assert taskhub("tasks", "edit", "OPS-1", "--title", "Oil both", "--assignee", "none").out == "OPS-1: Oil both (todo)\n"
    assert taskhub("tasks", "move", "OPS-2", "--first", "--status", "in_progress").out == "OPS-2: Sweep (in_progress)\n"
    assert taskhub("tasks", "done", "OPS-1").out == "OPS-1: Oil both (done)\n"
    assert taskhub("tasks", "done", "OPS-1").out == "OPS-1 was so already: Oil both (done)\n"
    assert [task["key"] for task in json.loads(taskhub("tasks", "list", "--json").out)] == ["OPS-2"]
    assert [task["key"] for task in json.loads(taskhub("tasks", "list", "--all", "--json").out)] == ["OPS-2", "OPS-1"]
    assert taskhub("tasks", "open", "OPS-1").out == "OPS-1: Oil both (todo)\n"
    assert taskhub("comment", "OPS-1", "-", feed="The *filter*\nis here.\n").code == 0
    page = taskhub("tasks", "show", "OPS-1").out
    assert "OPS-1  Oil both\n" in page
    assert "The *filter*\nis here.\n" in page


def test_json_is_what_the_api_answers(signed_in: Account, taskhub: Run) -> None:
    made = json.loads(taskhub("tasks", "add", "Oil the engine", "--json").out)
    assert made == signed_in.get("tasks/OPS-1")
    edited = json.loads(taskhub("tasks", "edit", "OPS-1", "--priority", "low", "--json").out)
    assert edited == signed_in.get("tasks/OPS-1")
    assert json.loads(taskhub("tasks", "show", "OPS-1", "--json").out) == edited


def test_filters_are_named_as_people_name_things(signed_in: Account, taskhub: Run) -> None:
    bug = signed_in.send("POST", "labels", {"name": "Bug"})
    project = signed_in.get("projects/OPS")["id"]
    for title, more in (
        ("Oil", {"label_ids": [bug["id"]]}),
        ("Sweep", {"assignee_ids": ["me"], "priority": "urgent"}),
        ("Paint", {}),
    ):
        signed_in.send("POST", "tasks", {"project_id": project, "title": title, **more})

    def titles(*options: str) -> list[str]:
        return [task["title"] for task in json.loads(taskhub("tasks", "list", "--json", *options).out)]

    assert titles("--label", "bug") == ["Oil"]
    assert titles("--assignee", signed_in.email) == titles("--assignee", "me") == ["Sweep"]
    assert titles("--assignee", "none", "--label", "none") == ["Paint"]
    assert titles("--priority", "urgent", "--priority", "high") == ["Sweep"]
    assert titles("--search", "pai") == ["Paint"]
    assert titles("--sort", "-key", "--limit", "2") == ["Paint", "Sweep"]


def test_a_status_of_any_project_is_one_where_no_project_is_chosen(signed_in: Account, taskhub: Run) -> None:
    signed_in.send("POST", "projects", {"key": "WEB", "name": "Web"})
    workflow = {"statuses": [{"key": "idea", "name": "Idea", "category": "todo"}], "transitions": None}
    signed_in.send("PUT", "projects/WEB/workflow", workflow)
    assert taskhub("use", signed_in.workspace_id).code == 0
    assert taskhub("tasks", "list", "--status", "idea", "--status", "todo").out == "No task.\n"
    signed_in.send("POST", "tasks", {"project_id": "OPS", "title": "Oil"})
    misspelt = taskhub("tasks", "list", "--status", "todo", "--status", "ideas")
    assert (misspelt.code, misspelt.err) == (1, "taskhub: There is no status 'ideas'. Did you mean 'idea'?\n")


def test_labels_are_made_and_given_by_name(signed_in: Account, taskhub: Run) -> None:
    assert taskhub("labels").out == "There is no label: make one with `taskhub labels add`.\n"
    made = taskhub("labels", "add", "Bug", "--color", "#d73a4a")
    assert made.out == "Bug was made. Give it to a new task with `taskhub tasks add TITLE --label NAME`.\n"
    assert json.loads(taskhub("labels", "add", "Chore", "--json").out) == signed_in.get("labels")["items"][1]
    assert taskhub("labels").out.splitlines()[:2] == ["NAME   COLOR", "Bug    #d73a4a"]
    assert json.loads(taskhub("labels", "list", "--json").out) == signed_in.get("labels")["items"]
    assert taskhub("tasks", "add", "Oil the engine", "--label", "bug").out == "OPS-1\n"
    assert [task["key"] for task in json.loads(taskhub("tasks", "list", "--label", "Bug", "--json").out)] == ["OPS-1"]


def test_titles_of_others_do_not_control_the_terminal(signed_in: Account, taskhub: Run) -> None:
    project = signed_in.get("projects/OPS")["id"]
    hostile = "\u202egpj.exe"
    signed_in.send("POST", "tasks", {"project_id": project, "title": hostile, "description": "\x1b]0;owned\x07\nsecond"})
    for said in (taskhub("tasks"), taskhub("tasks", "show", "OPS-1"), taskhub("tasks", "show", "OPS-1", "--json")):
        assert said.code == 0
        assert not {"\x1b", "\x07", "\u202e"} & {*said.out}
    assert "\\x1b]0;owned\\x07\nsecond" in taskhub("tasks", "show", "OPS-1").out


WRONG: list[tuple[list[str], int, str]] = [
    (["tasks", "show", "OPS-99"], 1, "404 not_found"),
    (["tasks", "add", " "], 1, "/title: "),
    (["tasks", "add", "Oil", "--label", "nothing"], 1, "There is no label 'nothing'."),
    (["tasks", "add", "Oil", "--assignee", "nobody@example.com"], 1, "There is no member"),
    (["tasks", "add", "Oil", "--due", "soon"], 2, "'soon' is no date"),
    (["tasks", "add", "Oil", "--assignee", "none", "--assignee", "me"], 2, "`none` can't be combined"),
    (["tasks", "list", "--status", "tood"], 1, "There is no status 'tood'. Did you mean 'todo'?"),
    (["labels", "add", " "], 1, "/name: "),
    (["labels", "add", "Bug", "--color", "red"], 1, "/color: "),
    (["tasks", "edit", "OPS-1"], 2, "Nothing to change"),
    (["tasks", "move", "OPS-1"], 2, "Where to?"),
    (["tasks", "move", "OPS-1", "--first", "--last"], 2, "Where to?"),
    (["tasks", "list", "--sort", "beauty"], 1, "sort: "),
    (["tasks", "frobnicate"], 2, "No such command"),
    (["tasks", "--workspace", "Nowhere"], 2, "No such option"),
    (["tasks", "list", "--workspace", "Nowhere"], 1, "There is no workspace 'Nowhere'."),
    (["projects", "add", "ops", "Twice"], 1, "409 key_taken"),
]


@pytest.mark.parametrize(
    ("arguments", "code", "words"), WRONG, ids=lambda value: " ".join(value) if isinstance(value, list) else None
)
def test_what_is_wrong_is_said_in_a_sentence(
    signed_in: Account, taskhub: Run, arguments: list[str], code: int, words: str
) -> None:
    said = taskhub(*arguments)
    assert (said.code, said.out) == (code, "")
    assert words in said.err
    assert "Traceback" not in said.err


def test_where_several_workspaces_are_there_one_has_to_be_chosen(
    signed_in: Account, taskhub: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    other: Any = json.loads(taskhub("workspaces", "add", "Workshop", "--json").out)
    assert json.loads(taskhub("projects", "list", "--workspace", "workshop", "--json").out) == []
    assert "OPS" in taskhub("projects").out
    said = taskhub("tasks", "add", "Oil", "--workspace", other["id"])
    assert (said.code, "Which project?" in said.err) == (2, True)
    monkeypatch.setenv("TASKHUB_WORKSPACE", "Workshop")
    assert taskhub("projects").out.startswith("There is no project")


def test_changes_are_watched_as_they_happen(signed_in: Account, taskhub: Run) -> None:
    taskhub("tasks", "add", "Oil the engine")
    taskhub("tasks", "done", "OPS-1")
    said = taskhub("watch", "--from", "start", "--type", "task.created", "--type", "task.updated", "--count", "2")
    created, updated = said.out.splitlines()
    assert created.endswith("Ada  task.created  OPS-1  Oil the engine")
    assert updated.endswith("Ada  task.updated  OPS-1  status: todo → done")
    lines = taskhub("watch", "--from", "start", "--count", "3", "--json").out.splitlines()
    assert [json.loads(line)["seq"] for line in lines] == [1, 2, 3]
