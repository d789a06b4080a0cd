"""The schema of problem documents, with the members that some problems add."""

from typing import Any

from taskhub.service.reference.catalogue import Catalogue
from taskhub.service.reference.schemas import Schema, Schemas

_TEXT: Schema = {"type": "string"}
_RETRY = {
    "type": "string",
    "description": "Whether sending the same again can help: `safe` as it is, `same_key` only under the same `Idempotency-Key`, "
    "or `no`.",
    "x-extensible-enum": ["safe", "same_key", "no"],
}


def problem_schema(schemas: Schemas, catalogue: Catalogue) -> Schema:
    """One schema for all problems: a client asks for `code` first, and then for what comes with it."""
    fault = {
        "type": "object",
        "required": ["code", "message"],
        "properties": {
            "code": {**_TEXT, "description": "What is wrong, for programs.", "x-extensible-enum": [*catalogue.fault_codes]},
            "message": {**_TEXT, "description": "What is wrong, for people."},
            "pointer": {**_TEXT, "description": "A place in the body, as a JSON pointer."},
            "parameter": {**_TEXT, "description": "A query parameter."},
            "header": {**_TEXT, "description": "A request header."},
        },
    }
    schemas.components["Fault"] = fault
    properties: dict[str, Schema] = {
        "type": {**_TEXT, "format": "uri-reference", "description": "Where the problem is explained."},
        "title": {**_TEXT, "description": "The problem in a word or two."},
        "status": {"type": "integer", "format": "int32", "description": "The HTTP status."},
        "detail": {**_TEXT, "description": "What happened this time, for people."},
        "code": {**_TEXT, "description": "What happened, for programs.", "x-extensible-enum": [*catalogue.problems]},
        "request_id": {**_TEXT, "description": "The id of the request; the log has it."},
        "retry": _RETRY,
    }
    errors = {
        "type": "array",
        "description": "What is wrong with the request, and where.",
        "items": {"$ref": "#/components/schemas/Fault"},
    }
    return {
        "description": "A problem document (RFC 9457). Further members may stand beside these.",
        "type": "object",
        "required": [*properties],
        "properties": {**properties, "errors": errors, **_added(schemas, catalogue)},
    }


def _added(schemas: Schemas, catalogue: Catalogue) -> dict[str, Any]:
    """The members that some problems add, by name. One name has one type."""
    added: dict[str, Schema] = {}
    for code, problem in catalogue.problems.items():
        for name, kind in problem.members.items():
            schema = schemas.of_type(kind)
            schema["description"] = f"With `{code}`: {catalogue.word(name, code).meaning}"
            assert name not in added, f"two problems have a {name}"
            added[name] = schema
    return added
