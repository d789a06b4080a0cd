"""Each filter of tasks as SQL, alone: whoever adds one need not remember to have it looked at."""

import re
from itertools import product

import pytest

from taskhub.tasks.application.queries import NEWEST_FIRST, SortOrder, TaskSort
from taskhub.tasks.infrastructure.queries.filters import _CONDITIONS
from taskhub.tasks.infrastructure.queries.lists import ListShape, list_statement
from taskhub.tasks.infrastructure.queries.search import search_statement

TABLES = r"\b(?:FROM|JOIN) (?:tasks|projects|labels|comments|members)\b"


@pytest.mark.parametrize("name", sorted(_CONDITIONS))
def test_a_condition_names_the_workspace_wherever_it_looks(name: str) -> None:
    for order, searches, deleted in product((NEWEST_FIRST, SortOrder(TaskSort.PRIORITY)), (False, True), (False, True)):
        shape = ListShape(frozenset({name}), order, False, searches, deleted, 51)
        sql = (search_statement if searches else list_statement)(shape).sql
        assert len(re.findall(TABLES, sql)) == len(re.findall(r"\.workspace_id = \$\d+::UUID", sql)), sql
