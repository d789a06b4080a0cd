"""Ranks in the order of a project: gaps, and space between neighbours."""

from itertools import cycle, islice
from uuid import uuid4

import pytest

from factories.tasks import LATER
from support.contracts.tasks.steps import (
    UnitsOfWork,
    add_project,
    add_task,
    change_task,
    load_task,
    locked,
    new_project,
    new_task,
    place_task,
    ranks_of,
    take_over,
    trash_task,
)
from taskhub.kernel.application.commands import Reply
from taskhub.kernel.domain.errors import UnknownReference
from taskhub.tasks.application.ports import RankGap, RankWindow
from taskhub.tasks.application.tasks.places import rank_at
from taskhub.tasks.domain.place import FIRST, LAST, Place, Side
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.rank import MAX_LENGTH, MAX_REBALANCED_LENGTH
from taskhub.tasks.domain.task import Task


async def gap_for(units: UnitsOfWork, project: Project, place: Place, task: Task | None = None) -> RankGap:
    """What is found at a place, for a task of the project, or for one of another."""
    async with locked(units) as uow:
        return await uow.order.gap(project, place, task or new_task(new_project(units)))


async def add_line(units: UnitsOfWork, project: Project, *ranks: str) -> list[Task]:
    """Tasks at these places."""
    tasks = [await add_task(units, project) for _ in ranks]
    for task, rank in zip(tasks, ranks, strict=True):
        await place_task(units, task, rank)
    return tasks


