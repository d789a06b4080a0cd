"""The error codes that an operation may answer with. Nearly all of them follow from the declaration of its route."""

from collections.abc import Iterator

from taskhub.kernel.api.operations import Operation
from taskhub.kernel.api.preconditions import IfMatch
from taskhub.kernel.contract.access import Public
from taskhub.kernel.contract.caller import Scope
from taskhub.service.reference.catalogue import Catalogue


def error_codes_of(operation: Operation, catalogue: Catalogue) -> list[str]:
    """The codes, without repeats."""
    declared = [error.code for error in operation.errors]
    through_ports = catalogue.refusals.get(operation.operation_id, ())
    codes = (*_of_shape(operation), *_of_access(operation), *_of_kind(operation), *declared, *through_ports)
    return list(dict.fromkeys(codes))


def _of_shape(operation: Operation) -> Iterator[str]:
    yield from ("invalid_header", "not_acceptable", "validation_failed")
    if operation.writes:
        yield from ("body_too_large", "malformed_json", "unsupported_media_type")
    if "cursor" in operation.query[1].model_fields:
        yield "invalid_cursor"
    if operation.path_arguments:
        yield "not_found"


def _of_access(operation: Operation) -> Iterator[str]:
    access = operation.access
    if isinstance(access, Public):
        return
    yield from ("not_authenticated", "invalid_token", "token_expired")
    if access.scope > Scope.READ:
        yield "insufficient_scope"
    if access.refuses_known_callers:
        yield "not_allowed"


def _of_kind(operation: Operation) -> Iterator[str]:
    if not isinstance(operation.access, Public):
        yield from ("unavailable", "busy")
    if operation.writes:
        yield from ("rate_limited", "unavailable", "busy", "outcome_unknown")
    if operation.if_match in {IfMatch.READ, IfMatch.CHANGE, IfMatch.CREATE_OR_CHANGE}:
        yield "stale_version"
    if operation.if_match in {IfMatch.CHANGE, IfMatch.CREATE_OR_CHANGE}:
        yield "precondition_required"
    if operation.retryable:
        yield "idempotency_key_reused"
    if operation.may_create and operation.body is not None and "id" in operation.body[1].model_fields:
        yield "id_taken"
