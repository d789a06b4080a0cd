"""Ranks for tasks that are to take a place in the order of a project, and room for them where there is none."""

from collections.abc import Sequence

from taskhub.tasks.application.ports import RankGap, TasksUnitOfWork
from taskhub.tasks.domain.place import Place
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.rank import MAX_LENGTH, MAX_REBALANCED_LENGTH, spread
from taskhub.tasks.domain.task import Task

REBALANCE_REACH = 100
"""How many tasks on each side of a gap move apart, if that makes room enough."""


async def ranks_at(project: Project, place: Place, tasks: Sequence[Task], uow: TasksUnitOfWork) -> Sequence[str]:
    """Ranks for tasks, one behind the other at a place; none where they stand there already.

    Raises:
        UnknownReference: the task beside the place is not there.
    """
    gap = await uow.order.gap(project, place, tasks[0])
    if gap.is_current:
        return []
    ranks = await _ranks_between(gap.low, gap.high, len(tasks), project, uow)
    if _longest(ranks) <= MAX_LENGTH:
        return ranks
    await _rebalance(gap, project, uow)
    return await ranks_at(project, place, tasks, uow)


async def _rebalance(gap: RankGap, project: Project, uow: TasksUnitOfWork) -> None:
    """Moves the tasks around a gap apart. The more moves have gone there before, the more tasks this takes: on the average a few
    for each move, however many they are.
    """
    reach = REBALANCE_REACH
    while True:
        window = await uow.order.window(project, gap, reach=reach)
        ranks = await _ranks_between(window.low, window.high, len(window.ids), project, uow)
        if _longest(ranks) <= MAX_REBALANCED_LENGTH:
            break
        reach *= 2
    await uow.order.set_ranks(project, window, ranks)


async def _ranks_between(low: str | None, high: str | None, count: int, project: Project, uow: TasksUnitOfWork) -> Sequence[str]:
    if high is None:
        return (await uow.projects.allocate(project, places=count)).ranks
    return spread(low, high, count)


def _longest(ranks: Sequence[str]) -> int:
    return max(map(len, ranks))
