"""The schema of problem documents, with the fields that some problems add."""

from typing import Any

from taskhub.service.reference.catalogue import Catalogue
from taskhub.service.reference.schemas import Schema, Schemas

_TEXT: Schema = {"type": "string"}
_RETRY = {
    "type": "string",
    "description": "Whether the same request may succeed if you send it again: `safe` (yes), `same_key` (only with the same "
    "`Idempotency-Key`) or `no`.",
    "x-extensible-enum": ["safe", "same_key", "no"],
}


def problem_schema(schemas: Schemas, catalogue: Catalogue) -> Schema:
    """One schema for all problems: a client looks at `code` first, and then at the fields that this code adds."""
    fault = {
        "type": "object",
        "required": ["code", "message"],
        "properties": {
            "code": {
                **_TEXT,
                "description": "What is wrong, as a stable code for programs.",
                "x-extensible-enum": [*catalogue.fault_codes],
            },
            "message": {**_TEXT, "description": "What is wrong, as a text for people."},
            "pointer": {**_TEXT, "description": "The position of the error in the body, as a JSON Pointer (RFC 6901)."},
            "parameter": {**_TEXT, "description": "The query parameter with the error."},
            "header": {**_TEXT, "description": "The request header with the error."},
        },
    }
    schemas.components["Fault"] = fault
    properties: dict[str, Schema] = {
        "type": {**_TEXT, "format": "uri-reference", "description": "The path of a page that explains the problem."},
        "title": {**_TEXT, "description": "A short name of the problem."},
        "status": {"type": "integer", "format": "int32", "description": "The HTTP status."},
        "detail": {**_TEXT, "description": "What happened in this case, as a text for people."},
        "code": {
            **_TEXT,
            "description": "What happened, as a stable code for programs.",
            "x-extensible-enum": [*catalogue.problems],
        },
        "request_id": {**_TEXT, "description": "The id of the request. It is also in the log of the service."},
        "retry": _RETRY,
    }
    operation = {"type": "integer", "format": "int32", "description": "In a batch: the index of the operation that is refused."}
    errors = {
        "type": "array",
        "description": "What is wrong with the request, and where. Absent if no part of the request is wrong in itself.",
        "items": {"$ref": "#/components/schemas/Fault"},
    }
    return {
        "description": "A problem document (RFC 9457). It may contain further fields.",
        "type": "object",
        "required": [*properties],
        "properties": {**properties, "errors": errors, "operation": operation, **_added(schemas, catalogue)},
    }


def _added(schemas: Schemas, catalogue: Catalogue) -> dict[str, Any]:
    """The fields that some problems add, by name. A name has the same type in all problems."""
    added: dict[str, Schema] = {}
    for code, problem in catalogue.problems.items():
        for name, kind in problem.members.items():
            schema = schemas.of_type(kind)
            schema["description"] = f"With `{code}`: {catalogue.word(name, code).meaning}"
            assert name not in added, f"two problems have a {name}"
            added[name] = schema
    return added
