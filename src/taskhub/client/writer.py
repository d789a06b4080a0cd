"""Many writes, in batches: all of a batch or none, each batch once. A write that is refused is left out of its batch."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from taskhub.client.errors import Refused
from taskhub.client.workspace import Workspace

MAX_OPERATIONS = 100
MAX_BYTES = 900_000
"""Of the operations of a batch: a request may have 1 MiB."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A write below the workspace. ``about``: what the person who started it calls the thing."""

    method: str
    path: str
    body: Any = None
    about: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"method": self.method, "path": self.path, **({} if self.body is None else {"body": self.body})}


@dataclass(frozen=True, slots=True)
class Refusal:
    operation: Operation
    why: str
    code: str


@dataclass(frozen=True, slots=True)
class Result:
    operation: Operation
    status: int
    body: Any


def write(
    workspace: Workspace, operations: Iterable[Operation], progress: Callable[[int], None], *, dry_run: bool = False
) -> tuple[list[Result], list[Refusal]]:
    """What was answered, and what was refused. With ``dry_run`` nothing is changed, and each batch is asked for alone.

    Raises:
        ClientError: a batch was refused as a whole.
    """
    results: list[Result] = []
    refusals: list[Refusal] = []
    for batch in batches(operations):
        _write_batch(workspace, batch, results, refusals, dry_run=dry_run)
        progress(len(batch))
    return results, refusals


def _write_batch(
    workspace: Workspace, batch: Sequence[Operation], results: list[Result], refusals: list[Refusal], *, dry_run: bool
) -> None:
    left = [*batch]
    while left:
        body = {"operations": [operation.as_json() for operation in left]}
        try:
            answer = workspace.send("POST", "batch", body, dry_run=dry_run or None).body
        except Refused as refused:
            index = refused.problem.get("operation")
            if not isinstance(index, int):
                raise
            refusals.append(Refusal(left.pop(index), str(refused), refused.code))
        else:
            answered = (answer["body"] if dry_run else answer)["results"]
            results += [Result(one, result["status"], result["body"]) for one, result in zip(left, answered, strict=True)]
            return


def length(operation: Operation) -> int:
    """In bytes, as it is sent."""
    return len(json.dumps(operation.as_json()))


def batches(operations: Iterable[Operation]) -> Iterator[list[Operation]]:
    batch: list[Operation] = []
    size = 0
    for operation in operations:
        if batch and (len(batch) == MAX_OPERATIONS or size + length(operation) > MAX_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(operation)
        size += length(operation)
    if batch:
        yield batch
