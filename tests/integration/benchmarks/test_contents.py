"""What loaded tasks refer to."""

import random
from uuid import UUID, uuid4

import pytest
from benchmarks import contents

from factories.tasks import NOW, ProjectFactory
from taskhub.tasks.domain.hierarchy import MAX_LEVELS
from taskhub.tasks.domain.task import Task


def test_tasks_are_nested_as_deep_as_they_may_be_and_no_deeper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "SUBTASKS", 0.9)
    project, drawn = ProjectFactory(), contents.Contents(random.Random(1))
    levels: dict[UUID | None, int] = {None: 0}
    for place in range(500):
        content = drawn.draw(place, project, [uuid4()], [uuid4()], NOW)
        task = Task.create(id=uuid4(), project=project, content=content, created_by_id=uuid4(), now=NOW)
        levels[task.id] = levels[content.parent_id] + 1
        drawn.offer(task)
    assert max(levels.values()) == MAX_LEVELS
