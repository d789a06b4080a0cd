"""The bodies of comment requests."""

from pydantic import Field

from taskhub.kernel.api.bodies import Body, Patch
from taskhub.kernel.api.types import NewId
from taskhub.kernel.contract.ids import new_id
from taskhub.tasks.api.bodies.types import CommentBody


class NewComment(Body):
    id: NewId = Field(default_factory=new_id)
    body: CommentBody


class CommentPatch(Patch):
    body: CommentBody = ""
