"""The SQL of lists, in every shape that it can take."""

import re
from itertools import product

import pytest

from taskhub.kernel.application.pages import SortOrder
from taskhub.tasks.application.queries import ProjectFilter, ProjectSort, TaskSort
from taskhub.tasks.infrastructure.queries.lists import ListShape, list_statement
from taskhub.tasks.infrastructure.queries.projects import project_list_statement
from taskhub.tasks.infrastructure.queries.tasks import statement_of

FILTERS = (
    frozenset[str](),
    frozenset({"statuses", "project_ids"}),
    frozenset({"ids", "assignee_ids_or_none", "open", "due_before"}),
    frozenset({"project", "label_ids", "top_level"}),
    frozenset({"unblocked", "blocks", "parent_ids"}),
    frozenset({"label_ids", "assignee_ids", "closed"}),
)
ORDERS = [SortOrder(sort, descending) for sort in TaskSort for descending in (False, True)]


def statements() -> list[tuple[str, str]]:
    flags = [(a, b, c) for a, b, c in product((False, True), repeat=3)]
    shapes = [ListShape(conditions, order, *flag, 51) for conditions, order, flag in product(FILTERS, ORDERS, flags)]
    return [(str(shape), statement_of(shape).sql) for shape in shapes]


STATEMENTS = statements()


def test_every_look_at_tasks_names_the_workspace() -> None:
    for shape, sql in STATEMENTS:
        looks = len(re.findall(r"(?:FROM|JOIN) (?:tasks|projects)\b", sql))
        assert looks
        assert len(re.findall(r"\.workspace_id = \$\d+::UUID", sql)) == looks, shape


def test_a_position_is_one_comparison_of_rows() -> None:
    for shape, sql in STATEMENTS:
        if "follows=True" in shape:
            assert re.search(r"AND \(.*\) [<>] \(.*\$\d+::", sql), shape
            assert " OR " not in sql or "_or_none" in shape, shape


def test_the_planner_knows_how_long_a_list_is() -> None:
    assert all(re.search(r"LIMIT 51\) AS \w+", sql) for shape, sql in STATEMENTS if "searches=True, deleted=True" not in shape)


def test_no_list_is_numbered_through() -> None:
    """`OFFSET 0` skips nothing: it keeps the planner from mixing two parts of a statement."""
    assert not any(re.search(r"OFFSET (?!0\b)", sql) for _, sql in STATEMENTS)


def test_a_list_that_is_filtered_is_found_before_its_rows_are_read() -> None:
    sql = list_statement(ListShape(frozenset({"statuses"}), SortOrder(TaskSort.CREATED_AT), False, False, False, 51)).sql
    assert re.search(r"FROM \(SELECT tasks.id AS id, tasks.created_at AS created_at\s+FROM tasks", sql)
    assert "JOIN LATERAL" in sql


def test_rows_are_looked_up_one_by_one_never_joined_as_whole_workspaces() -> None:
    counts = [(sql.count("JOIN LATERAL"), len(re.findall(r"LIMIT 1\) AS task ON true", sql))) for _, sql in STATEMENTS]
    assert any(laterals for laterals, _ in counts)
    assert all(laterals == single for laterals, single in counts)


@pytest.mark.parametrize("order", [SortOrder(sort, descending) for sort in ProjectSort for descending in (False, True)])
def test_every_list_of_projects_names_the_workspace_and_leaves_out_what_was_purged(order: SortOrder[ProjectSort]) -> None:
    for archived, deleted, goes_on in product((None, True, False), (False, True), (False, True)):
        sql = project_list_statement(ProjectFilter(archived, deleted), order, goes_on).sql
        assert re.search(r"projects\.workspace_id = \$\d+::UUID", sql)
        assert "projects.purged_at IS NULL" in sql
