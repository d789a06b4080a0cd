"""What is taken over from the files of other products, and what is told that is not."""

import json
from pathlib import Path
from typing import Any

import pytest

from support.harness.files_of_others import BOARD, GITHUB, ISSUES, TABLE, TODOIST, TRELLO
from taskhub.client.errors import ClientError, WrongUsage
from taskhub.client.sources.github import read_github
from taskhub.client.sources.model import Column, Item, Source, tidy
from taskhub.client.sources.statuses import Statuses, workflow_of
from taskhub.client.sources.table import read_table
from taskhub.client.sources.todoist import read_todoist
from taskhub.client.sources.trello import read_trello

ZONE = "Europe/Berlin"


@pytest.fixture
def written(tmp_path: Path) -> Any:
    def write(text: str, name: str = "House.csv") -> Path:
        file = tmp_path / name
        file.write_text(text, "utf-8")
        return file

    return write


def by_title(source: Source) -> dict[str, Item]:
    return {item.title: item for item in source.items}


def told(source: Source) -> list[str]:
    return [f"{loss.where}: {loss.what}" for loss in source.losses]


class TestTodoist:
    def test_tasks_keep_what_they_say(self, written: Any) -> None:
        source = read_todoist(written(TODOIST), None, "UTC")
        first = source.items[0]
        assert source.name == "House"
        assert (first.title, first.description) == ("Call the plumber", "The tap drips.\nSince Monday.")
        assert (first.priority, first.labels, first.assignees) == ("urgent", ["phone", "Haus_1"], ["Grace"])
        assert first.due == {"date": "2026-12-24", "time": "14:30:00", "time_zone": ZONE}

    def test_indents_become_parents_sections_labels_and_notes_comments(self, written: Any) -> None:
        source = read_todoist(written(TODOIST), None, "UTC")
        titles = {item.key: item.title for item in source.items}
        assert [(item.title, titles.get(item.parent or ""), item.labels[-1:]) for item in source.items[1:]] == [
            ("Find the number", "Call the plumber", []),
            ("Ask the neighbours", "Find the number", []),
            ("Write to ada@example.com", None, ["Garden"]),
            ("Call the plumber", None, ["Garden"]),
        ]
        assert [remark.text for remark in source.items[2].remarks] == ["*Grace:*\n\nHe answers after six.", "*Ada:*\n\nLook: "]

    def test_what_has_no_place_is_told_line_by_line(self, written: Any) -> None:
        assert told(read_todoist(written(TODOIST), None, "UTC")) == [
            "line 5: the duration '30'",
            "line 7: the date 'every monday', which is not one day",
            "line 9: an attached file",
        ]

    def test_each_task_has_a_key_of_its_own_that_stays(self, written: Any) -> None:
        keys = [item.key for item in read_todoist(written(TODOIST), None, "UTC").items]
        assert len({*keys}) == 5
        more = TODOIST.replace("section,Garden", "task,New,,4,1,,,,,,,\nsection,Garden")
        assert {*keys} < {item.key for item in read_todoist(written(more), None, "UTC").items}

    def test_a_file_that_was_downloaded_again_has_the_same_tasks(self, written: Any) -> None:
        first, second = (read_todoist(written(TODOIST, name), None, "UTC") for name in ("House.csv", "House (1).csv"))
        assert second.name == "House"
        assert [item.key for item in second.items] == [item.key for item in first.items]

    @pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "TYPE,CONTENT\n"])
    def test_another_file_is_none(self, written: Any, text: str) -> None:
        with pytest.raises(ClientError, match="no export of Todoist"):
            read_todoist(written(text), None, "UTC")


