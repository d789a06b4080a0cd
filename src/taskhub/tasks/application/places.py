"""Ranks for tasks that are to take a place in the order of a project, and room for them where there is none."""

from collections.abc import Sequence

from taskhub.tasks.application.ports import Gap, TasksUnitOfWork
from taskhub.tasks.domain.place import Place
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.rank import LONGEST, ROOMY, spread
from taskhub.tasks.domain.task import Task

REACH = 100
"""How many tasks on each side of a gap move apart, if that makes room enough."""


async def ranks_at(project: Project, place: Place, tasks: Sequence[Task], uow: TasksUnitOfWork) -> Sequence[str]:
    """Ranks for tasks, one behind the other at a place; none where they stand there already.

    Raises:
        UnknownReference: the task beside the place is not there.
    """
    gap = await uow.order.gap(project, place, tasks[0])
    if gap.is_home:
        return []
    ranks = await _ranks_between(gap.low, gap.high, len(tasks), project, uow)
    if _longest(ranks) <= LONGEST:
        return ranks
    await _make_room(gap, project, uow)
    return await ranks_at(project, place, tasks, uow)


async def _make_room(gap: Gap, project: Project, uow: TasksUnitOfWork) -> None:
    """Moves the tasks around a gap apart. The more moves have gone there before, the more tasks this takes: on the average a few
    for each move, however many they are.
    """
    reach = REACH
    while True:
        crowd = await uow.order.crowd(project, gap, reach=reach)
        ranks = await _ranks_between(crowd.low, crowd.high, len(crowd.ids), project, uow)
        if _longest(ranks) <= ROOMY:
            break
        reach *= 2
    await uow.order.rearrange(project, crowd, ranks)


async def _ranks_between(low: str | None, high: str | None, count: int, project: Project, uow: TasksUnitOfWork) -> Sequence[str]:
    if high is None:
        return (await uow.projects.allot(project, places=count)).ranks
    return spread(low, high, count)


def _longest(ranks: Sequence[str]) -> int:
    return max(map(len, ranks))
