"""Which rows are remembered, and for how long."""

from typing import Any

from factories.tasks import ProjectFactory, TaskFactory
from support.fakes.clocks import FakeMonotonicClock
from taskhub.kernel.contract.ids import new_id
from taskhub.kernel.infrastructure.cache.row_cache import MAX_CHARACTERS, TTL_SECONDS, RowCache
from taskhub.kernel.infrastructure.unit_of_work.changes import Change, change_of
from taskhub.kernel.infrastructure.unit_of_work.identity_map import INSERT, Tracked
from taskhub.kernel.infrastructure.unit_of_work.mapping import Mapping
from taskhub.tasks.infrastructure.mappings import PROJECTS, TASKS

KEY = ("w", "p")


class Row(tuple[Any, ...]):
    """As the driver's records are: values by position, and by name."""

    __slots__ = ()

    def get(self, name: str) -> Any:
        assert name == "deleted_at"
        return self[-1]


def cache_of(*row: Any, deleted_at: object = None, stopwatch: FakeMonotonicClock | None = None) -> RowCache:
    cache = RowCache(PROJECTS, stopwatch or FakeMonotonicClock())
    cache.put(KEY, Row((*row, deleted_at)))
    return cache


def changed(aggregate: Any, mapping: Mapping[Any]) -> Change:
    """A change of an aggregate, as a commit has it."""
    return change_of(Tracked(aggregate, mapping, INSERT, None, aggregate.version, is_locked=False), new_id())


def test_a_row_is_remembered_under_its_key() -> None:
    cache = cache_of("OPS", 7)
    assert cache.get(KEY) == ("OPS", 7, None)
    assert cache.get(("other", "p")) is None


def test_a_row_that_was_forgotten_is_gone() -> None:
    cache = cache_of("OPS")
    cache.invalidate(KEY)
    assert cache.get(KEY) is None


def test_a_row_in_the_trash_is_not_remembered() -> None:
    assert cache_of("OPS", deleted_at="yesterday").get(KEY) is None


def test_a_row_that_is_not_found_any_more_is_forgotten() -> None:
    cache = cache_of("OPS")
    cache.put(KEY, None)
    assert cache.get(KEY) is None


def test_what_was_mended_by_hand_shows_within_a_minute() -> None:
    stopwatch = FakeMonotonicClock()
    cache = cache_of("OPS", stopwatch=stopwatch)
    stopwatch.seconds += TTL_SECONDS
    assert cache.get(KEY) is None


def test_a_long_row_is_not_remembered() -> None:
    assert cache_of("x" * MAX_CHARACTERS).get(KEY)
    assert cache_of("x" * MAX_CHARACTERS, "y").get(KEY) is None


def test_a_commit_that_changes_a_project_forgets_its_row() -> None:
    project = ProjectFactory()
    cache = RowCache(PROJECTS, FakeMonotonicClock())
    cache.put(PROJECTS.key_of(project), Row(("OPS", None)))
    cache.invalidate_changed([changed(project, PROJECTS)])
    assert cache.get(PROJECTS.key_of(project)) is None


def test_a_commit_that_changes_something_else_under_the_same_key_forgets_no_row() -> None:
    project = ProjectFactory()
    cache = RowCache(PROJECTS, FakeMonotonicClock())
    cache.put(PROJECTS.key_of(project), Row(("OPS", None)))
    cache.invalidate_changed([changed(TaskFactory(id=project.id, workspace_id=project.workspace_id), TASKS)])
    assert cache.get(PROJECTS.key_of(project)) == ("OPS", None)
