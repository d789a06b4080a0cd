"""The bodies and query parameters of webhook requests."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from taskhub.kernel.api.bodies import Body, Patch
from taskhub.kernel.api.query_params import PageParams
from taskhub.kernel.api.types import Instant, NewId, Visible
from taskhub.kernel.contract.ids import new_id
from taskhub.webhooks.application.create_webhook import CreateWebhook
from taskhub.webhooks.application.views import DELIVERY_STATUS
from taskhub.webhooks.domain.target import MAX_URL_LENGTH, WrongUrl, checked_url
from taskhub.webhooks.domain.webhook import MAX_TYPES


def _url(value: str) -> str:
    try:
        return checked_url(value)
    except WrongUrl as error:
        raise PydanticCustomError("wrong_format", "{why}", {"why": str(error)}) from None


Url = Annotated[str, StringConstraints(min_length=1, max_length=MAX_URL_LENGTH), AfterValidator(_url)]
EventType = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}\.[a-z][a-z0-9_]{0,63}$")]
Types = Annotated[tuple[EventType, ...], Field(max_length=MAX_TYPES)]
Description = Annotated[str, StringConstraints(min_length=1, max_length=1000), Visible]
StatusKey = Annotated[Literal["pending", "succeeded", "failed"], WithJsonSchema(DELIVERY_STATUS)]


def _values(body: Body) -> dict[str, Any]:
    """What was sent, the types in order and each once."""
    values = {name: getattr(body, name) for name in body.model_fields_set - {"id"}}
    return {**values, "types": tuple(sorted({*values["types"]}))} if "types" in values else values


class NewWebhook(Body):
    id: NewId = Field(default_factory=new_id)
    url: Url
    types: Types = ()
    description: Description | None = None
    active: bool = True

    def command(self, workspace_id: UUID, actor_id: UUID, secret: str) -> CreateWebhook:
        return CreateWebhook(workspace_id, self.id, actor_id, secret, _values(self))


class WebhookPatch(Patch):
    """A merge patch: a field that is absent stays as it is."""

    url: Url = ""
    types: Types = ()
    description: Description | None = None
    active: bool = True

    def changes(self) -> dict[str, Any]:
        return _values(self)


class Replay(Body):
    from_: Instant = Field(alias="from")


class DeliveryListParams(PageParams):
    status: StatusKey | None = None
