"""Rule 18: repositories in memory behave like those on PostgreSQL."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from taskhub.kernel.application.commands import Context, Reply
from taskhub.kernel.domain.aggregate import Aggregate
from taskhub.kernel.domain.errors import DomainError
from taskhub.testing.conformance.resources import Fake
from taskhub.testing.conformance.rules import Report, checks
from taskhub.testing.conformance.service import Service

Step = Callable[[None, Any], Awaitable[Any]]
Run = Callable[[Step], Awaitable[Any]]
SECTION = "docs/extending.md, “4. The use case”"


class FakeCase(NamedTuple):
    """A fake, and the module whose repository it stands for."""

    service: Service
    module: str
    fake: Fake


class NotCommitted(Exception):
    """Ends a unit of work without a commit."""


@checks(
    18,
    "A repository in memory does what the one on PostgreSQL does: what is committed is there, what is not never was; "
    "what is missing or of another workspace is NotFound, another version StaleVersion, a used id IdTaken; a change adds 1 to"
    " the version.",
    section=SECTION,
)
async def a_fake_behaves_like_the_repository(case: FakeCase, report: Report) -> None:
    fake = case.fake
    runner = case.service.container.modules[case.module].runner()
    store = fake.store()

    async def on_postgres(step: Step) -> Any:
        return await runner.perform(step, None, Context())

    async def in_memory(step: Step) -> Any:
        async with fake.unit_of_work(store) as uow:
            result = await step(None, uow)
            await uow.commit(result, Reply())
            return result

    seen = {"on PostgreSQL": await _behaviour(fake, on_postgres), "in memory": await _behaviour(fake, in_memory)}
    expected = seen["on PostgreSQL"]
    for what, outcome in seen["in memory"].items():
        report.same(f"{fake.repository} in memory: {what} (as on PostgreSQL)", outcome, expected[what])


async def _behaviour(fake: Fake, run: Run) -> dict[str, Any]:
    """What comes of the same steps, told so that it can be compared."""
    workspace_id, id = uuid4(), uuid4()
    steps = _Steps(fake, workspace_id)
    outcomes: dict[str, Any] = {
        "a thing that was added and not committed": await _outcome(run, steps.adding(id, commits=False)),
        "is found": await _outcome(run, steps.reading(id)),
        "a thing that was added": await _outcome(run, steps.adding(id)),
        "that thing": await _outcome(run, steps.reading(id)),
        "a thing that is missing": await _outcome(run, steps.reading(uuid4())),
        "a thing in another workspace": await _outcome(run, _Steps(fake, uuid4()).reading(id)),
        "a thing at a version that is expected": await _outcome(run, steps.reading(id, expected=frozenset({1, 7}))),
        "a thing at another version": await _outcome(run, steps.reading(id, expected=frozenset({7}))),
        "a thing that is read twice in one unit of work": await _outcome(run, steps.reading_twice(id)),
        "a change that was not committed": await _outcome(run, steps.changing(id, commits=False)),
        "the thing after a change that was not committed": await _outcome(run, steps.reading(id)),
        "a change": await _outcome(run, steps.changing(id)),
        "the thing after the change": await _outcome(run, steps.reading(id)),
        "the same change again": await _outcome(run, steps.changing(id)),
        "the thing after what changed nothing": await _outcome(run, steps.reading(id)),
        "an id that is used": await _outcome(run, steps.adding(id)),
        "the same id in another workspace": await _outcome(run, _Steps(fake, uuid4()).adding(id)),
    }
    if fake.remove is not None:
        outcomes["a thing that is removed"] = await _outcome(run, steps.removing(id))
        outcomes["what is left of it"] = await _outcome(run, steps.reading(id))
    return outcomes


class _Steps:
    def __init__(self, fake: Fake, workspace_id: UUID) -> None:
        self._fake = fake
        self._workspace_id = workspace_id

    def _repository(self, uow: Any) -> Any:
        return getattr(uow, self._fake.repository)

    def adding(self, id: UUID, *, commits: bool = True) -> Step:
        async def step(_: None, uow: Any) -> None:
            self._repository(uow).add(self._fake.new(self._workspace_id, id))
            _end(commits=commits)

        return step

    def reading(self, id: UUID, expected: frozenset[int] | None = None) -> Step:
        async def step(_: None, uow: Any) -> Any:
            return _told(await self._repository(uow).get(self._workspace_id, id, expected=expected))

        return step

    def reading_twice(self, id: UUID) -> Step:
        async def step(_: None, uow: Any) -> Any:
            one, other = [await self._repository(uow).get(self._workspace_id, id) for _ in range(2)]
            return "the same" if one is other else "two different ones"

        return step

    def changing(self, id: UUID, *, commits: bool = True) -> Step:
        async def step(_: None, uow: Any) -> None:
            self._fake.change(await self._repository(uow).get(self._workspace_id, id))
            _end(commits=commits)

        return step

    def removing(self, id: UUID) -> Step:
        async def step(_: None, uow: Any) -> None:
            repository = self._repository(uow)
            found = await repository.get(self._workspace_id, id)
            assert self._fake.remove is not None
            self._fake.remove(found)
            repository.remove(found)

        return step


_IDS = re.compile(r"UUID\('[^']*'\)")


def _told(aggregate: Aggregate) -> str:
    """The state of a thing, but for ids and instants, which are never the same."""
    state = {name: value for name, value in vars(aggregate).items() if not name.startswith("_") and name != "event"}
    return _IDS.sub("id", repr({name: value for name, value in state.items() if not isinstance(value, datetime)}))


def _end(*, commits: bool) -> None:
    if not commits:
        raise NotCommitted


async def _outcome(run: Run, step: Step) -> Any:
    try:
        return await run(step)
    except (DomainError, NotCommitted) as refusal:
        return type(refusal).__name__
