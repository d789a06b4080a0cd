"""What the parameters of lists ask for."""

from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import parse_qsl
from uuid import UUID, uuid4

import pytest

from taskhub.kernel.api.query_params import QueryParams, parse
from taskhub.kernel.application.pages import SortOrder
from taskhub.kernel.domain.errors import ValidationFailed
from taskhub.tasks.api.identifiers import ResolvedIds
from taskhub.tasks.api.query_params import ProjectListParams, TaskListParams
from taskhub.tasks.application.queries import NEWEST_FIRST, FoundIds, ProjectFilter, ProjectSort, TaskFilter, TaskSort
from taskhub.tasks.contract.references import ProjectKey, TaskKey

ME, SOMEONE, OPS, OPS_1 = (uuid4() for _ in range(4))
NAMES = ResolvedIds(ME, FoundIds({ProjectKey("OPS"): OPS, TaskKey("OPS", 1): OPS_1}, None))
Q = TypeVar("Q", bound=QueryParams)


def read(model: type[Q], query: str) -> Q:
    parsed = parse(model, parse_qsl(query, keep_blank_values=True))
    assert not isinstance(parsed, ValidationFailed), parsed.faults
    return parsed


def asked(query: str) -> TaskFilter:
    return read(TaskListParams, query).filters(NAMES, "UTC")


def refused(query: str) -> set[str | None]:
    parsed = parse(TaskListParams, parse_qsl(query, keep_blank_values=True))
    assert isinstance(parsed, ValidationFailed), query
    return {fault.parameter for fault in parsed.faults}


def test_a_list_without_parameters_shows_all_that_is_not_in_the_trash_newest_first() -> None:
    query = read(TaskListParams, "")
    assert (query.filters(NAMES, "UTC"), query.order, query.limit) == (TaskFilter(), NEWEST_FIRST, 50)


def test_a_repeated_filter_collects() -> None:
    assert asked("priority=high&priority=urgent&status=todo").priorities == (3, 4)


def test_me_is_the_caller_and_none_is_nobody() -> None:
    chosen = asked(f"assignee_id=me&assignee_id={SOMEONE}&assignee_id=none")
    assert (chosen.assignee_ids, chosen.unassigned) == ((ME, SOMEONE), True)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("2026-11-20T01:30:00%2B02:00", datetime(2026, 11, 19, 23, 30, tzinfo=UTC)),
        ("2026-11-20T01:30:00.5Z", datetime(2026, 11, 20, 1, 30, 0, 500_000, tzinfo=UTC)),
    ],
)
def test_bounds_are_instants_and_a_date_stands_for_its_beginning(text: str, instant: datetime) -> None:
    for name in ("due_before", "due_after", "created_before", "created_after", "updated_before", "updated_after"):
        asked_for = getattr(asked(f"{name}={text}"), name)
        assert (asked_for.instant if name.startswith("due") else asked_for) == instant


@pytest.mark.parametrize(
    "query",
    [
        "due_before=tomorrow",
        "due_before=2026-13-01",
        "due_after=2026-02-30",
        "due_after=0000-01-01",
        "created_after=yesterday",
        "created_before=2026-02-30",
        "updated_after=10000-01-01",
        "updated_before=2026-11-20T01:30:00",
        "updated_before=2026-11-20&updated_before=2026-11-21",
        "created_after=2026-11-20&created_after=2026-11-20",
        "due_after=2026-11-20&due_after=2026-11-21",
        "time_zone=Mars",
        "time_zone=UTC&time_zone=Europe/Berlin",
        "due_before=2026-11-20T01:30:00",
        "due_before=1700000000",
        "due_before=0001-01-01T00:00:00%2B05:00",
        "ids=42",
        "ids=" + "0" * 32,
        "blocks=none",
        "blocks=OPS-0",
        "parent_id=OPS",
        "ids=OPS-1000000000",
        "ids=ÖPS-1",
        "project_id=OPS-1",
        "project_id=O",
        "not_assignee_id=You",
        "not_label_id=OPS-1",
        "not_priority=High",
        "not_status=TO%20DO",
        "ids=" + "&ids=".join(str(UUID(int=number)) for number in range(201)),
        "assignee_id=You",
        "priority=High",
        "status=TO%20DO",
        "status_category=doing",
        "closed=1",
        "deleted=",
        "q=",
        "q=%20%09",
        "q=!!!%20-",
        "q=" + "a" * 501,
        "q=%C2%AD%E2%80%8B",
        "sort=title",
        "sort=--due",
        "sort=%2Bdue",
        "offset=3",
        "as_of=2026-11-20",
    ],
)
def test_what_is_malformed_is_refused_by_its_name(query: str) -> None:
    assert refused(query) == {query.partition("=")[0]}


def test_keys_stand_for_ids_in_any_case() -> None:
    chosen = asked("ids=ops-1&project_id=oPs&parent_id=OPS-1&parent_id=none&blocks=OPS-1")
    assert (chosen.ids, chosen.project_ids, chosen.parent_ids, chosen.blocks) == ((OPS_1,), (OPS,), (OPS_1,), (OPS_1,))
    assert chosen.top_level


def test_a_key_that_was_never_given_stands_for_an_id_that_nothing_can_have() -> None:
    unknown, *others = asked("ids=WEB-1&ids=WEB-2&ids=web-1").ids
    assert unknown.version == 5
    assert [id == unknown for id in others] == [False, True]


def test_what_is_not_to_be_collects_too() -> None:
    chosen = asked(f"not_status=done&not_status=todo&not_priority=low&not_assignee_id=me&not_assignee_id=none&not_label_id={OPS}")
    assert (chosen.not_statuses, chosen.not_priorities) == (("done", "todo"), (1,))
    assert (chosen.not_assignee_ids, chosen.assigned) == ((ME,), True)
    assert (chosen.not_label_ids, chosen.labelled) == ((OPS,), False)


def test_an_unknown_but_well_formed_status_may_be_asked_for() -> None:
    assert asked("status=in_review&status=qa-2").statuses == ("in_review", "qa-2")


def test_200_ids_may_be_asked_for() -> None:
    assert len(asked("&".join(f"ids={UUID(int=number)}" for number in range(200))).ids) == 200


@pytest.mark.parametrize("sort", TaskSort)
def test_every_order_has_two_directions(sort: TaskSort) -> None:
    assert read(TaskListParams, f"sort={sort.value}").order == SortOrder(sort)
    assert read(TaskListParams, f"sort=-{sort.value}").order == SortOrder(sort, descending=True)


def test_projects_are_listed_by_name_archived_or_not() -> None:
    query = read(ProjectListParams, "")
    assert (query.filters, query.order) == (ProjectFilter(), SortOrder(ProjectSort.NAME))
    assert read(ProjectListParams, "archived=false&deleted=true").filters == ProjectFilter(archived=False, deleted=True)
