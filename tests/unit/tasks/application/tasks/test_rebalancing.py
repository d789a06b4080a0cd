"""However many moves go into the same gap, the order is right and ranks stay short: `Lines` refuse one that is too long."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import cycle, islice
from uuid import UUID, uuid4

import pytest

from support.fakes.tasks.structure import FakeOrder
from support.fakes.tasks.unit_of_work import FakeTasksUnitOfWork
from support.harness.scenario import Scenario
from taskhub.tasks.application.ports import RankWindow
from taskhub.tasks.application.tasks.places import REBALANCE_REACH, rank_at
from taskhub.tasks.domain.place import Place, Side
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.rank import MAX_LENGTH, MAX_REBALANCED_LENGTH, between, spread
from taskhub.tasks.domain.task import Task


class CountingOrder(FakeOrder):
    """Counts the tasks that were given other ranks to make room for one that moved."""

    def __init__(self, uow: FakeTasksUnitOfWork) -> None:
        super().__init__(uow)
        self.crowds: list[int] = []

    async def set_ranks(self, project: Project, window: RankWindow, ranks: Sequence[str]) -> None:
        assert max(map(len, ranks)) <= MAX_REBALANCED_LENGTH
        self.crowds.append(len(ranks))
        await super().set_ranks(project, window, ranks)


class Mover:
    """Moves tasks of one project as `move_task` does, all in one unit of work."""

    def __init__(self, tasks: int) -> None:
        self.house = Scenario()
        self.line = [self.house.task() for _ in range(tasks)]
        self.uow = FakeTasksUnitOfWork(self.house.store)
        self.uow.is_locking = True
        self.counter = CountingOrder(self.uow)
        self.uow.order = self.counter

    async def move(self, task: Task, place: Place) -> None:
        project = self.house.project
        rank = await rank_at(project, place, task, self.uow)
        if rank is not None:
            self.uow.ledger.rank_index.put(project.id, task.id, rank)

    def newcomers(self, count: int) -> Iterator[Task]:
        """Tasks that have no place yet."""
        for _ in range(count):
            task = replace(self.line[0], id=uuid4())
            self.uow.put(task)
            yield task

    @property
    def order(self) -> list[UUID]:
        return self.uow.ledger.rank_index.ids(self.house.project.id)


async def test_a_hundred_thousand_moves_into_the_same_gap() -> None:
    mover = Mover(40)
    home, *others = mover.line
    for task in islice(cycle(others), 100_000):
        await mover.move(task, Place(Side.AFTER, home.id))
    latest = islice(cycle(others), 100_000 - len(others), 100_000)
    assert mover.order == [home.id, *(task.id for task in [*latest][::-1])]
    assert len(mover.counter.crowds) > 100


def right_behind_the_first(line: list[Task]) -> int:
    return 1


def right_before_the_last(line: list[Task]) -> int:
    return len(line) - 1


def in_the_middle(line: list[Task]) -> int:
    return len(line) // 2


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("choose", [right_behind_the_first, right_before_the_last, in_the_middle])
async def test_ever_more_tasks_in_the_same_gap(choose: Callable[[list[Task]], int], side: Side) -> None:
    mover = Mover(2)
    for task in mover.newcomers(2_000):
        index = choose(mover.line)
        beside = mover.line[index if side is Side.BEFORE else index - 1]
        await mover.move(task, Place(side, beside.id))
        mover.line.insert(index, task)
    assert mover.order == [task.id for task in mover.line]
    assert sum(mover.counter.crowds) < 5 * 2_000


async def test_making_room_costs_no_more_the_more_tasks_there_are() -> None:
    mover = Mover(2)
    for task in mover.newcomers(5_000):
        await mover.move(task, Place(Side.AFTER, mover.line[0].id))
    assert sum(mover.counter.crowds) < 5_000


async def test_where_the_nearest_stand_too_close_more_of_them_move_apart() -> None:
    mover = Mover(1)
    ranks = crowded_ranks(4 * REBALANCE_REACH)
    for task, rank in zip(mover.newcomers(len(ranks)), ranks, strict=True):
        mover.uow.ledger.rank_index.put(mover.house.project.id, task.id, rank)
    before, middle = mover.order, 2 * REBALANCE_REACH
    (newcomer,) = mover.newcomers(1)
    await mover.move(newcomer, Place(Side.AFTER, before[middle]))
    assert mover.order == [*before[: middle + 1], newcomer.id, *before[middle + 1 :]]
    assert mover.counter.crowds == [4 * REBALANCE_REACH]


def crowded_ranks(count: int) -> list[str]:
    """Ranks that are all as long as they are when room has been made, with no room behind the middle one."""
    ranks = spread("a" + "0" * (MAX_REBALANCED_LENGTH - 2) + "1", "a" + "0" * (MAX_REBALANCED_LENGTH - 2) + "2", count)
    full, following = ranks[count // 2 - 1 : count // 2 + 1]
    while len(between(full, following)) <= MAX_LENGTH:
        full = between(full, following)
    return [*ranks[: count // 2], full, *ranks[count // 2 :]]
