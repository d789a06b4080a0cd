"""Which task may wait for which."""

from collections import deque
from collections.abc import Mapping
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.harness.properties import deterministic
from taskhub.kernel.domain.errors import UnknownReference
from taskhub.tasks.domain.blockers import Blockers
from taskhub.tasks.domain.errors import MAX_IN_PATH, Cycle

A, B, C, D, E = (uuid4() for _ in range(5))
EVERYONE = (A, B, C, D, E)


def graph(blocked_by: Mapping[UUID, tuple[UUID, ...]] | None = None) -> Blockers:
    return Blockers(blocked_by, EVERYONE)


def path_of(refusal: pytest.ExceptionInfo[Cycle]) -> list[UUID]:
    path: list[UUID] = refusal.value.extra["path"]
    return path


def test_a_task_may_wait_for_others() -> None:
    blockers = graph()
    blockers.block(A, (B, C), before=())
    assert blockers.blocked_by[A] == (B, C)


def test_no_task_waits_for_itself() -> None:
    with pytest.raises(Cycle) as refusal:
        graph().block(A, (A,), before=())
    assert path_of(refusal) == [A, A]


def test_two_tasks_do_not_wait_for_each_other() -> None:
    with pytest.raises(Cycle) as refusal:
        graph({B: (A,)}).block(A, (B,), before=())
    assert path_of(refusal) == [A, B, A]


def test_a_cycle_is_told_from_blocked_to_blocker() -> None:
    with pytest.raises(Cycle) as refusal:
        graph({B: (C,), C: (D,), D: (A,)}).block(A, (B,), before=())
    assert path_of(refusal) == [A, B, C, D, A]


@pytest.mark.parametrize("forks", [(C, E), (E, C)])
def test_the_shortest_cycle_is_told(forks: tuple[UUID, ...]) -> None:
    with pytest.raises(Cycle) as refusal:
        graph({B: forks, C: (D,), D: (A,), E: (A,)}).block(A, (B,), before=())
    assert path_of(refusal) == [A, B, E, A]


def test_ways_that_meet_again_are_no_cycle() -> None:
    graph({A: (B, C), B: (D,), C: (D,)}).block(D, (E,), before=())


def test_a_long_cycle_is_told_as_far_as_there_is_room() -> None:
    ids = [uuid4() for _ in range(2 * MAX_IN_PATH)]
    with pytest.raises(Cycle) as refusal:
        Blockers({id: (blocker,) for id, blocker in pairwise(ids)}, ids).block(ids[-1], (ids[0],), before=())
    assert path_of(refusal) == [ids[-1], *ids[: MAX_IN_PATH - 1]]


def test_a_blocker_has_to_be_there_and_the_refusal_points_at_it() -> None:
    with pytest.raises(UnknownReference) as refusal:
        graph().block(A, (B, uuid4(), C, uuid4()), before=())
    assert [fault.pointer for fault in refusal.value.faults] == ["/blocked_by_ids/1", "/blocked_by_ids/3"]


def test_a_task_in_the_trash_comes_to_block_none() -> None:
    with pytest.raises(UnknownReference):
        Blockers({B: ()}, [A]).block(A, (B,), before=())


def test_a_way_through_the_trash_is_a_way() -> None:
    """Whoever takes the task out of the trash would otherwise close the cycle."""
    with pytest.raises(Cycle):
        Blockers({B: (C,), C: (A,)}, [A, B]).block(A, (B,), before=())


def test_a_blocker_that_is_kept_is_not_looked_at_again() -> None:
    blockers = Blockers({}, [A, C])
    blockers.block(A, (B, C), before=(B,))
    assert blockers.blocked_by[A] == (B, C)


def test_a_task_may_lose_blockers_whatever_they_are() -> None:
    blockers = Blockers({A: (B, C)}, [])
    blockers.block(A, (C,), before=(B, C))
    assert blockers.blocked_by[A] == (C,)


def test_changes_count_in_their_order() -> None:
    """Two tasks may change places, if the one that waits is freed first."""
    blockers = graph({A: (B,)})
    with pytest.raises(Cycle):
        blockers.block(B, (A,), before=())
    blockers.block(A, (), before=(B,))
    blockers.block(B, (A,), before=())


def test_what_is_refused_leaves_no_edge() -> None:
    blockers = graph({B: (A,)})
    with pytest.raises(Cycle):
        blockers.block(A, (C, B), before=())
    assert A not in blockers.blocked_by


def test_a_task_that_was_just_made_may_block_others() -> None:
    blockers, new = graph(), uuid4()
    blockers.block(new, (), before=())
    blockers.block(A, (new,), before=())


def test_two_that_are_made_together_do_not_wait_for_each_other() -> None:
    blockers, new = graph(), uuid4()
    blockers.block(new, (A,), before=())
    with pytest.raises(Cycle):
        blockers.block(A, (new,), before=())


@deterministic
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=20, max_size=60))
def test_whatever_is_let_through_has_no_cycle_and_every_cycle_told_is_a_shortest(edges: list[tuple[int, int]]) -> None:
    ids = [uuid4() for _ in range(8)]
    blockers, links = Blockers({}, ids), {id: set[UUID]() for id in ids}
    for one, other in edges:
        id, blocker = ids[one], ids[other]
        before = tuple(links[id])
        distance = steps(links, blocker, id)
        try:
            blockers.block(id, (*before, blocker) if blocker not in before else before, before=before)
        except Cycle as refusal:
            path = refusal.extra["path"]
            assert path[:2] == [id, blocker]
            assert path[-1] == id
            assert all(following in links[each] for each, following in pairwise(path[1:]))
            assert len(path) - 2 == distance
        else:
            assert distance is None or blocker in before
            links[id].add(blocker)


def steps(links: Mapping[UUID, set[UUID]], origin: UUID, target: UUID) -> int | None:
    """How far it is from one to another; None where no way leads there."""
    distances, queue = {origin: 0}, deque([origin])
    while queue:
        id = queue.popleft()
        for following in links[id] - distances.keys():
            distances[following] = distances[id] + 1
            queue.append(following)
    return distances.get(target)
