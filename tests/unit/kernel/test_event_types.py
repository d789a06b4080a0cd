"""What each type of event holds is declared, and read from where it is declared."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

import taskhub
from support.harness.event_check import EVENT_TYPES
from taskhub.kernel.application.event_types import EventType, event_content, event_types, last_event_content
from taskhub.kernel.contract.event_content import EventContent
from taskhub.kernel.contract.events import Event
from taskhub.tasks.contract.events import CLOSING, TaskEvent
from taskhub.testing.conformance.events import faults_of
from taskhub.webhooks.application.messages import TEST_TYPE

_QUOTED = re.compile(r'"([a-z_]+)\.([a-z_]+)"')


class BoxView(msgspec.Struct, frozen=True):
    id: UUID
    color: str
    opened_at: datetime | None
    version: int
    updated_at: datetime


class BoxEvent(EventContent, frozen=True):
    @property
    def is_painting(self) -> bool:
        return self.change("color") is not None


BOXES = {
    "box.painted": event_content("It was painted.", BoxView, BoxEvent),
    "box.opened": event_content("It was opened.", BoxView, only=("opened_at",)),
    "box.hidden": event_content("It was hidden.", BoxView, logs_values=False),
    "box.burnt": last_event_content("It is gone."),
}
TYPES = event_types({"boxes": BOXES})
BOX = {"id": str(uuid4()), "color": "red", "opened_at": None, "version": 2, "updated_at": "2026-03-01T12:00:00Z"}
PAINTED = {"color": ["blue", "red"]}


def event(name: str = "box.painted", **fields: Any) -> dict[str, Any]:
    return {"type": name, "schema": 1, "entity_type": "box", "changes": PAINTED, "snapshot": BOX, **fields}


# -- the registry -----------------------------------------------------------------------------------


def test_a_type_knows_its_module_and_what_it_holds() -> None:
    painted, opened, hidden, burnt = (TYPES[name] for name in BOXES)
    assert (painted.module, painted.content.schema, painted.content.summary) == ("boxes", 1, "It was painted.")
    assert painted.members == hidden.members == ("id", "color", "opened_at")
    assert (opened.members, burnt.members) == (("opened_at",), ())
    assert [one.has_snapshot for one in (painted, opened, hidden, burnt)] == [True, True, False, False]


def test_every_type_in_the_source_is_declared_and_no_other() -> None:
    """By its spelling: a name of a thing, a dot, and what happened. A test of a webhook is sent, and in no log."""
    things = {name.partition(".")[0] for name in EVENT_TYPES}
    source = Path(taskhub.__file__).parent
    quoted = {f"{one}.{two}" for file in source.rglob("*.py") for one, two in _QUOTED.findall(file.read_text("utf-8"))}
    assert {name for name in quoted if name.partition(".")[0] in things} == {*EVENT_TYPES, TEST_TYPE}


# -- what tests check of each event that they append ------------------------------------------------


@pytest.mark.parametrize(
    "good",
    [
        event(),
        event("box.opened", changes={"opened_at": [None, "2026-03-01T12:00:00Z"]}),
        event("box.opened", changes={}),
        event("box.hidden", changes={"color": None}, snapshot=None),
        event("box.burnt", changes={}, snapshot=None),
        event(changes={"color": None}, snapshot=None),
    ],
)
def test_an_event_as_it_is_declared_is_good(good: dict[str, Any]) -> None:
    assert faults_of([good], TYPES) == []


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        (event("box.lost"), "box.lost: no module declares"),
        (event(entity_type="crate"), "about a thing of the type crate"),
        (event(schema=2), "it has the schema 2, and not 1"),
        (event(snapshot=None), "it has no snapshot"),
        (event("box.burnt", changes={}), r"Expected `null`, got `object` - at `\$.snapshot`"),
        (event("box.hidden", snapshot=None), "Expected `null`, got `array`"),
        (event(changes={"color": ["blue", 1]}), r"at `\$.changes.color\[1\]`"),
        (event(changes={"color": ["blue"]}), "length 2"),
        (event(changes={"size": [1, 2]}), "changes.size is not declared"),
        (event("box.opened"), "changes.color is not declared"),
        (event(snapshot={**BOX, "size": 2}), "snapshot.size is not declared"),
        (
            event(snapshot={**BOX, "updated_at": "2026-03-01T12:00:00.000Z"}),
            "snapshot.updated_at is not declared, or not",
        ),
        (event(snapshot={"id": BOX["id"]}), "missing required field `color`"),
    ],
)
def test_any_other_event_is_told(bad: dict[str, Any], fault: str) -> None:
    (told,) = faults_of([event(), bad], TYPES)
    assert re.search(fault, told), told


# -- reading one ------------------------------------------------------------------------------------


def logged(changes: dict[str, Any], name: str = "task.updated") -> Event:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    return Event(uuid4(), 1, uuid4(), name, "task", uuid4(), 2, None, at, None, changes, None)


def test_a_change_is_read_from_the_log_as_from_what_is_declared() -> None:
    raw = BoxEvent(PAINTED, BOX)
    read = msgspec.convert({"changes": PAINTED, "snapshot": BOX}, BOXES["box.painted"])
    assert isinstance(read, BoxEvent)
    assert raw.change("color") == read.change("color") == ("blue", "red")
    assert raw.is_painting
    assert read.is_painting


@pytest.mark.parametrize("changes", [{}, {"opened_at": [None, None]}, {"color": None}])
def test_a_member_that_did_not_change_or_lost_its_values_has_no_change(changes: dict[str, Any]) -> None:
    assert BoxEvent(changes, None).change("color") is None


@pytest.mark.parametrize(
    ("changes", "is_closing", "is_reopening"),
    [
        ({"closed_at": [None, "2026-03-01T12:00:00Z"], "status": ["todo", "done"]}, True, False),
        ({"closed_at": ["2026-03-01T12:00:00Z", None], "status": ["done", "todo"]}, False, True),
        ({"status": ["done", "cancelled"], "status_category": ["done", "cancelled"]}, False, False),
        ({"status": ["todo", "in_progress"]}, False, False),
        ({"closed_at": None}, False, False),
    ],
)
def test_an_event_tells_whether_it_closed_or_reopened_its_task(
    changes: dict[str, Any], is_closing: bool, is_reopening: bool
) -> None:
    told = TaskEvent.of(logged(changes))
    assert (told.is_closing, told.is_reopening) == (is_closing, is_reopening)


def test_the_types_that_may_close_a_task_are_those_whose_status_may_change() -> None:
    may_change = {name for name, one in EVENT_TYPES.items() if "closed_at" in one.members}
    assert may_change == {*CLOSING, "task.created"}


def test_a_type_of_ours_is_declared_with_the_thing_that_it_is_about() -> None:
    assert EVENT_TYPES["task.moved"] == EventType("task.moved", "tasks", EVENT_TYPES["task.moved"].content)
    assert issubclass(EVENT_TYPES["task.moved"].content, TaskEvent)
    assert "project_id" in EVENT_TYPES["task.moved"].members
