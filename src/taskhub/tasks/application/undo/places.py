"""The former places of tasks, to which they are moved back."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from taskhub.kernel.application.reversal import Effect
from taskhub.tasks.application.ports import RankGap
from taskhub.tasks.application.tasks.places import ranks_between, rebalance
from taskhub.tasks.application.undo.ports import FormerPlace, UndoWork
from taskhub.tasks.contract.events import TASK_MOVED
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.rank import MAX_LENGTH, between
from taskhub.tasks.domain.task import Task


class Places:
    """Where tasks stood before the command that is taken back."""

    def __init__(self, recorded: Iterable[FormerPlace] = (), ranks: Mapping[UUID, str] | None = None) -> None:
        self._recorded: dict[UUID, list[FormerPlace]] = {}
        self._ranks = ranks or {}
        for place in recorded:
            self._recorded.setdefault(place.task_id, []).append(place)

    @classmethod
    async def load(cls, workspace_id: UUID, effects: Iterable[Effect], work: UndoWork) -> "Places":
        """``effects``: on tasks. The tasks must be locked."""
        ids = [effect.entity_id for effect in effects if effect.has(TASK_MOVED)]
        if not ids:
            return cls()
        return cls(await work.former_places(workspace_id, ids), await work.ranks_of(workspace_id, ids))

    def before(self, effect: Effect) -> str | None:
        """The rank before the command; None where it did not change, or is not known."""
        moves = {version for event, version in effect.events if event == TASK_MOVED}
        return next((place.rank for place in self._recorded.get(effect.entity_id, ()) if place.version in moves), None)

    def is_left(self, effect: Effect) -> bool:
        """Whether the task stands elsewhere than where the command has put it."""
        later = [place for place in self._recorded.get(effect.entity_id, ()) if place.version > effect.version]
        return bool(later) and later[0].rank != self._ranks[effect.entity_id]


async def ranks_for(project: Project, former: Sequence[tuple[Task, str]], work: UndoWork) -> list[str]:
    """The former ranks of tasks in a project. Where another task has it now, one directly after that."""
    await work.projects.allocate(project, places=1)  # Moves that have read the order notice.
    while True:
        holders = await work.holders(project, [rank for _, rank in former])
        held = {rank: holders[rank] for task, rank in former if holders.get(rank, task.id) != task.id}
        given = {task.id: rank for task, rank in former if rank not in held}
        crowded = await _squeeze_in([(task, held[rank]) for task, rank in former if rank in held], given, project, work)
        if crowded is None:
            return [given[task.id] for task, _ in former]
        await rebalance(crowded, project, work)


async def _squeeze_in(
    held: Iterable[tuple[Task, UUID]], given: dict[UUID, str], project: Project, work: UndoWork
) -> RankGap | None:
    """Gives tasks ranks directly after others. Returns a gap in which there is no room, if there is one."""
    for task, holder_id in held:
        gap = await work.gap_after(project, holder_id, task)
        (rank,) = await ranks_between(gap.low, gap.high, 1, project, work)
        while rank in given.values():
            rank = between(gap.low, rank)
        if len(rank) > MAX_LENGTH:
            return gap
        given[task.id] = rank
    return None
