"""All that a task can refer to has to be there. Whoever lets it refer to more need not remember to have that looked at."""

from typing import Any
from uuid import uuid4

import pytest
from msgspec.structs import fields

from support.harness.scenario import Scenario
from taskhub.kernel.domain.errors import UnknownReference
from taskhub.tasks.application.tasks.change_task import change_task
from taskhub.tasks.application.tasks.create_task import create_task
from taskhub.tasks.domain.task import Content

REFERENCES = [field.name for field in fields(Content) if field.name.endswith(("_id", "_ids"))]


@pytest.mark.parametrize("name", REFERENCES)
async def test_what_a_task_refers_to_has_to_be_there(name: str) -> None:
    scenario, stranger = Scenario(), uuid4()
    values: dict[str, Any] = {name: (stranger,) if name.endswith("_ids") else stranger}
    for use_case, command in (
        (create_task, scenario.create(**values)),
        (change_task, scenario.change(scenario.task(), **values)),
    ):
        with pytest.raises(UnknownReference) as refusal:
            await scenario.run(use_case, command)
        assert str(refusal.value.faults[0].pointer).startswith(f"/{name}")


def test_there_are_references_to_look_at() -> None:
    assert {"assignee_ids", "parent_id"} <= {*REFERENCES}
