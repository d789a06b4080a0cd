"""Ranks for tasks at a position in the order of a project, rebalancing the ranks around it if necessary."""

from collections.abc import Sequence

from taskhub.tasks.application.ports import Ordering, RankGap
from taskhub.tasks.domain.place import Place
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.rank import MAX_LENGTH, MAX_REBALANCED_LENGTH, spread
from taskhub.tasks.domain.task import Task

REBALANCE_REACH = 100
"""How many tasks on each side of a gap get new ranks, if this makes enough room."""


async def ranks_at(project: Project, place: Place, tasks: Sequence[Task], uow: Ordering) -> Sequence[str]:
    """Ranks for tasks, one after the other at a position; none if the tasks are already there.

    Raises:
        UnknownReference: the task before or after the position does not exist.
    """
    gap = await uow.order.gap(project, place, tasks[0])
    if gap.is_current:
        return []
    ranks = await ranks_between(gap.low, gap.high, len(tasks), project, uow)
    if _longest(ranks) <= MAX_LENGTH:
        return ranks
    await rebalance(gap, project, uow)
    return await ranks_at(project, place, tasks, uow)


async def rebalance(gap: RankGap, project: Project, uow: Ordering) -> None:
    """Gives new ranks to the tasks around a gap. The more tasks were moved there before, the more tasks get new ranks: on average
    a few per move, however many moves there are.
    """
    reach = REBALANCE_REACH
    while True:
        window = await uow.order.window(project, gap, reach=reach)
        ranks = await ranks_between(window.low, window.high, len(window.ids), project, uow)
        if _longest(ranks) <= MAX_REBALANCED_LENGTH:
            break
        reach *= 2
    await uow.order.set_ranks(project, window, ranks)


async def ranks_between(low: str | None, high: str | None, count: int, project: Project, uow: Ordering) -> Sequence[str]:
    if high is None:
        return (await uow.projects.allocate(project, places=count)).ranks
    return spread(low, high, count)


def _longest(ranks: Sequence[str]) -> int:
    return max(map(len, ranks))
