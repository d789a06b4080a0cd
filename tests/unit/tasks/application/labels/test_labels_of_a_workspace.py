"""Labels are created, changed and deleted."""

from uuid import uuid4

import pytest

from factories.tasks import NOW
from support.harness.scenario import Scenario
from taskhub.kernel.domain.errors import NotFound, StaleVersion
from taskhub.tasks.application.labels.change_label import ChangeLabel, change_label
from taskhub.tasks.application.labels.create_label import CreateLabel, create_label
from taskhub.tasks.application.labels.delete_label import DeleteLabel, delete_label
from taskhub.tasks.domain.label import Label


async def test_a_label_is_created() -> None:
    scenario = Scenario()
    label = await scenario.run(create_label, CreateLabel(scenario.workspace_id, uuid4(), "Bug", "#ff0000"))
    assert (scenario.stored(label).name, scenario.stored(label).color) == ("Bug", "#ff0000")
    assert scenario.store.events == [("label.created", label.id, 1)]


async def test_a_change_of_a_label_replaces_only_what_it_names() -> None:
    scenario = Scenario()
    label = scenario.label(name="bug", color="#ff0000")
    await scenario.run(change_label, ChangeLabel(scenario.workspace_id, label.id, {"name": "Bug"}, None))
    assert (scenario.stored(label).name, scenario.stored(label).color) == ("Bug", "#ff0000")
    await scenario.run(change_label, ChangeLabel(scenario.workspace_id, label.id, {"color": "#00ff00"}, None))
    assert (scenario.stored(label).name, scenario.stored(label).color) == ("Bug", "#00ff00")


async def test_a_label_that_is_deleted_leaves_its_tasks_wherever_they_are() -> None:
    scenario = Scenario()
    gone, kept = scenario.label(), scenario.label()
    both = (gone.id, kept.id)
    live = scenario.task(content__label_ids=both)
    trashed = scenario.task(content__label_ids=both, deleted_at=NOW)
    archived = scenario.task(scenario.another_project(archived_at=NOW), content__label_ids=both)
    other = scenario.task(content__label_ids=(kept.id,))
    await scenario.run(delete_label, DeleteLabel(scenario.workspace_id, gone.id, None))
    for task in (live, trashed, archived):
        assert (scenario.stored(task).content.label_ids, scenario.stored(task).version) == ((kept.id,), 2)
    assert scenario.events_of([live, trashed, archived]) == ["task.updated"] * 3
    assert scenario.stored(other).version == 1


async def test_a_label_that_is_deleted_is_gone() -> None:
    scenario = Scenario()
    label = scenario.label()
    await scenario.run(delete_label, DeleteLabel(scenario.workspace_id, label.id, None))
    assert not [key for key in scenario.store.aggregates if key[0] is Label]
    assert scenario.events_of([label]) == ["label.deleted"]
    with pytest.raises(NotFound):
        await scenario.run(delete_label, DeleteLabel(scenario.workspace_id, label.id, None))


async def test_a_label_of_an_unexpected_version_stays() -> None:
    scenario = Scenario()
    label = scenario.label(version=3)
    task = scenario.task(content__label_ids=(label.id,))
    with pytest.raises(StaleVersion):
        await scenario.run(delete_label, DeleteLabel(scenario.workspace_id, label.id, frozenset({2})))
    assert scenario.stored(task).content.label_ids == (label.id,)
