"""The responses of an operation: success with its headers, and problems by status."""

import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, get_origin

from taskhub.kernel.api.as_of import AsOfParams
from taskhub.kernel.api.operations import Operation
from taskhub.kernel.api.problems import MEDIA_TYPE
from taskhub.kernel.api.responses import Page
from taskhub.kernel.contract.access import Public
from taskhub.service.reference.catalogue import Catalogue, Problem
from taskhub.service.reference.error_codes import error_codes_of
from taskhub.service.reference.schemas import Schemas

_TEXT, _NUMBER = {"type": "string"}, {"type": "integer"}

HEADERS: dict[str, dict[str, Any]] = {
    "X-Request-ID": {
        "description": "The id of the request: the one that you sent, or a generated one.",
        "required": True,
        "schema": _TEXT,
    },
    "ETag": {
        "description": "The version of the resource, in quotes. Send it as `If-Match`. That of a list is weak: it is another one "
        "when something in the workspace has changed. That of `/openapi.json` is a hash.",
        "required": True,
        "schema": _TEXT,
    },
    "ETagOfNow": {
        "description": "The version of the resource, in quotes. Send it as `If-Match`. What is read with `as_of` has none.",
        "schema": _TEXT,
    },
    "Location": {"description": "The path of the created resource.", "required": True, "schema": _TEXT},
    "Content-Location": {"description": "The path of the resource by id, also if you asked for it by key.", "schema": _TEXT},
    "Link": {"description": 'The next page, as `rel="next"`; absent on the last page.', "schema": _TEXT},
    "Idempotency-Replayed": {
        "description": "`true` if this repeats the response to an earlier request with the same key.",
        "schema": _TEXT,
    },
    "RateLimit": {
        "description": "How many write requests are left (`r`), and after how many seconds there are more (`t`).",
        "schema": _TEXT,
    },
    "RateLimit-Policy": {"description": "How many write requests are allowed (`q`) in how many seconds (`w`).", "schema": _TEXT},
    "Retry-After": {"description": "How many seconds to wait before you try again.", "schema": _NUMBER},
    "WWW-Authenticate": {"description": "The kind of credential that is required.", "required": True, "schema": _TEXT},
    "Accept-Patch": {"description": "The media types that are accepted for a patch.", "schema": _TEXT},
    "Accept-Encoding": {"description": "The encodings that are accepted for the body.", "schema": _TEXT},
    "Accept": {"description": "The media types that are accepted for the body.", "schema": _TEXT},
}
_OF_STATUS = {
    401: ["WWW-Authenticate"],
    415: ["Accept-Patch", "Accept", "Accept-Encoding"],
    429: ["Retry-After"],
    503: ["Retry-After"],
}


def example_of(problem: Problem) -> dict[str, Any]:
    value = {
        "type": f"/problems/{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.advice.meaning,
        "code": problem.code,
        "request_id": "4f1d2a90",
        "retry": problem.retry,
    }
    return {"summary": problem.title, "value": value}


def responses_of(operation: Operation, schemas: Schemas, catalogue: Catalogue) -> dict[str, Any]:
    """All responses of an operation, by status."""
    status = operation.status_code or 200
    responses = {str(status): _success(operation, schemas, status)}
    if operation.may_create and not operation.creates:
        responses["201"] = _success(operation, schemas, 201)
    if operation.is_tagged:
        repeated = ["Content-Location"] if _has_content_location(operation) else []
        responses["304"] = {
            "description": "Not modified: your copy is current.",
            "headers": _headers(["X-Request-ID", "ETag", *repeated]),
        }
    by_status: dict[int, list[Problem]] = {}
    for code in error_codes_of(operation, catalogue):
        problem = catalogue.problems[code]
        by_status.setdefault(problem.status, []).append(problem)
    refusals = {str(status): _refusal(status, by_status[status]) for status in sorted(by_status)}
    if "412" in refusals and (operation.writes or (operation.etag and operation.answers is not dict)):
        refusals["412"]["headers"] |= _headers(["ETag"])
    return responses | refusals


def _success(operation: Operation, schemas: Schemas, status: int) -> dict[str, Any]:
    is_page = get_origin(operation.answers) is Page
    etag = "ETagOfNow" if issubclass(operation.query[1], AsOfParams) else "ETag"
    applies = {
        "X-Request-ID": True,
        "ETag": operation.etag or operation.is_tagged,
        "Location": status == 201 and operation.may_create,
        "Content-Location": _has_content_location(operation),
        "Link": is_page,
        "Idempotency-Replayed": operation.retryable,
        "RateLimit": not isinstance(operation.access, Public),
        "RateLimit-Policy": not isinstance(operation.access, Public),
    }
    response: dict[str, Any] = {
        "description": "One page of the list." if is_page else HTTPStatus(status).phrase,
        "headers": _headers((name for name, does in applies.items() if does), ETag=etag),
    }
    if operation.answers is not None:
        schema = schemas.of_answer(operation.answers)
        content = {"schema": schema}
        if operation.answers not in (str, dict):
            content["example"] = schemas.example(schema)
        response["content"] = {operation.produces: _as_events(content) if operation.streams else content}
    return response


def _as_events(content: dict[str, Any]) -> dict[str, Any]:
    """A stream of such answers. To OpenAPI 3.1 it is a text: its media types have no schema for single events."""
    name = content["schema"]["$ref"].rpartition("/")[2]
    description = f"Server-sent events: the `data` of each is a `{name}` as JSON."
    return {
        "schema": {"type": "string", "description": description},
        "example": f"data: {json.dumps(content['example'])}\n\n",
    }


def _has_content_location(operation: Operation) -> bool:
    return operation.etag and not {"task", "project_id"}.isdisjoint(operation.param_convertors)


def _refusal(status: int, known: list[Problem]) -> dict[str, Any]:
    codes = ", ".join(f"[`{problem.code}`](/problems/{problem.code})" for problem in known)
    content = {
        "schema": {"$ref": "#/components/schemas/Problem"},
        "examples": {problem.code: {"$ref": f"#/components/examples/{problem.code}"} for problem in known},
    }
    return {
        "description": f"{HTTPStatus(status).phrase}: {codes}.",
        "headers": _headers(["X-Request-ID", *_OF_STATUS.get(status, ())]),
        "content": {MEDIA_TYPE.decode(): content},
    }


def _headers(names: Iterable[str], **others: str) -> dict[str, Any]:
    """``others``: the components of those whose name is not that of the header."""
    return {name: {"$ref": f"#/components/headers/{others.get(name, name)}"} for name in names}
