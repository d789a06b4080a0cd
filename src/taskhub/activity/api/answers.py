"""Changes as answers."""

from typing import Any, cast

from taskhub.activity.application.views import ChangeView
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.contract.events import LoggedEvent


def change_view(request: ApiRequest, event: LoggedEvent) -> ChangeView:
    """An event with its cursor."""
    return ChangeView(
        seq=event.seq,
        id=event.id,
        cursor=request.log_cursor(event.seq),
        commit=event.commit,
        type=event.type,
        entity_type=event.entity_type,
        entity_id=event.entity_id,
        entity_version=event.entity_version,
        actor_id=event.actor_id,
        request_id=event.request_id,
        occurred_at=event.occurred_at,
        changes=cast("dict[str, Any]", event.changes),  # As JSON, which is put into the answer as it is.
        snapshot=cast("dict[str, Any] | None", event.snapshot),
    )
