"""What tasks say, and what they refer to: members, labels, and tasks that were there before them."""

import random
from collections import defaultdict, deque
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from benchmarks import texts

from taskhub.tasks.domain.due import Due
from taskhub.tasks.domain.hierarchy import MAX_LEVELS
from taskhub.tasks.domain.priority import Priority
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Content, Task

ASSIGNED, DUE, DESCRIBED, SUBTASKS, BLOCKED = 0.6, 0.4, 0.5, 0.15, 0.06
MAX_ASSIGNED = 20
"""Members of a workspace who are on tasks; the others look on."""

_STATUSES = ("todo", "todo", "todo", "in_progress", "done", "done", "done", "cancelled")
_LABELS_OF_A_TASK = (0, 0, 0, 1, 1, 1, 1, 2, 2, 3)
_RECENT = 20


class Contents:
    """Draws the content of one task after another; a later one may come under an earlier one, or wait for it."""

    def __init__(self, source: random.Random) -> None:
        self._random = source
        self._recent: dict[UUID, deque[UUID]] = defaultdict(partial(deque, maxlen=_RECENT))
        self._levels: dict[UUID, deque[tuple[UUID, int]]] = defaultdict(partial(deque, maxlen=_RECENT))

    def draw(self, place: int, project: Project, members: list[UUID], labels: list[UUID], now: datetime) -> Content:
        """``place`` counts the tasks of a workspace."""
        source, chance = self._random, self._random.random()
        return Content(
            title=texts.title(source, place),
            description=texts.description(source) if chance < DESCRIBED else None,
            status=source.choice(_STATUSES),
            priority=source.choice(tuple(Priority)),
            assignee_ids=(source.choice(members[:MAX_ASSIGNED]),) if chance < ASSIGNED else (),
            due=Due((now + timedelta(days=source.randrange(1, 60))).date()) if chance < DUE else None,
            label_ids=self._labels(labels),
            parent_id=self._parent(project),
            blocked_by_ids=self._blockers(project.workspace_id),
        )

    def offer(self, task: Task) -> None:
        """Lets later tasks refer to this one."""
        self._recent[task.workspace_id].append(task.id)
        levels = self._levels[task.project_id]
        above = next((level for id, level in levels if id == task.content.parent_id), 0)
        if above + 1 < MAX_LEVELS:
            levels.append((task.id, above + 1))

    def _labels(self, labels: list[UUID]) -> tuple[UUID, ...]:
        """The first ones are the most common."""
        count = self._random.choice(_LABELS_OF_A_TASK)
        return tuple(sorted({labels[int(len(labels) * self._random.random() ** 2)] for _ in range(count)}))

    def _parent(self, project: Project) -> UUID | None:
        if self._random.random() >= SUBTASKS or not (levels := self._levels[project.id]):
            return None
        return self._random.choice(levels)[0]

    def _blockers(self, workspace_id: UUID) -> tuple[UUID, ...]:
        if self._random.random() >= BLOCKED or not (recent := self._recent[workspace_id]):
            return ()
        return tuple(sorted({self._random.choice(recent) for _ in range(self._random.randrange(1, 3))}))
