"""The rules of a workspace."""

from datetime import timedelta

import pytest

from factories.workspaces import LATER, NOW, WorkspaceFactory
from taskhub.workspaces.application.views import workspace_for, workspace_view
from taskhub.workspaces.contract.access import Role
from taskhub.workspaces.domain.workspace import RESTORABLE

MOMENT = timedelta(microseconds=1)


def test_a_change_that_changes_nothing_leaves_no_trace() -> None:
    workspace = WorkspaceFactory(name="Same", time_zone="UTC")
    workspace.change(name="Same", time_zone="UTC", now=LATER)
    assert (workspace.event, workspace.updated_at) == (None, NOW)


@pytest.mark.parametrize(("age", "restorable"), [(RESTORABLE, True), (RESTORABLE + MOMENT, False)])
def test_a_deleted_workspace_can_be_restored_for_thirty_days(age: timedelta, *, restorable: bool) -> None:
    assert WorkspaceFactory(deleted_at=NOW).is_restorable(NOW + age) is restorable


def test_a_workspace_that_was_not_deleted_has_nothing_to_restore() -> None:
    assert not WorkspaceFactory().is_restorable(NOW)


def test_a_workspace_comes_back_as_it_was() -> None:
    workspace = WorkspaceFactory(deleted_at=NOW)
    workspace.restore(LATER)
    assert (workspace.event, workspace.is_deleted) == ("workspace.restored", False)


def test_the_logged_representation_has_no_role_and_the_answer_has_it_in_its_place() -> None:
    view = workspace_view(WorkspaceFactory())
    assert view.__struct_fields__ == ("id", "name", "time_zone", "version", "created_at", "updated_at")
    answer = workspace_for(view, Role.ADMIN)
    assert answer.__struct_fields__ == ("id", "name", "time_zone", "role", "version", "created_at", "updated_at")
    assert answer.role == "admin"
