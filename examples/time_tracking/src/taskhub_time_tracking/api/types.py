"""The types of fields and parameters that name a task or a member."""

from typing import Annotated, Literal
from uuid import UUID

from taskhub.kernel.api.references import reference, reference_schema
from taskhub.kernel.api.request import ME
from taskhub.kernel.domain.ids import parse_id
from taskhub.tasks.contract.references import TASK_KEY, TaskKey, task_ref

TaskIdOrKey = Annotated[
    UUID | TaskKey,
    reference(task_ref, "the id or the key of a task: a UUID, or a key such as OPS-42"),
    reference_schema(TASK_KEY),
]
MemberIdOrMe = Annotated[
    UUID | Literal["me"], reference(parse_id, "the id of a member (a UUID) or `me`", ME), reference_schema(None, ME)
]
