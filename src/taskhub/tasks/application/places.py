"""Ranks for tasks at a position in the order of a project, rebalancing the ranks around it if necessary."""

from collections.abc import Sequence

from taskhub.tasks.application.ports import Gap, TasksUnitOfWork
from taskhub.tasks.domain.place import Place
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.rank import LONGEST, ROOMY, spread
from taskhub.tasks.domain.task import Task

REACH = 100
"""How many tasks on each side of a gap get new ranks, if this makes enough room."""


async def ranks_at(project: Project, place: Place, tasks: Sequence[Task], uow: TasksUnitOfWork) -> Sequence[str]:
    """Ranks for tasks, one after the other at a position; none if the tasks are already there.

    Raises:
        UnknownReference: the task before or after the position does not exist.
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
    """Gives new ranks to the tasks around a gap. The more tasks were moved there before, the more tasks get new ranks: on average
    a few per move, however many moves there are.
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
