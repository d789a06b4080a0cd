"""The OpenAPI 3.1 document, built from the declarations of the routes."""

from collections.abc import Iterable
from typing import Any

from starlette.routing import BaseRoute

from taskhub.events import EVENT_TYPES
from taskhub.kernel.api.operations import Operation
from taskhub.kernel.contract.access import Access, Public
from taskhub.service.reference import parameters, responses
from taskhub.service.reference.catalogue import problems
from taskhub.service.reference.error_codes import error_codes_of
from taskhub.service.reference.events import events_in_words
from taskhub.service.reference.introduction import INTRODUCTION, TAGS
from taskhub.service.reference.problem_schema import problem_schema
from taskhub.service.reference.schemas import Schemas
from taskhub.users.contract.access import SessionAccess
from taskhub.workspaces.contract.access import Role, WorkspaceAccess


def document_of(routes: Iterable[BaseRoute], version: str) -> dict[str, Any]:
    """The OpenAPI document of these routes."""
    schemas = Schemas()
    schemas.components["Problem"] = problem_schema(schemas)
    operations = [route for route in routes if isinstance(route, Operation) and route.include_in_schema]
    for operation in operations:
        if operation.body is not None:
            schemas.of_body(operation.body[1])  # First: what they say of their members is shown of answers, too.
    paths: dict[str, dict[str, Any]] = {}
    for operation in sorted(operations, key=lambda one: list(TAGS).index(str(one.tags[0]))):
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, schemas)
    answered = {code for operation in operations for code in error_codes_of(operation)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "TaskHub",
            "version": version,
            "summary": "A task service for clients that change the same tasks at the same time.",
            "description": INTRODUCTION + events_in_words(EVENT_TYPES),
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": description} for name, description in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": schemas.bounded(),
            "parameters": parameters.components(),
            "headers": responses.HEADERS,
            "examples": {code: responses.example_of(problem) for code, problem in problems().items() if code in answered},
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The access token of a session (`POST /v1/sessions`), or an API token (`POST /v1/tokens`).",
                }
            },
        },
    }


def _operation(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    is_public = isinstance(operation.access, Public)
    described: dict[str, Any] = {
        "operationId": operation.operation_id,
        "tags": operation.tags,
        "summary": operation.summary,
        "description": "\n\n".join(part for part in (operation.description, _right(operation.access)) if part),
        "security": [] if is_public else [{"bearer": [operation.access.scope.name.lower()]}],
        "parameters": parameters.parameters_of(operation, schemas),
    }
    if operation.body is not None:
        described["requestBody"] = _request_body(operation, operation.body[1], schemas)
    return described | {"responses": responses.responses_of(operation, schemas)}


def _request_body(operation: Operation, model: Any, schemas: Schemas) -> dict[str, Any]:
    schema = schemas.of_body(model)
    content = {"schema": schema, "example": schemas.example(schema, minimal=True)}
    described = {"description": f"`{'`, `'.join(others)}` is accepted as well."} if (others := operation.media_types[1:]) else {}
    # The same body under two media types would be two types in generated clients.
    return {**described, "required": True, "content": {operation.media_types[0]: content}}


def _right(access: Access) -> str:
    """A sentence that says which role and scope a caller needs."""
    scope = access.scope.name.lower()
    if isinstance(access, Public):
        return "No authentication required."
    if isinstance(access, SessionAccess):
        return "Requires a session. API tokens are not accepted."
    if isinstance(access, WorkspaceAccess):
        higher = " or higher" if access.role < max(Role) else ""
        return f"Requires the role `{access.role.key}`{higher} in the workspace. API tokens need the scope `{scope}`."
    return f"API tokens need the scope `{scope}`."
