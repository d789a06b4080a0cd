"""The OpenAPI document: valid, complete, open in its answers, and made of what the routes declare."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from pydantic import ValidationError
from schemathesis.specs.openapi.definitions import OPENAPI_31

from taskhub.kernel.api import bodies
from taskhub.kernel.api.operations import Operation
from taskhub.modules.discovery import installed_modules
from taskhub.service.reference.document import document_of

OPERATIONS = [operation for operation in installed_modules().operations if operation.include_in_schema]
DOCUMENT = document_of(OPERATIONS, "1.2.3", installed_modules().catalogue)
SCHEMAS = DOCUMENT["components"]["schemas"]
WORDS = installed_modules().catalogue.words
PATCHES = [operation for operation in OPERATIONS if operation.method == "PATCH"]
WITH_BODY = [operation for operation in OPERATIONS if operation.body is not None]


def described(operation: Operation) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][operation.path][operation.method.lower()]
    return found


def everything(node: Any, *, follow: bool = False) -> Iterator[dict[str, Any]]:
    """All objects of a document, and those that it refers to where these are followed."""
    if isinstance(node, dict):
        yield node
        if follow and "$ref" in node:
            yield from everything(SCHEMAS[node["$ref"].rpartition("/")[2]], follow=True)
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from everything(child, follow=follow)


def faults(schema: dict[str, Any], value: Any) -> list[str]:
    """What is wrong with a value of a schema, which may refer to the components."""
    validator = jsonschema_rs.Draft202012Validator({**schema, "components": {"schemas": SCHEMAS}}, validate_formats=True)
    return [error.message for error in validator.iter_errors(value)]


def takes(model: type[bodies.Body], value: dict[str, Any]) -> bool:
    try:
        model.model_validate(value)
    except ValidationError:
        return False
    return True


def body_of(operation: Operation) -> dict[str, Any]:
    """Schema and example of a body. It has one media type in the document, or it would be two types in generated clients."""
    content: dict[str, Any]
    (content,) = described(operation)["requestBody"]["content"].values()
    return content


def body_schema(operation: Operation) -> dict[str, Any]:
    found: dict[str, Any] = SCHEMAS[body_of(operation)["schema"]["$ref"].rpartition("/")[2]]
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


def test_describes_every_operation() -> None:
    for operation in OPERATIONS:
        found = described(operation)
        in_path = {parameter["name"] for parameter in found["parameters"] if parameter.get("in") == "path"}

        assert found["summary"], operation.operation_id
        assert found["description"], operation.operation_id
        assert found["security"] in ([], [{"bearer": [operation.access.scope.name.lower()]}]), operation.operation_id
        assert in_path == {*operation.param_convertors}, operation.operation_id


def test_shows_what_every_operation_answers() -> None:
    for operation in OPERATIONS:
        responses = described(operation)["responses"]
        answers = [responses[status] for status in responses if status.startswith("2")]
        assert len(answers) == (2 if operation.may_create and not operation.creates else 1), operation.operation_id
        for answer in answers:
            if operation.status_code == 204:
                assert "content" not in answer, operation.operation_id
            elif operation.produces == "application/json" and operation.answers is not dict:
                content = answer["content"][operation.produces]
                assert faults(content["schema"], content["example"]) == [], operation.operation_id


def test_leaves_answers_open_for_what_may_come() -> None:
    for operation in OPERATIONS:
        for response in described(operation)["responses"].values():
            for content in response.get("content", {}).values():
                for schema in everything(content["schema"], follow=True):
                    assert schema.get("additionalProperties") is not False, operation.operation_id
                    assert not {"enum", "const"} & {*schema}, operation.operation_id


def test_names_the_problems_of_every_operation_under_their_status() -> None:
    problems = DOCUMENT["components"]["examples"]
    for operation in OPERATIONS:
        refusals = {status: answer for status, answer in described(operation)["responses"].items() if status >= "4"}
        assert "422" in refusals, operation.operation_id
        for status, answer in refusals.items():
            codes = answer["content"]["application/problem+json"]["examples"]
            assert {problems[code]["value"]["status"] for code in codes} == {int(status)}, operation.operation_id


def test_has_an_example_of_every_body_that_its_operation_takes() -> None:
    for operation in WITH_BODY:
        assert operation.body is not None
        content = body_of(operation)

        assert faults(content["schema"], content["example"]) == [], operation.operation_id
        operation.body[1].model_validate_json(json.dumps(content["example"]))


@pytest.mark.parametrize("operation", PATCHES, ids=lambda one: one.operation_id)
def test_lets_a_generated_client_tell_absent_from_null_in_a_patch(operation: Operation) -> None:
    schema = body_schema(operation)

    assert "required" not in schema
    assert all("default" not in member for member in schema["properties"].values())


@pytest.mark.parametrize("operation", PATCHES, ids=lambda one: one.operation_id)
def test_calls_a_member_of_a_patch_nullable_only_where_null_is_taken(operation: Operation) -> None:
    assert operation.body is not None
    for name, member in body_schema(operation)["properties"].items():
        assert (faults(member, None) == []) == takes(operation.body[1], {name: None}), name


def test_says_what_every_member_and_every_parameter_means() -> None:
    members = (
        (name, member) for title, schema in SCHEMAS.items() for name, member in schema.get("properties", {title: schema}).items()
    )
    parameters = ((one["name"], one) for node in everything(DOCUMENT) for one in node.get("parameters", ()) if "name" in one)

    assert [name for name, described in (*members, *parameters) if not described["description"]] == []


def test_has_no_word_in_its_glossary_that_nothing_needs() -> None:
    text = str(DOCUMENT)

    assert [name for name, word in WORDS.items() if word.meaning not in text and repr(word.meaning)[1:-1] not in text] == []
