"""What a commit answers: the representations of what a use case returned."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec

from taskhub.kernel.application.commands import Answer, IdempotencyKey, Reply
from taskhub.kernel.infrastructure.postgres.database import Parameters
from taskhub.kernel.infrastructure.unit_of_work.changes import Change, encode
from taskhub.kernel.infrastructure.unit_of_work.identity_map import Tracked

Shown = Change | Tracked | list[Change | Tracked] | None
"""What an answer shows: one thing (changed, or as it was loaded), several in their order, or nothing."""


def shown_of(result: Any, tracked: Iterable[Tracked], changes: Iterable[Change]) -> Shown:
    """What a use case returned, if that is an aggregate of its unit of work, or a list of them."""
    known: dict[int, Change | Tracked] = {id(one.aggregate): one for one in tracked}
    known.update((id(change.tracked.aggregate), change) for change in changes)
    return [known[id(one)] for one in result] if isinstance(result, list) else known.get(id(result))


def answer_of(shown: Shown, reply: Reply) -> Answer:
    if shown is None:
        return Answer(reply, None, b"")
    if isinstance(shown, list):
        return Answer(reply, None, b'{"items":[' + b",".join(_encoded(one) for one in shown) + b"]}")
    body = encode(reply.present(_representation(shown))) if reply.present else _encoded(shown)
    return Answer(reply, _tracked(shown).aggregate.version, body)


def completed(answer: Answer, change: Change, fields: dict[str, Any]) -> Answer:
    """The answer, with the members that only the commit could tell."""
    present = answer.reply.present
    representation = msgspec.structs.replace(change.after, **fields)
    return replace(answer, body=encode(present(representation) if present else representation))


def idempotency_key_row(key: IdempotencyKey, answer: Answer, shown: Shown, now: datetime) -> Parameters:
    """The row that keeps an answer with its idempotency key. A body that the log can show again is not kept twice."""
    one = None if shown is None or isinstance(shown, list) else _tracked(shown)
    is_in_log = one is not None and one.mapping.logs_values and not answer.reply.present
    return {
        "stream_id": key.stream_id,
        "user_id": key.user_id,
        "key": key.key,
        "fingerprint": key.fingerprint,
        "status": answer.reply.status,
        "location": answer.reply.location,
        "entity_stream_id": one.aggregate.stream_id if one else None,
        "entity_id": one.aggregate.id if one else None,
        "entity_version": answer.version,
        "body": answer.body if shown is not None and not is_in_log else None,
        "created_at": now,
    }


def _tracked(shown: Change | Tracked) -> Tracked:
    return shown.tracked if isinstance(shown, Change) else shown


def _representation(shown: Change | Tracked) -> msgspec.Struct:
    return shown.after if isinstance(shown, Change) else shown.mapping.represent(shown.aggregate)


def _encoded(shown: Change | Tracked) -> bytes:
    return shown.snapshot if isinstance(shown, Change) else encode(_representation(shown))
