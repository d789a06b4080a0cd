"""Cursors are good for the list that they were made for, as they were made, and for nothing else."""

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import parse_qsl
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from taskhub.kernel.api.cursors import CursorSigner, next_link
from taskhub.kernel.api.problems import InvalidCursor
from taskhub.kernel.api.query_params import Pairs

KEY, OTHER_KEY = b"a key of the service", b"a newer key of the service"
PATH = "/v1/workspaces/w/tasks"
SIGNER = CursorSigner([KEY])
NONE: Pairs = []
POSITION = [datetime(2026, 3, 1, 12, tzinfo=UTC), UUID(int=7)]


def asked(query: str) -> Pairs:
    return parse_qsl(query)


values = st.lists(st.none() | st.integers(-(2**31), 2**31) | st.text() | st.datetimes(timezones=st.just(UTC)), max_size=3)


@given(values)
def test_a_position_comes_back(position: list[object]) -> None:
    read = SIGNER.read(SIGNER.make(position, PATH, asked("sort=due")), PATH, asked("sort=due"))
    assert read == [str(p.isoformat()).replace("+00:00", "Z") if isinstance(p, datetime) else p for p in position]


@given(st.data())
def test_no_character_can_be_changed(data: st.DataObject) -> None:
    cursor = SIGNER.make(POSITION, PATH, NONE)
    place = data.draw(st.integers(0, len(cursor) - 1))
    other = data.draw(st.sampled_from("ABCxyz019-_=+/ \x00é") | st.characters())
    assume(other != cursor[place])
    with pytest.raises(InvalidCursor):
        SIGNER.read(cursor[:place] + other + cursor[place + 1 :], PATH, NONE)


@given(st.text(max_size=200))
def test_nothing_made_up_is_a_cursor(text: str) -> None:
    with pytest.raises(InvalidCursor):
        SIGNER.read(text, PATH, NONE)


@pytest.mark.parametrize("change", [lambda c: c[:-1], lambda c: c[1:], lambda c: c + "A", lambda c: c + "=", lambda c: " " + c])
def test_nothing_can_be_added_or_taken_away(change: Callable[[str], str]) -> None:
    with pytest.raises(InvalidCursor):
        SIGNER.read(change(SIGNER.make(POSITION, PATH, NONE)), PATH, NONE)


def test_the_page_size_may_change_during_a_walk() -> None:
    cursor = SIGNER.make(POSITION, PATH, asked("sort=due&limit=2"))
    assert SIGNER.read(cursor, PATH, asked("limit=100&cursor=abc&sort=due"))


def test_the_order_of_filters_means_nothing() -> None:
    assert SIGNER.read(SIGNER.make(POSITION, PATH, asked("status=a&status=b&q=c")), PATH, asked("q=c&status=b&status=a"))


@pytest.mark.parametrize("query", ["", "sort=due", "sort=-due&q=a", "sort=-due&q=a%26b=c", "sort=-due&q=a&b=c&b=c"])
def test_another_filter_or_sort_is_another_list(query: str) -> None:
    cursor = SIGNER.make(POSITION, PATH, asked("sort=-due&q=a&b=c"))
    with pytest.raises(InvalidCursor):
        SIGNER.read(cursor, PATH, asked(query))


def test_a_line_break_in_a_value_is_not_another_parameter() -> None:
    cursor = SIGNER.make(POSITION, PATH, asked("a=1%0Ab=2"))
    with pytest.raises(InvalidCursor):
        SIGNER.read(cursor, PATH, asked("a=1&b=2"))


def test_another_path_is_another_list() -> None:
    with pytest.raises(InvalidCursor):
        SIGNER.read(SIGNER.make(POSITION, PATH, NONE), PATH + "x", NONE)


def test_a_walk_survives_a_new_key_but_not_a_foreign_one() -> None:
    cursor = SIGNER.make(POSITION, PATH, NONE)
    assert CursorSigner([OTHER_KEY, KEY]).read(cursor, PATH, NONE)
    with pytest.raises(InvalidCursor):
        CursorSigner([OTHER_KEY]).read(cursor, PATH, NONE)


def test_the_link_repeats_the_request_with_the_new_cursor() -> None:
    link = next_link(PATH, asked("q=%C3%A4+ö&limit=2&cursor=old&ids=a&ids=b"), "new")
    assert link == f'<{PATH}?q=%C3%A4+%C3%B6&limit=2&ids=a&ids=b&cursor=new>; rel="next"'


def test_the_link_of_a_list_without_parameters_has_the_cursor_alone() -> None:
    assert next_link(PATH, NONE, "new") == f'<{PATH}?cursor=new>; rel="next"'
