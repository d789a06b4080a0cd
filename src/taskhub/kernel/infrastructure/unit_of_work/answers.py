"""What a commit answers: the representations of what a use case returned."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec

from taskhub.kernel.application.commands import Answer, IdempotencyKey, Reply
from taskhub.kernel.infrastructure.postgres.connection import Parameters
from taskhub.kernel.infrastructure.unit_of_work.changes import Change, encode
from taskhub.kernel.infrastructure.unit_of_work.identity_map import INSERT, Tracked

Shown = Change | Tracked | list[Change | Tracked] | msgspec.Struct | None
"""What an answer shows: one thing (changed, or as it was loaded), several in their order, a representation, or nothing."""


def shown_of(result: Any, tracked: Iterable[Tracked], changes: Iterable[Change]) -> Shown:
    """What a use case returned, if that is an aggregate of its unit of work, a list of them, or the representation of what is no
    aggregate.
    """
    if result is None or isinstance(result, msgspec.Struct):
        return result
    changed: dict[int, Change | Tracked] = {id(change.tracked.aggregate): change for change in changes}
    if isinstance(result, list):
        known = {id(one.aggregate): one for one in tracked} | changed
        return [known[id(one)] for one in result]
    return changed.get(id(result)) or next((one for one in tracked if one.aggregate is result), None)


def answer_of(shown: Shown, reply: Reply) -> Answer:
    if shown is None:
        return Answer(reply, None, b"")
    if isinstance(shown, msgspec.Struct):
        return Answer(reply, None, encode(shown))
    if isinstance(shown, list):
        return Answer(reply, None, b'{"items":[' + b",".join(_encoded(one) for one in shown) + b"]}")
    body = encode(reply.present(_representation(shown))) if reply.present else _encoded(shown)
    aggregate = _tracked(shown).aggregate
    reply = reply.of(is_new=_tracked(shown).kind == INSERT)
    return Answer(reply, aggregate.version, body, entity_id=aggregate.id)


def incomplete_answer(change: Change, reply: Reply) -> Answer:
    """An answer whose body only the commit can tell, which has to put it into the log, where it is found again."""
    assert is_in_log(change, reply), "an answer that the log can't repeat has to be known before the commit"
    reply = reply.of(is_new=True)
    return Answer(reply, change.tracked.aggregate.version, b"", entity_id=change.tracked.aggregate.id)


def completed(answer: Answer, change: Change, fields: dict[str, Any]) -> Answer:
    """An incomplete answer, with the members of the representation that the commit has told."""
    return replace(answer, body=encode(msgspec.structs.replace(change.after, **fields)))


def is_in_log(shown: Shown, reply: Reply) -> bool:
    """Whether the log can repeat the body of an answer: it is the snapshot of one event."""
    if shown is None or isinstance(shown, list | msgspec.Struct):
        return False
    return _tracked(shown).mapping.logs_values and not reply.present


def idempotency_key_row(key: IdempotencyKey, answer: Answer, shown: Shown, now: datetime) -> Parameters:
    """The row that keeps an answer with its idempotency key. A body that the log can show again is not kept twice."""
    one = None if shown is None or isinstance(shown, list | msgspec.Struct) else _tracked(shown).aggregate
    return {
        "stream_id": key.stream_id,
        "user_id": key.user_id,
        "key": key.key,
        "fingerprint": key.fingerprint,
        "status": answer.reply.status,
        "location": answer.reply.location,
        "entity_stream_id": one.stream_id if one else None,
        "entity_id": one.id if one else None,
        "entity_version": answer.version,
        "body": None if shown is None or is_in_log(shown, answer.reply) else answer.body,
        "created_at": now,
    }


def _tracked(shown: Change | Tracked) -> Tracked:
    return shown.tracked if isinstance(shown, Change) else shown


def _representation(shown: Change | Tracked) -> msgspec.Struct:
    return shown.after if isinstance(shown, Change) else shown.mapping.represent(shown.aggregate)


def _encoded(shown: Change | Tracked) -> bytes:
    return shown.snapshot if isinstance(shown, Change) else encode(_representation(shown))
