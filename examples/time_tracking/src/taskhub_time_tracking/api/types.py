"""The types of fields and parameters that name a task or a member."""

from typing import Annotated, Literal
from uuid import UUID

from taskhub.kernel.api.references import reference, reference_schema
from taskhub.kernel.api.request import ME
from taskhub.kernel.domain.ids import parse_id
from taskhub.tasks.contract.references import TASK_NAME, ExternalKey, TaskKey, task_ref

TaskIdOrKey = Annotated[
    UUID | TaskKey | ExternalKey,
    reference(task_ref, "the id or a key of a task: a UUID, a key such as OPS-42, or `external:` and an external key"),
    reference_schema(TASK_NAME),
]
MemberIdOrMe = Annotated[
    UUID | Literal["me"], reference(parse_id, "the id of a member (a UUID) or `me`", ME), reference_schema(None, ME)
]
