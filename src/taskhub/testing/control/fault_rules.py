"""Which faults can be asked for: one that could never happen is refused, since a test that asks for it would show nothing."""

from collections.abc import Iterator, Mapping, Sequence

from taskhub.kernel.api.operations import Operation
from taskhub.kernel.domain.errors import Fault, UnknownReference, ValidationFailed
from taskhub.service.reference.catalogue import Problem
from taskhub.testing.control.bodies import NewFault

DEFAULT_PROBLEM = "unavailable"


class FaultRules:
    """What depends on the operations and problems of the service."""

    def __init__(self, operations: Sequence[Operation], problems: Mapping[str, Problem]) -> None:
        self._operations = {operation.operation_id: operation for operation in operations}
        self._problems = problems

    def problem(self, asked: NewFault) -> Problem | None:
        """The problem that is answered with, where it is one that answers.

        Raises:
            UnknownReference: there is no such operation or problem.
            ValidationFailed: it would never happen.
        """
        code = DEFAULT_PROBLEM if asked.code is None else asked.code
        unknown = [
            _unknown(pointer, what, known)
            for pointer, what, name, known in (
                ("/operation_id", "operation", asked.operation_id, self._operations),
                ("/code", "problem", code, self._problems),
            )
            if name is not None and name not in known
        ]
        if unknown:
            raise UnknownReference(*unknown)
        if vain := [*_without_effect(asked), *self._out_of_reach(asked)]:
            raise ValidationFailed(*vain)
        return self._problems[code] if asked.kind == "fail" else None

    def _out_of_reach(self, asked: NewFault) -> Iterator[Fault]:
        operation = self._operations.get(asked.operation_id or "")
        if operation is None or (asked.workspace_id is None and asked.user_id is None):
            return
        name = operation.operation_id
        if operation.access.stream_parameter is not None:
            if asked.workspace_id is None:
                yield Fault("missing", f"`{name}` is about a workspace: say which one.", pointer="/workspace_id")
        elif operation.is_public:
            yield Fault(
                "invalid",
                f"`{name}` is called without a token and about no workspace: nobody knows whose request it is. Leave out "
                "`workspace_id` and `user_id` (in Python: `taskhub.faults`, not `tenant.faults`), and it happens to everybody.",
                pointer="/operation_id",
            )
        elif asked.user_id is None:
            yield Fault("missing", f"`{name}` is about no workspace: say which user calls it.", pointer="/user_id")


def _without_effect(asked: NewFault) -> Iterator[Fault]:
    """Members that mean nothing for a fault of this kind."""
    if asked.kind == "delay" and not asked.seconds:
        yield Fault("missing", "Say by how many seconds.", pointer="/seconds")
    for name, kind, is_given in (
        ("seconds", "delay", bool(asked.seconds)),
        ("code", "fail", asked.code is not None),
        ("after_commit", "fail", asked.after_commit),
    ):
        if is_given and asked.kind != kind:
            yield Fault("invalid", f"This is for faults of the kind `{kind}`.", pointer=f"/{name}")


def _unknown(pointer: str, what: str, known: Mapping[str, object]) -> Fault:
    return Fault("unknown_reference", f"There is no such {what}. Known are: {', '.join(sorted(known))}.", pointer=pointer)