class TestTrello:
    def test_lists_become_statuses_in_their_order(self, written: Any) -> None:
        source = read_trello(written(TRELLO), None, ZONE)
        assert [(column.name, column.category) for column in source.columns] == [
            ("Ideas", "todo"),
            ("Doing", "in_progress"),
            ("Fertig", "done"),
        ]

    def test_cards_keep_what_they_say(self, written: Any) -> None:
        source = read_trello(written(TRELLO), None, ZONE)
        card = by_title(source)["Tap"]
        assert (card.key, card.column, card.closed_as, card.parent) == ("trello:c2", "Doing", None, None)
        assert card.description == "It *drips*.\n\nAttachments:\n- [tap.png](https://files.test/tap.png)"
        assert card.due == {"date": "2026-12-24", "time": "14:30:00", "time_zone": ZONE}
        assert (card.labels, card.assignees) == (["Bug", "sky_dark"], ["Grace"])
        assert source.colors["Bug"] == "#f87462"
        assert [remark.text for remark in card.remarks] == ["*Ada, 2026-11-01:*\n\nFirst", "*Grace, 2026-11-02:*\n\nSecond"]

    def test_checklists_become_subtasks_and_archived_cards_closed_tasks(self, written: Any) -> None:
        items = read_trello(written(TRELLO), None, ZONE).items
        assert [(item.title, item.parent, item.closed_as) for item in items] == [
            ("Roof", None, "done"),
            ("Tap", None, None),
            ("Turn off", "trello:c2", "done"),
            ("Turn on", "trello:c2", None),
            ("Door", None, None),
        ]

    def test_what_has_no_place_is_told(self, written: Any) -> None:
        assert told(read_trello(written(TRELLO), None, ZONE)) == [
            "card 'Tap': the custom field 'Cost': 3",
            "card 'Tap': the custom field 'Room': Kitchen",
            "card 'Tap': the start date 2026-12-01T00:00:00.000Z",
            "card 'Tap': 1 attached files: the description has links to them",
        ]

    def test_comments_that_trello_does_not_export_are_told(self, written: Any) -> None:
        many = json.dumps({**BOARD, "actions": BOARD["actions"] * 400})
        assert "last 1000 actions" in told(read_trello(written(many), None, ZONE))[-1]

    def test_a_board_without_a_list_for_what_is_done_gets_one(self, written: Any) -> None:
        lists = [{"id": "l1", "name": "Done", "pos": 2}, {"id": "l2", "name": "done", "pos": 3}]
        columns = read_trello(written(json.dumps({**BOARD, "lists": lists})), None, ZONE).columns
        assert [(column.name, column.category) for column in columns] == [("To do", "todo"), ("Done", "done")]

    @pytest.mark.parametrize(
        "text", ["[]", "{}", "no", '{"name": "x", "lists": [], "cards": [{}]}', '{"name": 1, "lists": 2, "cards": 3}']
    )
    def test_another_file_is_none(self, written: Any, text: str) -> None:
        with pytest.raises(ClientError, match="is no"):
            read_trello(written(text), None, ZONE)


class TestGitHub:
    def test_issues_keep_what_they_say(self, written: Any) -> None:
        source = read_github(written(GITHUB), None, None)
        assert [(item.key, item.title, item.closed_as) for item in source.items] == [
            ("github:org/repo#1", "It leaks", None),
            ("github:org/repo#3", "Not now", "cancelled"),
            ("github:org/repo#4", "Fixed", "done"),
        ]
        first = source.items[0]
        assert (first.description, first.labels, first.assignees) == ("Since Monday", ["bug", "help wanted"], ["grace"])
        assert (source.name, source.colors) == ("repo", {"bug": "#d73a4a"})

    def test_what_has_no_place_is_told(self, written: Any) -> None:
        assert told(read_github(written(GITHUB), None, None)) == [
            "issue #1: the milestone '1.0'",
            "issue #2: it is a pull request: left out",
            "issue #3: 2 comments, which are not in the file",
        ]

    def test_pages_that_stand_beside_each_other_are_one_list(self, written: Any) -> None:
        pages = json.dumps([ISSUES[:2], ISSUES[2:]])
        assert len(read_github(written(pages), None, "org/repo").items) == 3

    def test_a_repository_that_nothing_names_is_asked_for(self, written: Any) -> None:
        with pytest.raises(WrongUsage, match="--repo OWNER/REPO"):
            read_github(written(json.dumps(ISSUES[:1])), None, None)

    @pytest.mark.parametrize("text", ['{"message": "Not Found"}', "[1]", '[{"number": 1}]'])
    def test_another_answer_is_none(self, written: Any, text: str) -> None:
        with pytest.raises(ClientError, match="no list of issues"):
            read_github(written(text), None, "org/repo")


