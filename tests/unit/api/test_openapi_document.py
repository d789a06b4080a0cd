"""The OpenAPI document: valid, complete, open in its answers, and made of what the routes declare."""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from pydantic import ValidationError
from schemathesis.specs.openapi.definitions import OPENAPI_31

from taskhub.app import ROUTES
from taskhub.kernel.api import bodies
from taskhub.kernel.api.operations import Operation
from taskhub.service.reference.document import document_of
from taskhub.service.reference.glossary import WORDS

OPERATIONS = [operation for routes in ROUTES for operation in routes.operations if operation.include_in_schema]
DOCUMENT = document_of(OPERATIONS, "1.2.3")
SCHEMAS = DOCUMENT["components"]["schemas"]
PATCHES = [operation for operation in OPERATIONS if operation.method == "PATCH"]
WITH_BODY = [operation for operation in OPERATIONS if operation.body is not None]

by_id = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.operation_id)


def described(operation: Operation) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][operation.path][operation.method.lower()]
    return found


def everything(node: Any) -> Iterator[dict[str, Any]]:
    """All objects of a document, references left alone."""
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from everything(child)


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema on its own, with the components that it refers to."""
    return {**schema, "components": {"schemas": SCHEMAS}}


def body_schema(operation: Operation) -> dict[str, Any]:
    schema = described(operation)["requestBody"]["content"]["application/json"]["schema"]
    found: dict[str, Any] = SCHEMAS[schema["$ref"].rpartition("/")[2]]
    return found


def test_is_a_valid_openapi_3_1_document() -> None:
    errors = [error.message for error in jsonschema_rs.Draft202012Validator(OPENAPI_31).iter_errors(DOCUMENT)]

    assert errors == []


def test_has_valid_schemas() -> None:
    for name, schema in SCHEMAS.items():
        assert jsonschema_rs.meta.is_valid({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}), name


def test_refers_only_to_what_it_contains() -> None:
    for node in everything(DOCUMENT):
        reference = node.get("$ref")
        if isinstance(reference, str):
            place: Any = DOCUMENT
            for part in reference.removeprefix("#/").split("/"):
                place = place[part]


def test_describes_every_route_under_a_name_of_its_own() -> None:
    names = [operation["operationId"] for path in DOCUMENT["paths"].values() for operation in path.values()]

    assert len(set(names)) == len(names) == len(OPERATIONS)


@by_id
def test_describes_an_operation(operation: Operation) -> None:
    found = described(operation)

    assert found["summary"]
    assert found["description"]
    assert found["security"] in ([], [{"bearer": [operation.access.scope.name.lower()]}])
    assert {parameter["name"] for parameter in found["parameters"] if parameter.get("in") == "path"} == {*operation.param_convertors}


@by_id
def test_shows_what_an_operation_answers(operation: Operation) -> None:
    status, *_ = [status for status in described(operation)["responses"] if status.startswith("2")]
    answer = described(operation)["responses"][status]

    if status == "204":
        assert "content" not in answer
        return
    content = answer["content"][operation.produces]
    if operation.produces == "application/json" and operation.answers is not dict:
        validator = jsonschema_rs.Draft202012Validator(resolved(content["schema"]), validate_formats=True)
        assert [error.message for error in validator.iter_errors(content["example"])] == []


@by_id
def test_leaves_answers_open_for_what_may_come(operation: Operation) -> None:
    for response in described(operation)["responses"].values():
        for content in response.get("content", {}).values():
            for schema in everything(whole(content["schema"])):
                assert schema.get("additionalProperties") is not False
                assert "enum" not in schema
                assert "const" not in schema


def whole(schema: dict[str, Any]) -> Any:
    """A schema with all references replaced by what they mean."""
    if "$ref" in schema:
        return whole(SCHEMAS[schema["$ref"].rpartition("/")[2]])
    return {
        key: whole(value) if isinstance(value, dict) else [whole(one) if isinstance(one, dict) else one for one in value]
        if isinstance(value, list)
        else value
        for key, value in schema.items()
    }


@by_id
def test_names_the_problems_of_an_operation_by_status(operation: Operation) -> None:
    for status, response in described(operation)["responses"].items():
        for content_type, content in response.get("content", {}).items():
            if status >= "4":
                assert content_type == "application/problem+json"
                for code in content["examples"]:
                    assert DOCUMENT["components"]["examples"][code]["value"]["status"] == int(status)


@pytest.mark.parametrize("operation", WITH_BODY, ids=lambda one: one.operation_id)
def test_has_an_example_that_the_operation_takes(operation: Operation) -> None:
    content = described(operation)["requestBody"]["content"]["application/json"]
    assert operation.body is not None

    operation.body[1].model_validate_json(jsonschema_rs_dumps(content["example"]))
    assert jsonschema_rs.is_valid(resolved(content["schema"]), content["example"], validate_formats=True)


def jsonschema_rs_dumps(value: Any) -> str:
    import json

    return json.dumps(value)


@pytest.mark.parametrize("operation", PATCHES, ids=lambda one: one.operation_id)
def test_lets_a_generated_client_tell_absent_from_null_in_a_patch(operation: Operation) -> None:
    schema = body_schema(operation)

    assert "required" not in schema
    assert all("default" not in member for member in schema["properties"].values())


@pytest.mark.parametrize("operation", PATCHES, ids=lambda one: one.operation_id)
def test_calls_a_member_nullable_only_where_null_is_taken(operation: Operation) -> None:
    assert operation.body is not None
    for name, member in body_schema(operation)["properties"].items():
        said = jsonschema_rs.is_valid(resolved(member), None)
        assert said == takes(operation.body[1], {name: None}), name


def takes(model: type[bodies.Body], value: dict[str, Any]) -> bool:
    try:
        model.model_validate(value)
    except ValidationError:
        return False
    return True


def test_has_no_word_in_its_glossary_that_nothing_needs() -> None:
    text = str(DOCUMENT)

    assert [name for name, word in WORDS.items() if word.meaning not in text and repr(word.meaning)[1:-1] not in text] == []
