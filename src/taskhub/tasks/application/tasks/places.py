"""Ranks for tasks at a position in the order of a project, rebalancing the ranks around it if necessary."""

from collections.abc import Sequence

from taskhub.tasks.application.ports import Ordering, RankGap
from taskhub.tasks.domain.place import Place
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.rank import MAX_LENGTH, MAX_REBALANCED_LENGTH, at_end, between, spread
from taskhub.tasks.domain.task import Task

REBALANCE_REACH = 100
"""How many tasks on each side of a gap get new ranks, if this makes enough room."""


async def rank_at(project: Project, place: Place, task: Task, uow: Ordering, *, gap: RankGap | None = None) -> str | None:
    """A rank for a task at a position of its project; None if it is already there.

    ``gap``: that at the position, if it was read before.

    Raises:
        UnknownReference: the task before or after the position does not exist.
    """
    gap = gap or await uow.order.gap(project, place, task)
    if gap.is_current:
        return None
    rank = at_end(gap.place) if gap.high is None else between(gap.low, gap.high)
    if len(rank) > MAX_LENGTH:
        await rebalance(gap, project, uow)
        return await rank_at(project, place, task, uow)
    uow.order.take(project, gap)
    return rank


async def ranks_at(
    project: Project, place: Place, tasks: Sequence[Task], ranks_at_end: Sequence[str], uow: Ordering
) -> Sequence[str]:
    """Ranks for tasks of another project, one after the other at a position. ``ranks_at_end``: those that are reserved for them.

    Raises:
        UnknownReference: the task before or after the position does not exist.
    """
    gap = await uow.order.gap(project, place, tasks[0])
    if gap.high is None:
        return ranks_at_end
    ranks = spread(gap.low, gap.high, len(tasks))
    if _longest(ranks) <= MAX_LENGTH:
        return ranks
    await rebalance(gap, project, uow)
    return await ranks_at(project, place, tasks, ranks_at_end, uow)


async def rebalance(gap: RankGap, project: Project, uow: Ordering) -> None:
    """Gives new ranks to the tasks around a gap. The more tasks were moved there before, the more tasks get new ranks: on average
    a few per move, however many moves there are.

    Raises:
        ConcurrencyConflict: the project is not locked.
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
