"""Connections, and those that wait to be accepted, fit into the descriptors that there are."""

import pytest

from taskhub.cli.server.file_descriptors import limits_within
from taskhub.cli.server.sockets import BACKLOG


def test_where_there_are_enough_all_that_were_configured_are_kept() -> None:
    limits = limits_within(1000, 1000 + BACKLOG)

    assert (limits.max_connections, limits.backlog) == (1000, BACKLOG)


@pytest.mark.parametrize("available", [2, 3, 10, 876, 1000, 1000 + BACKLOG - 1])
def test_where_there_are_too_few_those_that_wait_get_a_part(available: int) -> None:
    limits = limits_within(1000, available)

    assert limits.max_connections + limits.backlog <= available
    assert limits.max_connections > limits.backlog or available < 4 or limits.max_connections == 1000


def test_a_few_connections_need_no_more_than_they_take() -> None:
    limits = limits_within(10, 1000)

    assert (limits.max_connections, limits.backlog) == (10, 333)


@pytest.mark.parametrize("available", [-100, 0, 1])
def test_a_process_that_may_open_next_to_nothing_serves_all_the_same(available: int) -> None:
    limits = limits_within(1000, available)

    assert (limits.max_connections, limits.backlog) == (1, 1)
