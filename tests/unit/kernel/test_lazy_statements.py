"""Statements are compiled when they are first needed."""

from copy import deepcopy

import pytest
from sqlalchemy import bindparam, select

from taskhub.kernel.infrastructure.postgres.statements import Statement


def statement() -> Statement:
    return Statement(select(bindparam("a", type_=None), bindparam("b", 7)))


def test_the_order_of_arguments_is_that_of_the_sql() -> None:
    assert list(statement().arguments({"b": 2, "a": 1})) == [1, 2]


def test_a_parameter_with_a_value_may_be_left_out() -> None:
    assert list(statement().arguments({"a": 1})) == [1, 7]


def test_a_missing_parameter_is_an_error() -> None:
    with pytest.raises(KeyError):
        statement().arguments({"b": 2})


def test_what_it_does_not_have_is_an_attribute_error() -> None:
    assert not hasattr(statement(), "anything")


def test_a_container_that_copies_it_has_the_same_one() -> None:
    one = statement()
    assert deepcopy({"statement": one})["statement"] is one
