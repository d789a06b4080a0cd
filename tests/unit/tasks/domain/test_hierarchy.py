"""Which task may stand under which."""

from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.harness.properties import deterministic
from taskhub.kernel.domain.errors import UnknownReference
from taskhub.tasks.domain.errors import Cycle, TooDeep
from taskhub.tasks.domain.hierarchy import MAX_LEVELS, Hierarchy, Node

HOME, ELSEWHERE = uuid4(), uuid4()


def node(parent: UUID | None = None, *, id: UUID | None = None, project_id: UUID = HOME, is_live: bool = True) -> Node:
    return Node(id or uuid4(), parent, project_id, is_live)


def line(levels: int) -> list[Node]:
    """Tasks of which each is the parent of the next."""
    nodes = [node()]
    while len(nodes) < levels:
        nodes.append(node(nodes[-1].id))
    return nodes


def under(child: Node, parent: Node | None) -> Node:
    return node(parent.id if parent else None, id=child.id)


def test_a_task_may_stand_under_none() -> None:
    Hierarchy().check(node())


def test_a_task_may_stand_under_another_of_its_project() -> None:
    parent = node()
    Hierarchy([parent]).check(node(parent.id))


def test_a_parent_has_to_be_there_and_the_refusal_points_at_it() -> None:
    with pytest.raises(UnknownReference) as refusal:
        Hierarchy([node()]).check(node(uuid4()))
    assert refusal.value.faults[0].pointer == "/parent_id"


@pytest.mark.parametrize("parent", [node(is_live=False), node(project_id=ELSEWHERE)])
def test_what_is_in_the_trash_or_in_another_project_takes_no_new_subtasks(parent: Node) -> None:
    with pytest.raises(UnknownReference):
        Hierarchy([parent]).check(node(parent.id))


def test_five_levels_are_as_deep_as_it_gets() -> None:
    nodes = line(MAX_LEVELS)
    Hierarchy(nodes[:-1]).check(nodes[-1])
    with pytest.raises(TooDeep):
        Hierarchy(nodes).check(node(nodes[-1].id))


def test_what_is_below_a_task_counts_too() -> None:
    upper, lower = line(3), line(3)
    hierarchy = Hierarchy([*upper, *lower])
    hierarchy.check(under(lower[0], upper[1]))
    with pytest.raises(TooDeep):
        hierarchy.check(under(lower[0], upper[2]))


def test_the_deepest_branch_counts() -> None:
    top, (root, *_, leaf) = line(MAX_LEVELS - 2), line(2)
    hierarchy = Hierarchy([*top, root, node(root.id), leaf])
    hierarchy.check(under(root, top[-1]))
    hierarchy.put(node(leaf.id))
    with pytest.raises(TooDeep):
        hierarchy.check(under(root, top[-1]))


def test_no_task_stands_under_itself() -> None:
    it = node()
    with pytest.raises(Cycle) as refusal:
        Hierarchy([it]).check(under(it, it))
    assert refusal.value.extra["path"] == [it.id, it.id]


def test_a_cycle_is_told_from_the_task_up_to_itself() -> None:
    nodes = line(4)
    with pytest.raises(Cycle) as refusal:
        Hierarchy(nodes).check(under(nodes[0], nodes[3]))
    assert refusal.value.extra["path"] == [nodes[0].id, nodes[3].id, nodes[2].id, nodes[1].id, nodes[0].id]


def test_a_cycle_is_told_without_what_is_above_it() -> None:
    nodes = line(4)
    with pytest.raises(Cycle) as refusal:
        Hierarchy(nodes).check(under(nodes[1], nodes[2]))
    assert refusal.value.extra["path"] == [nodes[1].id, nodes[2].id, nodes[1].id]


def test_changes_count_in_their_order() -> None:
    """Two tasks may change places, if the upper one goes first."""
    upper, lower = line(2)
    hierarchy = Hierarchy([upper, lower])
    with pytest.raises(Cycle):
        hierarchy.check(under(upper, lower))
    hierarchy.put(under(lower, None))
    hierarchy.check(under(upper, lower))


def test_a_task_that_went_away_makes_its_former_parent_less_deep() -> None:
    nodes = line(MAX_LEVELS)
    hierarchy, parent = Hierarchy(nodes), node()
    hierarchy.put(parent)
    with pytest.raises(TooDeep):
        hierarchy.check(under(nodes[0], parent))
    hierarchy.put(under(nodes[-1], None))
    hierarchy.check(under(nodes[0], parent))


def test_a_task_that_was_just_made_may_be_a_parent() -> None:
    hierarchy, new = Hierarchy(), node()
    hierarchy.put(new)
    hierarchy.check(node(new.id))


@deterministic
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=10, max_size=80))
def test_whatever_is_let_through_leaves_trees_and_every_cycle_told_is_one(edges: list[tuple[int, int]]) -> None:
    nodes = [node() for _ in range(10)]
    hierarchy = Hierarchy(nodes)
    parent_of: dict[UUID, UUID | None] = {node.id: None for node in nodes}
    for child, parent in edges:
        wanted = under(nodes[child], nodes[parent])
        try:
            hierarchy.check(wanted)
        except Cycle as refusal:
            path = refusal.extra["path"]
            assert path[:2] == [wanted.id, wanted.parent_id]
            assert path[-1] == wanted.id
            assert all(parent_of[below] == above for below, above in pairwise(path[1:]))
        except TooDeep:
            pass
        else:
            hierarchy.put(wanted)
            parent_of[wanted.id] = wanted.parent_id
    assert all(len(ancestry(id, parent_of)) <= MAX_LEVELS for id in parent_of)


def ancestry(id: UUID, parent_of: dict[UUID, UUID | None]) -> list[UUID]:
    """A task and those above it, as far as more than there may be."""
    found = [id]
    while (above := parent_of[found[-1]]) is not None and len(found) <= MAX_LEVELS:
        found.append(above)
    return found
