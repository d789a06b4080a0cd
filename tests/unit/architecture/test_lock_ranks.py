"""Rows are locked in one order everywhere: each kind of aggregate has a rank of its own."""

from typing import Any

from taskhub.kernel.infrastructure.unit_of_work.mapping import Mapping
from taskhub.tasks.infrastructure import mappings as of_tasks
from taskhub.users.infrastructure import mappings as of_users
from taskhub.webhooks.infrastructure import mappings as of_webhooks
from taskhub.workspaces.infrastructure import mappings as of_workspaces


def test_no_two_mappings_have_the_same_lock_rank() -> None:
    mappings = [
        one
        for module in (of_users, of_workspaces, of_tasks, of_webhooks)
        for one in vars(module).values()
        if isinstance(one, Mapping)
    ]
    assert len(mappings) >= 10
    names_by_rank = {one.lock_rank: one.name for one in mappings}
    assert len(names_by_rank) == len(mappings), sorted((one.lock_rank, one.name) for one in mappings)


def test_what_belongs_together_is_locked_from_the_outside_in() -> None:
    in_order: list[Mapping[Any]] = [of_workspaces.WORKSPACES, of_workspaces.MEMBERS, of_tasks.PROJECTS, of_tasks.TASKS]
    assert sorted(in_order, key=lambda one: one.lock_rank) == in_order
