"""Answers that show a task."""

from uuid import UUID

import msgspec
from starlette.responses import Response

from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.application.commands import Answer
from taskhub.tasks.api.paths import task_path
from taskhub.tasks.application.ports import TaskRef


class _Identified(msgspec.Struct):
    id: UUID


def task_answer(request: ApiRequest, workspace_id: UUID, ref: TaskRef, answer: Answer) -> Response:
    """A task after a command; `Content-Location` is its path by id, however it was named."""
    id = ref if isinstance(ref, UUID) else msgspec.json.decode(answer.body, type=_Identified).id
    response = request.answer(answer)
    response.raw_headers.append((b"content-location", task_path(workspace_id, id).encode()))
    return response
