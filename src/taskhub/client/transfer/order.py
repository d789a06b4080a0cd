"""Bringing things into an order with as few moves as there can be."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any


def moves(present: Sequence[str], wanted: Sequence[str]) -> list[tuple[str, dict[str, Any]]]:
    """Each thing that has to move, and its place. Both sequences have the same things.

    Those that stay are the longest part that is in order already. Every other one goes behind the one that precedes it.
    """
    at = {id: index for index, id in enumerate(present)}
    staying = {wanted[index] for index in _longest_increasing([at[id] for id in wanted])}
    result: list[tuple[str, dict[str, Any]]] = []
    for index, id in enumerate(wanted):
        if id not in staying:
            result.append((id, {"after": wanted[index - 1]} if index else {"to": "first"}))
    return result


def _longest_increasing(numbers: Sequence[int]) -> list[int]:
    """The indices of the longest increasing subsequence of different numbers."""
    ends: list[int] = []
    indices: list[int] = []
    before: list[int | None] = []
    for index, number in enumerate(numbers):
        place = bisect_left(ends, number)
        before.append(indices[place - 1] if place else None)
        ends[place : place + 1] = [number]
        indices[place : place + 1] = [index]
    found: list[int] = []
    last = indices[-1] if indices else None
    while last is not None:
        found.append(last)
        last = before[last]
    return found[::-1]
