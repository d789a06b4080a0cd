"""Which lists have an `ETag`, and what the tag of a list is made of."""

import re
from datetime import UTC, datetime
from typing import get_origin
from uuid import uuid4

import pytest
from starlette.responses import Response

from taskhub.kernel.api.list_validators import ListTags, NoValidator, OfLog, shape_of
from taskhub.kernel.api.operations import Operation, Routes
from taskhub.kernel.api.responses import Page
from taskhub.kernel.contract.access import Access
from taskhub.kernel.contract.caller import Scope
from taskhub.modules.discovery import installed_modules
from taskhub.tasks.application.views import LabelView, TaskView
from taskhub.tasks.domain.moments import DueBound

OF_WORKSPACES = sorted(
    (
        operation
        for operation in installed_modules().operations
        if operation.access.stream_parameter and (get_origin(operation.answers) is Page or operation.reads_log)
    ),
    key=lambda operation: operation.operation_id,
)
LISTS = [operation for operation in OF_WORKSPACES if not operation.streams]


@pytest.mark.parametrize("operation", LISTS, ids=lambda operation: operation.operation_id)
def test_every_list_of_a_workspace_says_whether_it_has_a_validator(operation: Operation) -> None:
    assert operation.validator is not None
    assert isinstance(operation.validator, OfLog) or len(operation.validator.because) > 20


def test_those_have_one_whose_rows_all_come_from_the_log() -> None:
    tagged = {operation.operation_id for operation in LISTS if isinstance(operation.validator, OfLog)}
    untagged = {operation.operation_id for operation in LISTS if isinstance(operation.validator, NoValidator)}
    assert tagged == {"list_tasks", "list_projects", "list_labels", "list_comments", "list_history", "list_webhooks"}
    assert untagged == {"list_members", "list_invitations", "list_changes", "list_deliveries"}


def test_a_list_that_names_no_log_can_have_no_validator_of_one() -> None:
    with pytest.raises(ValueError, match="names none"):
        Routes("Things").get("/things", Access(Scope.READ), validator=OfLog())(_endpoint)


async def _endpoint(request: object) -> Response:
    raise NotImplementedError


CALLER, OTHER = uuid4(), uuid4()
BOUND = DueBound(datetime(2026, 11, 27, tzinfo=UTC), None)
GIVEN = ("head", "/tasks", b"status=todo", (1, CALLER, BOUND))


def tag(head: str, path: str, query: bytes, others: tuple[object, ...], **signer: object) -> str:
    made_by = {"secret_key": b"secret", "release": "1.0", **signer}
    tags = ListTags(**made_by)  # type: ignore[arg-type]  # As given.
    return tags.tag(head, tags.listing(path, query, others))


def test_the_same_list_has_the_same_tag() -> None:
    assert tag(*GIVEN) == tag(*GIVEN)


@pytest.mark.parametrize("place", range(4))
def test_all_that_a_list_depends_on_is_in_its_tag(place: int) -> None:
    others = ("other head", "/labels", b"limit=1", (1, OTHER, BOUND))
    assert tag(*GIVEN) != tag(*(others[n] if n == place else given for n, given in enumerate(GIVEN)))  # type: ignore[arg-type]  # Of several types.


def test_another_release_or_key_gives_another_tag() -> None:
    assert len({tag(*GIVEN), tag(*GIVEN, release="1.1"), tag(*GIVEN, secret_key=b"another")}) == 3


def test_a_tag_is_weak_and_quoted() -> None:
    assert re.fullmatch(r'W/"[\w-]{20}"', tag(*GIVEN))


def test_a_list_with_other_fields_is_another_answer() -> None:
    assert shape_of(Page[TaskView]) != shape_of(Page[LabelView])
    assert shape_of(Page[TaskView]) == shape_of(Page[TaskView])
