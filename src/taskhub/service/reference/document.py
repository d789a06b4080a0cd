"""The OpenAPI 3.1 document, built from the declarations of the routes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from starlette.routing import BaseRoute

from taskhub.kernel.api.operations import Operation
from taskhub.kernel.contract.access import Public
from taskhub.service.reference import parameters, responses
from taskhub.service.reference.catalogue import Catalogue
from taskhub.service.reference.error_codes import error_codes_of
from taskhub.service.reference.events import events_in_words
from taskhub.service.reference.introduction import INTRODUCTION
from taskhub.service.reference.problem_schema import problem_schema
from taskhub.service.reference.schemas import Schemas


@dataclass(frozen=True, slots=True)
class About:
    """What a document says of the whole. ``bearer``: which credentials there are."""

    title: str
    summary: str
    description: str
    bearer: str


SERVICE = About(
    "TaskHub",
    "A task service for clients that change the same tasks at the same time.",
    INTRODUCTION,
    "The access token of a session (`POST /v1/sessions`), or an API token (`POST /v1/tokens`).",
)


def document_of(routes: Iterable[BaseRoute], version: str, catalogue: Catalogue, about: About = SERVICE) -> dict[str, Any]:
    """The OpenAPI document of these routes."""
    schemas, tags = Schemas(catalogue), [*catalogue.tags]
    schemas.components["Problem"] = problem_schema(schemas, catalogue)
    operations = [route for route in routes if isinstance(route, Operation) and route.include_in_schema]
    for operation in operations:
        if operation.body is not None:
            schemas.of_body(operation.body[1])  # First: what they say of their members is shown of answers, too.
    paths: dict[str, dict[str, Any]] = {}
    for operation in sorted(operations, key=lambda one: tags.index(one.tag)):
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, schemas, catalogue)
    answered = {code for operation in operations for code in error_codes_of(operation, catalogue)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": about.title,
            "version": version,
            "summary": about.summary,
            "description": about.description + (events_in_words(catalogue.events) if catalogue.events else ""),
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": description} for name, description in catalogue.tags.items()],
        "paths": paths,
        "components": {
            "schemas": schemas.bounded(),
            "parameters": parameters.components(),
            "headers": responses.HEADERS,
            "examples": {code: responses.example_of(one) for code, one in catalogue.problems.items() if code in answered},
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": about.bearer,
                }
            },
        },
    }


def _operation(operation: Operation, schemas: Schemas, catalogue: Catalogue) -> dict[str, Any]:
    is_public = isinstance(operation.access, Public)
    described: dict[str, Any] = {
        "operationId": operation.operation_id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": "\n\n".join(part for part in (operation.description, operation.access.in_words) if part),
        "security": [] if is_public else [{"bearer": [operation.access.scope.name.lower()]}],
        "parameters": parameters.parameters_of(operation, schemas, catalogue),
    }
    if operation.body is not None:
        described["requestBody"] = _request_body(operation, operation.body[1], schemas)
    return described | {"responses": responses.responses_of(operation, schemas, catalogue)}


def _request_body(operation: Operation, model: Any, schemas: Schemas) -> dict[str, Any]:
    schema = schemas.of_body(model)
    content = {"schema": schema, "example": schemas.example(schema, minimal=True)}
    described = {"description": f"`{'`, `'.join(others)}` is accepted as well."} if (others := operation.media_types[1:]) else {}
    # The same body under two media types would be two types in generated clients.
    return {**described, "required": True, "content": {operation.media_types[0]: content}}