class TestTable:
    def test_columns_are_found_by_their_titles(self, written: Any) -> None:
        source = read_table(written(TABLE), "house", ZONE, [])
        first, second, third = source.items
        assert (first.key, first.title, first.priority, first.labels) == (
            "csv:house:7",
            "Oil the engine",
            "urgent",
            ["metal", "oil"],
        )
        assert (first.column, first.closed_as, second.closed_as) == ("Doing", None, "done")
        assert first.due == {"date": "2026-12-24", "time": None, "time_zone": None}
        assert third.due == {"date": "2026-12-24", "time": "14:30:00", "time_zone": ZONE}
        assert (second.parent, third.parent) == ("csv:house:7", None)

    def test_what_has_no_place_is_told(self, written: Any) -> None:
        assert told(read_table(written(TABLE), None, ZONE, [])) == [
            "line 2: the column 'team': 'Red'",
            "line 3: the priority 'whatever'",
            "line 3: the due date 'soon', which is not one day",
            "line 4: its parent '99', which is not in a row before it",
        ]

    def test_what_excel_saves_as_unicode_text_is_read(self, tmp_path: Path) -> None:
        file = tmp_path / "House.txt"
        file.write_bytes("Title\tDue date\nCafé\t2026-12-24\n".encode("utf-16"))
        (item,) = read_table(file, None, ZONE, []).items
        assert (item.title, item.due) == ("Café", {"date": "2026-12-24", "time": None, "time_zone": None})

    def test_whoever_saved_it_in_another_encoding_is_told_what_to_do(self, tmp_path: Path) -> None:
        file = tmp_path / "House.csv"
        file.write_bytes("Title\nCafé\n".encode("latin-1"))
        with pytest.raises(ClientError, match="save it as such"):
            read_table(file, None, ZONE, [])

    def test_a_column_can_be_named(self, written: Any) -> None:
        source = read_table(written("What,When\nOil,2026-12-24\nOil,\n"), None, ZONE, ["title=what", "due=When"])
        assert [(item.title, item.due is None) for item in source.items] == [("Oil", False), ("Oil", True)]
        assert len({item.key for item in source.items}) == 2

    @pytest.mark.parametrize(
        ("mapping", "words"),
        [([], "Which column has the titles"), (["title=x"], "no column 'x'"), (["color=What"], "FIELD=TITLE")],
    )
    def test_one_that_is_not_there_is_told(self, written: Any, mapping: list[str], words: str) -> None:
        with pytest.raises(WrongUsage, match=words):
            read_table(written("What\nOil\n"), None, ZONE, mapping)


def test_texts_become_what_the_service_takes_and_what_is_cut_off_is_told() -> None:
    long = Item(
        "k", "line 1", "a\tb\u2028c" + "x" * 600, "d\0" + "e" * 100_000, labels=["B\nug", "bug", "b ug", "", *map(str, range(50))]
    )
    source = tidy(Source("House", [long]))
    assert long.title.startswith("a b cx")
    assert (len(long.title), len(long.description or ""), len(long.labels)) == (500, 100_000, 40)
    assert long.labels[:2] == ["B ug", "bug"]
    assert [loss.what.partition(":")[0] for loss in source.losses] == [
        "its title has more than 500 characters",
        "its description has more than 100000 characters",
        "it has more than 40 labels",
    ]


def test_a_workflow_has_a_key_for_each_name() -> None:
    columns = [Column(name, "todo") for name in ("Ideas", "In progress!", "日本", "中国", "in-progress")]
    keys = [status["key"] for status in workflow_of(columns)["statuses"]]
    assert keys == ["ideas", "in_progress", "status", "status2", "in_progress2"]


STATUSES = Statuses(
    [
        {"key": "backlog", "name": "Backlog", "category": "todo"},
        {"key": "doing", "name": "Doing", "category": "in_progress"},
        {"key": "code_review", "name": "Review of code", "category": "in_progress"},
        {"key": "shipped", "name": "Shipped", "category": "done"},
    ]
)


@pytest.mark.parametrize(
    ("column", "closed_as", "task", "status"),
    [
        (None, None, None, "backlog"),
        ("DOING", None, None, "doing"),
        ("code-review", None, None, "code_review"),
        ("Doing", "done", None, "shipped"),
        (None, "cancelled", None, "shipped"),
        ("Elsewhere", None, None, "backlog"),
        (None, None, "in_progress", None),
        (None, None, "done", "backlog"),
        ("Doing", None, "done", "doing"),
    ],
)
def test_an_item_gets_the_status_that_it_names_or_means(
    column: str | None, closed_as: str | None, task: str | None, status: str | None
) -> None:
    item = Item("k", "line 1", "Oil", column=column, closed_as=closed_as)
    assert STATUSES.of(item, None if task is None else {"status_category": task}) == status
    assert STATUSES.lacks(item) == (column == "Elsewhere")
