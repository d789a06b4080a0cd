"""Each filter of tasks as SQL, alone: whoever adds one need not remember to have it looked at."""

import re
from itertools import product

import pytest

from taskhub.kernel.application.pages import SortOrder
from taskhub.tasks.application.queries import NEWEST_FIRST, TaskSort
from taskhub.tasks.infrastructure.queries.filters import _CONDITIONS, OF_ONE_PROJECT
from taskhub.tasks.infrastructure.queries.lists import ListShape
from taskhub.tasks.infrastructure.queries.past.task_lists import past_list_statement
from taskhub.tasks.infrastructure.queries.tasks import statement_of

TABLES = r"\b(?:FROM|JOIN) (?:tasks|projects|labels|comments|members|external_keys)\b"


@pytest.mark.parametrize("name", sorted(_CONDITIONS))
def test_a_condition_names_the_workspace_wherever_it_looks(name: str) -> None:
    for order, searches, deleted in product((NEWEST_FIRST, SortOrder(TaskSort.PRIORITY)), (False, True), (False, True)):
        shape = ListShape(frozenset({name}), order, False, searches, deleted, 51)
        sql = statement_of(shape).sql
        assert len(re.findall(TABLES, sql)) == len(re.findall(r"\.workspace_id = \$\d+::UUID", sql)), sql


@pytest.mark.parametrize("name", sorted(_CONDITIONS.keys() - {OF_ONE_PROJECT}))
def test_as_of_a_moment_a_condition_looks_at_nothing_of_today(name: str) -> None:
    """Today's tasks are only gone through. A filter that looks at other rows needs another condition for what was."""
    plain, filtered = (
        past_list_statement(ListShape(names, NEWEST_FIRST, False, False, False, 51)).sql
        for names in (frozenset(), frozenset({name}))
    )
    assert (
        len(re.findall(TABLES, filtered))
        == len(re.findall(TABLES, plain))
        == len(re.findall(r"tasks\.workspace_id = ", filtered))
    )
    assert len(re.findall(r"\bFROM (?:events AS|event_streams)", filtered)) == len(
        re.findall(r"\.stream_id = \$\d+::UUID", filtered)
    )
