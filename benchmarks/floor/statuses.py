"""What a new task begins with, by the workflow of its project. Most projects have the same: each text is read once."""

from functools import lru_cache

import msgspec


class _Status(msgspec.Struct):
    key: str
    category: str


class _Workflow(msgspec.Struct):
    statuses: list[_Status]


@lru_cache(maxsize=1024)
def first_status(workflow: str) -> tuple[str, str]:
    """The key of a workflow's first status, and its category."""
    first = msgspec.json.decode(workflow, type=_Workflow).statuses[0]
    return first.key, first.category
