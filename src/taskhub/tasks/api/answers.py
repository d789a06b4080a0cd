"""Responses with a project, a task or a comment: `Content-Location` is always the path by id."""

from uuid import UUID

import msgspec
from starlette.responses import Response

from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.application.commands import Answer
from taskhub.tasks.api.paths import comment_path, project_path, task_path
from taskhub.tasks.contract.references import TaskRef


class _Identified(msgspec.Struct):
    id: UUID


class _Comment(msgspec.Struct):
    id: UUID
    task_id: UUID


def task_answer(request: ApiRequest, workspace_id: UUID, ref: TaskRef, answer: Answer) -> Response:
    """A task after a command."""
    id = ref if isinstance(ref, UUID) else msgspec.json.decode(answer.body, type=_Identified).id
    return _at(request, task_path(workspace_id, id), answer)


def project_answer(request: ApiRequest, workspace_id: UUID, answer: Answer) -> Response:
    """A project after a command."""
    return _at(request, project_path(workspace_id, msgspec.json.decode(answer.body, type=_Identified).id), answer)


def comment_answer(request: ApiRequest, workspace_id: UUID, answer: Answer) -> Response:
    """A comment after a command."""
    comment = msgspec.json.decode(answer.body, type=_Comment)
    return _at(request, comment_path(workspace_id, str(comment.task_id), comment.id), answer)


def _at(request: ApiRequest, path: str, answer: Answer) -> Response:
    response = request.answer(answer)
    response.raw_headers.append((b"content-location", path.encode()))
    return response
