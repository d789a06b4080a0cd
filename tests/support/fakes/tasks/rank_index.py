"""The order of tasks in memory: the rank of each task in its project."""

from bisect import insort
from collections import defaultdict
from collections.abc import Mapping
from typing import Self
from uuid import UUID

from taskhub.tasks.domain.rank import MAX_LENGTH


class RankIndex:
    """Asserts what the table guarantees: ranks are unique in a project, and not too long."""

    def __init__(self) -> None:
        self._ranks: defaultdict[UUID, list[str]] = defaultdict(list)
        self._ids: dict[tuple[UUID, str], UUID] = {}
        self._places: dict[UUID, tuple[UUID, str]] = {}

    def copy(self) -> Self:
        twin = type(self)()
        twin._ranks.update((project_id, ranks.copy()) for project_id, ranks in self._ranks.items())
        twin._ids, twin._places = self._ids.copy(), self._places.copy()
        return twin

    def ranks(self, project_id: UUID) -> list[str]:
        """All ranks of a project, in their order."""
        return self._ranks[project_id]

    def ids(self, project_id: UUID) -> list[UUID]:
        """All tasks of a project, in their order."""
        return [self.id_at(project_id, rank) for rank in self._ranks[project_id]]

    def id_at(self, project_id: UUID, rank: str) -> UUID:
        return self._ids[project_id, rank]

    def rank_of(self, id: UUID, project_id: UUID) -> str | None:
        """None where the task is not of this project."""
        home, rank = self._places.get(id, (None, None))
        return rank if home == project_id else None

    def put(self, project_id: UUID, id: UUID, rank: str) -> None:
        """Takes a task from where it stands to another place."""
        self.drop(id)
        assert (project_id, rank) not in self._ids, f"{rank} is another task's"
        assert len(rank) <= MAX_LENGTH, f"{rank} is too long"
        insort(self._ranks[project_id], rank)
        self._ids[project_id, rank], self._places[id] = id, (project_id, rank)

    def set_ranks(self, project_id: UUID, ranks: Mapping[UUID, str]) -> None:
        for id in ranks:
            self.drop(id)
        for id, rank in ranks.items():
            self.put(project_id, id, rank)

    def drop(self, id: UUID) -> None:
        if id in self._places:
            project_id, rank = self._places.pop(id)
            self._ranks[project_id].remove(rank)
            del self._ids[project_id, rank]
