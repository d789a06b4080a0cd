"""Labels are created, changed and deleted."""

from uuid import uuid4

import pytest

from factories.tasks import NOW
from support.house import House
from taskhub.kernel.domain.errors import NotFound, StaleVersion
from taskhub.tasks.application.change_label import ChangeLabel, change_label
from taskhub.tasks.application.create_label import CreateLabel, create_label
from taskhub.tasks.application.delete_label import DeleteLabel, delete_label
from taskhub.tasks.domain.label import Label


async def test_a_label_is_created() -> None:
    house = House()
    label = await house.run(create_label, CreateLabel(house.workspace_id, uuid4(), {"name": "Bug", "color": "#ff0000"}))
    assert (house.stored(label).name, house.stored(label).color) == ("Bug", "#ff0000")
    assert house.store.events == [("label.created", label.id, 1)]


async def test_a_change_of_a_label_replaces_only_what_it_names() -> None:
    house = House()
    label = house.label(name="bug", color="#ff0000")
    await house.run(change_label, ChangeLabel(house.workspace_id, label.id, {"name": "Bug"}, None))
    assert (house.stored(label).name, house.stored(label).color) == ("Bug", "#ff0000")
    await house.run(change_label, ChangeLabel(house.workspace_id, label.id, {"color": "#00ff00"}, None))
    assert (house.stored(label).name, house.stored(label).color) == ("Bug", "#00ff00")


async def test_a_label_that_is_deleted_leaves_its_tasks_wherever_they_are() -> None:
    house = House()
    gone, kept = house.label(), house.label()
    both = (gone.id, kept.id)
    live = house.task(content__label_ids=both)
    trashed = house.task(content__label_ids=both, deleted_at=NOW)
    archived = house.task(house.another_project(archived_at=NOW), content__label_ids=both)
    other = house.task(content__label_ids=(kept.id,))
    await house.run(delete_label, DeleteLabel(house.workspace_id, gone.id, None))
    for task in (live, trashed, archived):
        assert (house.stored(task).content.label_ids, house.stored(task).version) == ((kept.id,), 2)
    assert house.events_of([live, trashed, archived]) == ["task.updated"] * 3
    assert house.stored(other).version == 1


async def test_a_label_that_is_deleted_is_gone() -> None:
    house = House()
    label = house.label()
    await house.run(delete_label, DeleteLabel(house.workspace_id, label.id, None))
    assert not [key for key in house.store.aggregates if key[0] is Label]
    assert house.events_of([label]) == ["label.deleted"]
    with pytest.raises(NotFound):
        await house.run(delete_label, DeleteLabel(house.workspace_id, label.id, None))


async def test_a_label_of_an_unexpected_version_stays() -> None:
    house = House()
    label = house.label(version=3)
    task = house.task(content__label_ids=(label.id,))
    with pytest.raises(StaleVersion):
        await house.run(delete_label, DeleteLabel(house.workspace_id, label.id, frozenset({2})))
    assert house.stored(task).content.label_ids == (label.id,)
