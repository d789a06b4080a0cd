"""The trees of subtasks and the graph of blockers of one workspace, replayed from its event log."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from math import inf
from typing import Any

from support.harness.event_log import Event, commits_in

Edge = tuple[str, str]
"""From a subtask to the one above, or from a task to one that blocks it."""
Span = tuple[float, float]
"""A part of the log: from the first of these numbers up to, and without, the second."""

PARENTS, BLOCKERS = "parents", "blockers"
MAX_LEVELS = 5


class GraphHistory:
    """Attributes:
    tasks: what each task looks like after the last event.
    lifetimes: when each edge was there.
    """

    def __init__(self) -> None:
        self.tasks: dict[str, dict[str, Any]] = {}
        self.lifetimes: dict[str, defaultdict[Edge, list[Span]]] = {PARENTS: defaultdict(list), BLOCKERS: defaultdict(list)}

    @classmethod
    def replayed(cls, log: Iterable[Event]) -> "GraphHistory":
        """Replays a log, and checks the invariants after each commit.

        Raises:
            AssertionError
        """
        graphs = cls()
        for commit in commits_in(event for event in log if event["entity_type"] == "task"):
            for event in commit:
                graphs._take(event["snapshot"], commit[-1]["seq"])
            graphs._check()
        return graphs

    def is_cycle(self, kind: str, path: Sequence[str], wanted: set[Edge], window: Span) -> bool:
        """Whether the first edge of a path is one that was wanted, which all others would have closed to a cycle: at one and the
        same moment in the window they were there, or wanted too.
        """
        first, *others = pairwise(path)
        moments = [window]
        for edge in others:
            if edge not in wanted:
                moments = _in_both(moments, self.lifetimes[kind][edge])
        return path[0] == path[-1] and first in wanted and bool(moments)

    def _take(self, after: dict[str, Any], seq: int) -> None:
        before = self.tasks.get(after["id"])
        self.tasks[after["id"]] = after
        for kind, lifetimes in self.lifetimes.items():
            was, is_now = _edges(kind, before), _edges(kind, after)
            for edge in was - is_now:
                lifetimes[edge][-1] = (lifetimes[edge][-1][0], seq)
            for edge in is_now - was:
                lifetimes[edge].append((seq, inf))

    def _check(self) -> None:
        assert _is_acyclic({id: _parents(task) for id, task in self.tasks.items()})
        assert _is_acyclic({id: task["blocked_by_ids"] for id, task in self.tasks.items()})
        for id, task in self.tasks.items():
            assert self._level(id) <= MAX_LEVELS
            if task["parent_id"] is not None:
                parent = self.tasks[task["parent_id"]]
                assert task["project_id"] == parent["project_id"]
                assert task["deleted_at"] is not None or parent["deleted_at"] is None

    def _level(self, id: str) -> int:
        parent_id = self.tasks[id]["parent_id"]
        return 1 if parent_id is None else 1 + self._level(parent_id)


def _parents(task: dict[str, Any]) -> list[str]:
    return [] if task["parent_id"] is None else [task["parent_id"]]


def _edges(kind: str, task: dict[str, Any] | None) -> set[Edge]:
    if task is None:
        return set()
    return {(task["id"], id) for id in (_parents(task) if kind == PARENTS else task["blocked_by_ids"])}


def _is_acyclic(graph: dict[str, list[str]]) -> bool:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError:
        return False
    return True


def _in_both(some: list[Span], others: list[Span]) -> list[Span]:
    pairs = ((max(a[0], b[0]), min(a[1], b[1])) for a in some for b in others)
    return [(start, end) for start, end in pairs if start < end]
