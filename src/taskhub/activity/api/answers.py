"""Changes as answers."""

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

import msgspec

from taskhub.activity.application.views import ChangeView
from taskhub.kernel.api.cursors import CursorSigner, place_in_log
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.contract.events import LoggedEvent

_encode = msgspec.json.Encoder().encode


def change_view(request: ApiRequest, event: LoggedEvent) -> ChangeView:
    """An event with its cursor."""
    return _view(event, request.log_cursor(event.seq))


class SignedChanges:
    """Changes without a request: see `taskhub.activity.contract.changes.Changes`. The first key signs their cursors."""

    def __init__(self, secret_keys: Sequence[bytes]) -> None:
        self._signer = CursorSigner(secret_keys)

    def encode(self, workspace_id: UUID, event: LoggedEvent) -> bytes:
        return _encode(_view(event, self._signer.make([event.seq], *place_in_log(workspace_id))))


def _view(event: LoggedEvent, cursor: str) -> ChangeView:
    return ChangeView(
        seq=event.seq,
        id=event.id,
        cursor=cursor,
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
