"""The members that projects, labels and comments show.

A new field of theirs is shown by itself: whoever adds one says here that it is public, or hides it in the view. A field of the
`Content` of a task is public in any case: clients set it.
"""

import msgspec
import pytest

from taskhub.tasks.application.views import CommentView, LabelView, ProjectView

PUBLIC: dict[type[msgspec.Struct], set[str]] = {
    ProjectView: {
        "id",
        "workspace_id",
        "key",
        "name",
        "description",
        "workflow",
        "archived_at",
        "version",
        "created_by_id",
        "created_at",
        "updated_at",
        "deleted_at",
    },
    LabelView: {"id", "workspace_id", "name", "color", "version", "created_at", "updated_at"},
    CommentView: {
        "id",
        "workspace_id",
        "task_id",
        "author_id",
        "body",
        "mentioned_ids",
        "edited_at",
        "version",
        "created_at",
        "updated_at",
    },
}


@pytest.mark.parametrize("view", PUBLIC, ids=lambda view: view.__name__)
def test_nothing_is_shown_that_was_not_meant_to_be(view: type[msgspec.Struct]) -> None:
    assert {*view.__struct_fields__} == PUBLIC[view]
