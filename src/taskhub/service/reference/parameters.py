"""The parameters of operations: path, query and headers."""

import re
from typing import Any
from uuid import UUID

from taskhub.kernel.api.documentation import Word
from taskhub.kernel.api.dry_run import PARAMETER
from taskhub.kernel.api.operations import Operation
from taskhub.kernel.api.preconditions import IfMatch
from taskhub.kernel.contract.access import Public
from taskhub.service.reference.catalogue import Catalogue
from taskhub.service.reference.schemas import Schemas

Parameter = dict[str, Any]

_ID, _NUMBER, _TEXT = {"type": "string", "format": "uuid"}, {"type": "integer", "minimum": 1}, {"type": "string"}
_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TAG = r'(W/)?"[!#-~]*"'
_TAGS = {"type": "string", "pattern": rf"^(\*|{_TAG}( *, *{_TAG})*)$"}

SHARED: dict[str, Parameter] = {
    "IfMatch": {
        "name": "If-Match",
        "description": "The `ETag` of the version that the request is meant for. If the resource is at another version, the "
        "response is 412 and nothing is changed.",
        "schema": _TAGS,
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "description": "The `ETag` of the copy that you have. If it is current, the response is 304 without a body.",
        "schema": _TAGS,
    },
    "IfNew": {
        "name": "If-None-Match",
        "description": "`*`: only create. If the resource is there, the response is 412 and nothing is changed.",
        "schema": {"type": "string", "enum": ["*"]},
    },
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "description": "Makes retries safe: for 24 hours, the same request with the same key is executed only once and gets the "
        "same response.",
        "schema": {"type": "string", "pattern": "^[ -~]{1,255}$"},
    },
    "RequestId": {
        "name": "X-Request-ID",
        "description": "An id for this request, 1 to 128 characters from `A-Za-z0-9._-`. It is returned with the response and "
        "logged. Any other value is replaced by a generated id.",
        "schema": {"type": "string"},
    },
    "DryRun": {
        "in": "query",
        "name": PARAMETER,
        "description": "With `true` the request is checked and carried out as always, and undone at the end. Unless it is "
        "refused, the response is 200 `{status, etag, location, body, changes}`: what would have been answered, and the changes "
        "that would have been appended to the log, without `seq`, `id`, `cursor` and `commit`. An `Idempotency-Key` is ignored.",
        "schema": {"type": "boolean", "default": False},
    },
}
"""Parameters of many operations, headers where nothing else is said."""


def components() -> dict[str, Parameter]:
    return {name: {"in": "header", "required": False, **parameter} for name, parameter in SHARED.items()}


def parameters_of(operation: Operation, schemas: Schemas, catalogue: Catalogue) -> list[Parameter]:
    """All parameters of an operation, those in the path first."""
    shared = {
        "DryRun": operation.retryable,
        "IfMatch": operation.if_match in {IfMatch.READ, IfMatch.CHANGE, IfMatch.CREATE_OR_CHANGE},
        "IfNoneMatch": operation.is_tagged,
        "IfNew": operation.if_match is IfMatch.CREATE_OR_CHANGE,
        "IdempotencyKey": operation.retryable,
        "RequestId": True,
    }
    references = [{"$ref": f"#/components/parameters/{name}"} for name, applies in shared.items() if applies]
    return [*_in_path(operation, catalogue), *_in_query(operation, schemas, catalogue), *references]


def _in_path(operation: Operation, catalogue: Catalogue) -> list[Parameter]:
    """A path parameter is an id, a number, or text that may also be an id. The paths of public documents contain no ids."""
    known, owner = catalogue.word, operation.operation_id
    text = _TEXT if isinstance(operation.access, Public) else {"anyOf": [_ID, _TEXT]}
    schemas: dict[type, dict[str, Any]] = {UUID: _ID, int: _NUMBER, str: text}
    return [_parameter("path", name, schemas[kind], known(name, owner), required=True) for name, kind in operation.path_arguments]


def _in_query(operation: Operation, schemas: Schemas, catalogue: Catalogue) -> list[Parameter]:
    schema = operation.query[1].model_json_schema()
    required = schema.get("required", ())
    known, owner = catalogue.word, operation.operation_id
    return [
        _parameter("query", name, schemas.of_parameter(_without_null(member)), known(name, owner), required=name in required)
        for name, member in schema["properties"].items()
    ]


def _parameter(place: str, name: str, schema: dict[str, Any], known: Word, *, required: bool) -> Parameter:
    if not known.meaning:
        known = Word(schema.pop("description", ""), *schema.pop("examples", ())[:1])
    parameter = {"name": name, "in": place, "required": required, "description": known.meaning, "schema": schema}
    # Tools send the example when somebody tries the operation: so none for optional parameters, and no id that does not exist.
    is_shown = required and known.example is not ... and not _UUID.fullmatch(str(known.example))
    return {**parameter, "example": known.example} if is_shown else parameter


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter is absent, never null."""
    if schema.get("default", ...) is None:
        del schema["default"]
    choices = [choice for choice in schema.pop("anyOf", ()) if choice != {"type": "null"}]
    return {**schema, **(choices[0] if len(choices) == 1 else {"anyOf": choices} if choices else {})}
