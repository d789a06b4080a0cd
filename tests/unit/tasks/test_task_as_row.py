"""A task on its way to a row and back, and what is shown of both: nothing is lost, nothing swapped."""

from collections.abc import Callable
from datetime import date, time
from typing import Any, get_args, get_type_hints
from uuid import UUID, uuid4

import msgspec
from msgspec.structs import fields

from factories.tasks import LATER, NOW, TaskFactory
from taskhub.tasks.domain.due import Due
from taskhub.tasks.domain.priority import Priority
from taskhub.tasks.domain.rank import at_end
from taskhub.tasks.domain.task import Content, Task
from taskhub.tasks.infrastructure.mappings import TASKS

_VALUES: dict[Any, Callable[[str], Any]] = {
    str: lambda name: f"some {name}",
    int: len,
    UUID: lambda _: uuid4(),
    tuple[UUID, ...]: lambda _: (uuid4(), uuid4()),
    tuple[str, ...]: lambda name: (f"one of {name}", f"other of {name}"),
    Priority: lambda _: Priority.URGENT,
    Due: lambda _: Due.at_time(date(2026, 11, 20), time(9, 30), "Europe/Berlin"),
}
"""A value for each type that a member of `Content` may have, other than its default."""


def _kind(hint: Any) -> Any:
    """What a member is where it is not None."""
    kinds = get_args(hint)
    return next(kind for kind in kinds if kind is not type(None)) if type(None) in kinds else hint


FULL = Content.of({name: _VALUES[_kind(hint)](name) for name, hint in get_type_hints(Content).items()} | {"status": "done"})
"""All that a client may set, and no two members alike."""


def full_task() -> Task:
    return TaskFactory(
        content=FULL, closed_at=LATER, updated_at=LATER, deleted_at=NOW, trashed_with=uuid4(), rank=at_end(1), version=7
    )


def as_json(view: msgspec.Struct) -> Any:
    return msgspec.json.decode(msgspec.json.encode(view))


def row_of(task: Task) -> dict[str, Any]:
    return dict(zip(TASKS.column_names, TASKS.to_row(task), strict=True))


def test_the_task_that_is_tried_has_all_that_a_client_may_set() -> None:
    bare = Content(title="", status="")
    assert [field.name for field in fields(Content) if getattr(FULL, field.name) == getattr(bare, field.name)] == []


def test_every_column_is_written_that_the_database_does_not_fill() -> None:
    filled = {column.name for column in TASKS.table.c if column.computed is not None or column.server_default is not None}
    assert {*TASKS.column_names} | filled == {*TASKS.table.c.keys()}


def test_a_task_comes_back_from_its_row_as_it_was() -> None:
    task = full_task()
    back = TASKS.from_row(TASKS.to_row(task))
    assert (back.content, back.trashed_with, TASKS.represent(back)) == (task.content, task.trashed_with, TASKS.represent(task))


def test_what_is_read_from_a_row_is_what_was_shown_of_the_task() -> None:
    task = full_task()
    row = row_of(task)
    shown = TASKS.show(task.workspace_id, [row[name] for name in TASKS.view_columns])
    assert as_json(shown) == as_json(TASKS.represent(task))
