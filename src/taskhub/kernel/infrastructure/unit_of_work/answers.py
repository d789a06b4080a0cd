"""What a commit answers: the representations of what a use case returned."""

from taskhub.kernel.application.commands import Answer, Reply
from taskhub.kernel.infrastructure.unit_of_work.plan import Tracked, encode

Shown = Tracked | list[Tracked] | None
"""What an answer shows: one thing, several in their order, or nothing."""


def answer_of(shown: Shown, reply: Reply) -> Answer:
    if shown is None:
        return Answer(reply, None, b"")
    if isinstance(shown, list):
        return Answer(reply, None, b'{"items":[' + b",".join(_encoded(one) for one in shown) + b"]}")
    body = encode(reply.present(shown.mapping.represent(shown.aggregate))) if reply.present else _encoded(shown)
    return Answer(reply, shown.aggregate.version, body)


def _encoded(shown: Tracked) -> bytes:
    return shown.snapshot or encode(shown.mapping.represent(shown.aggregate))