class RankGapContract:
    async def test_an_empty_project_is_one_gap(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        assert [await gap_for(units, project, place) for place in (FIRST, LAST)] == [RankGap(None, None)] * 2

    async def test_a_new_task_stands_at_the_end(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        tasks = [await add_task(units, project) for _ in range(3)]
        ranks = await ranks_of(units, project, tasks)
        assert ranks == sorted(set(ranks))
        assert await gap_for(units, project, LAST) == RankGap(ranks[-1], None)

    async def test_a_gap_is_between_neighbours(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        a, b, c = await add_line(units, project, "a1", "a2", "a3")
        for place, gap in [
            (FIRST, RankGap(None, "a1")),
            (LAST, RankGap("a3", None)),
            (Place(Side.BEFORE, b.id), RankGap("a1", "a2")),
            (Place(Side.AFTER, b.id), RankGap("a2", "a3")),
            (Place(Side.BEFORE, a.id), RankGap(None, "a1")),
            (Place(Side.AFTER, c.id), RankGap("a3", None)),
        ]:
            assert await gap_for(units, project, place) == gap

    async def test_a_task_is_not_in_its_own_way(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        a, b, c = await add_line(units, project, "a1", "a2", "a3")
        assert await gap_for(units, project, FIRST, a) == RankGap(None, "a2", is_current=True)
        assert await gap_for(units, project, LAST, c) == RankGap("a2", None, is_current=True)
        assert await gap_for(units, project, Place(Side.AFTER, a.id), b) == RankGap("a1", "a3", is_current=True)
        assert await gap_for(units, project, Place(Side.BEFORE, c.id), b) == RankGap("a1", "a3", is_current=True)
        assert await gap_for(units, project, Place(Side.BEFORE, c.id), a) == RankGap("a2", "a3")

    async def test_the_only_task_is_at_home_at_both_ends(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        task = await add_task(units, project)
        assert [await gap_for(units, project, place, task) for place in (FIRST, LAST)] == [
            RankGap(None, None, is_current=True)
        ] * 2

    async def test_ranks_are_in_the_order_of_their_bytes(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        _, b, _, d = await add_line(units, project, "Zz", "a0", "a0V", "a0v")
        assert await gap_for(units, project, Place(Side.BEFORE, b.id)) == RankGap("Zz", "a0")
        assert await gap_for(units, project, Place(Side.BEFORE, d.id)) == RankGap("a0V", "a0v")

    async def test_a_task_in_the_trash_keeps_its_place_but_marks_none(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        a, b = await add_line(units, project, "a1", "a2")
        await trash_task(units, b)
        assert await gap_for(units, project, Place(Side.AFTER, a.id)) == RankGap("a1", "a2")
        with pytest.raises(UnknownReference) as refusal:
            await gap_for(units, project, Place(Side.AFTER, b.id))
        assert refusal.value.faults[0].pointer == "/after"

    async def test_only_tasks_of_the_project_mark_a_place(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        elsewhere = await add_task(units, await add_project(units))
        for id in (elsewhere.id, uuid4()):
            with pytest.raises(UnknownReference) as refusal:
                await gap_for(units, project, Place(Side.BEFORE, id))
            assert refusal.value.faults[0].pointer == "/before"

    async def test_each_project_has_its_own_order(self, units: UnitsOfWork) -> None:
        here, there = await add_project(units), await add_project(units)
        await add_line(units, here, "a1")
        await add_line(units, there, "a1", "a2")
        assert await gap_for(units, here, LAST) == RankGap("a1", None)

    async def test_another_change_leaves_a_task_in_its_place(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        tasks = await add_line(units, project, "a2", "a1")
        await change_task(units, tasks[0], title="Other")
        assert await ranks_of(units, project, tasks) == ["a2", "a1"]

    async def test_a_task_that_goes_over_leaves_its_place(self, units: UnitsOfWork) -> None:
        here, there = await add_project(units), await add_project(units)
        _, b = await add_line(units, here, "a1", "a2")
        await take_over(units, b, there)
        assert await gap_for(units, here, LAST) == RankGap("a1", None)
        assert (await gap_for(units, there, FIRST)).high == (await ranks_of(units, there, [b]))[0]


class RankSpaceContract:
    async def test_a_crowd_is_the_nearest_on_each_side_and_what_they_stand_between(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        tasks = await add_line(units, project, "a0", "a1", "a2", "a3", "a4", "a5")
        ids = [task.id for task in tasks]
        gap = RankGap("a2", "a3")
        async with locked(units) as uow:
            assert await uow.order.window(project, gap, reach=1) == RankWindow("a1", "a4", ids[2:4])
            assert await uow.order.window(project, gap, reach=2) == RankWindow("a0", "a5", ids[1:5])
            assert await uow.order.window(project, gap, reach=3) == RankWindow(None, None, ids)
            assert await uow.order.window(project, gap, reach=9) == RankWindow(None, None, ids)

    async def test_a_crowd_at_an_end_has_one_side(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        tasks = await add_line(units, project, "a1", "a2", "a3")
        async with locked(units) as uow:
            assert await uow.order.window(project, RankGap(None, "a1"), reach=1) == RankWindow(None, "a2", [tasks[0].id])
            assert await uow.order.window(project, RankGap("a3", None), reach=1) == RankWindow("a2", None, [tasks[2].id])

    async def test_those_in_the_trash_are_part_of_a_crowd_and_those_of_other_projects_not(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        tasks = await add_line(units, project, "a1", "a2")
        await add_line(units, await add_project(units), "a1", "a11", "a2")
        await trash_task(units, tasks[1])
        async with locked(units) as uow:
            window = await uow.order.window(project, RankGap("a1", "a2"), reach=5)
            assert window.ids == [task.id for task in tasks]

    async def test_a_crowd_takes_other_ranks_even_each_others_and_keeps_its_versions(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        tasks = await add_line(units, project, "a1", "a2", "a3")
        async with locked(units) as uow:
            window = await uow.order.window(project, RankGap("a1", "a2"), reach=1)
            await uow.order.set_ranks(project, window, ["a2", "a1"])
            await uow.commit(None, Reply())
        assert await ranks_of(units, project, tasks) == ["a2", "a1", "a3"]
        assert [(await load_task(units, task.id)).version for task in tasks] == [2, 2, 2]

    async def test_a_crowd_that_was_not_committed_stands_where_it_stood(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        tasks = await add_line(units, project, "a1", "a2")
        async with locked(units) as uow:
            await uow.order.set_ranks(project, await uow.order.window(project, RankGap("a1", "a2"), reach=1), ["a5", "a6"])
        assert await ranks_of(units, project, tasks) == ["a1", "a2"]

    async def test_a_gap_that_is_full_gets_room(self, units: UnitsOfWork) -> None:
        """Two tasks go right behind the first by turns, until no short rank is left there and beyond."""
        project = await add_project(units)
        line = [await add_task(units, project) for _ in range(4)]
        async with locked(units) as uow:
            home = await uow.projects.get(units.workspace_id, project.id)
            for id in islice(cycle([line[2].id, line[1].id]), 401):
                task, _ = await uow.tasks.get_in_project(units.workspace_id, id)
                rank = await rank_at(home, Place(Side.AFTER, line[0].id), task, uow)
                assert rank is not None
                assert len(rank) <= MAX_LENGTH
                await uow.order.set_ranks(home, RankWindow(None, None, [id]), [rank])
            await uow.commit(None, Reply())
        ranks = await ranks_of(units, project, [line[0], line[2], line[1], line[3]])
        assert ranks == sorted(set(ranks))
        assert max(map(len, ranks)) < MAX_REBALANCED_LENGTH

    async def test_a_task_that_makes_room_for_itself_goes_where_it_was_put(self, units: UnitsOfWork) -> None:
        project = await add_project(units)
        full = ["a1" + "0" * (MAX_LENGTH - 3) + "1", "a1" + "0" * (MAX_LENGTH - 3) + "2"]
        a, b, c = await add_line(units, project, *full, "a2")
        async with locked(units) as uow:
            task, home = await uow.tasks.get_in_project(units.workspace_id, c.id)
            rank = await rank_at(home, Place(Side.AFTER, a.id), task, uow)
            task.move(task.content, rank, project=home, now=LATER)
            await uow.commit(task, Reply())
        ranks = await ranks_of(units, project, [a, c, b])
        assert ranks == sorted(set(ranks))
        assert [(await load_task(units, task.id)).version for task in (a, b, c)] == [2, 2, 3]
