"""What generators of clients make of the OpenAPI document depends on these."""

import json
import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from taskhub.modules.discovery import installed_modules
from taskhub.service.reference.document import document_of
from taskhub.tasks.api.bodies.types import Category, PriorityKey
from taskhub.users.api.bodies import ScopeKey
from taskhub.workspaces.api.bodies import RoleKey

DOCUMENT = document_of(
    [one for one in installed_modules().operations if one.include_in_schema], "1.2.3", installed_modules().catalogue
)
SCHEMAS = DOCUMENT["components"]["schemas"]
OPERATIONS = {one["operationId"]: one for path in DOCUMENT["paths"].values() for one in path.values()}
KEYWORDS = {
    *("type", "format", "description", "examples", "default", "title", "$ref", "anyOf", "enum", "pattern"),
    *("properties", "required", "additionalProperties", "propertyNames", "items", "x-extensible-enum"),
    *("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"),
}
KNOWN = {"Priority": PriorityKey, "StatusCategory": Category, "Role": RoleKey, "Scope": ScopeKey}
ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = SCHEMAS[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    return found


def within(schema: dict[str, Any], *, follow: bool = True) -> Iterator[dict[str, Any]]:
    """A schema and all schemas in it."""
    yield schema
    if follow and "$ref" in schema:
        yield from within(resolved(schema))
    inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", ())]
    inner += [schema[name] for name in ("items", "additionalProperties", "propertyNames") if isinstance(schema.get(name), dict)]
    for one in inner:
        yield from within(one, follow=follow)


def body_of(operation: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any]
    (content,) = operation["requestBody"]["content"].values()
    return content


def parameters() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, operation in OPERATIONS.items():
        yield from ((name, one) for one in operation["parameters"] if "name" in one)


def answers() -> Iterator[dict[str, Any]]:
    for operation in OPERATIONS.values():
        for answer in operation["responses"].values():
            for content in answer.get("content", {}).values():
                yield from within(content["schema"])


BODIES = [body_of(one) for one in OPERATIONS.values() if "requestBody" in one]


def test_schemas_have_no_keyword_that_json_schema_does_not_know() -> None:
    all_of_them = [*SCHEMAS.values(), *(one["schema"] for _, one in parameters())]

    assert {keyword for schema in all_of_them for one in within(schema, follow=False) for keyword in one} <= KEYWORDS


def test_every_list_tells_how_many_things_a_page_may_have() -> None:
    limits = {where: parameter["schema"] for where, parameter in parameters() if parameter["name"] == "limit"}
    of_changes = [schema for schema in limits.values() if schema["maximum"] == 1000]
    of_lists = [schema for schema in limits.values() if schema["maximum"] != 1000]

    assert len(of_lists) >= 10
    assert of_lists == [{"type": "integer", "minimum": 1, "maximum": 200, "default": 50}] * len(of_lists)
    assert of_changes == [{"type": "integer", "minimum": 1, "maximum": 1000, "default": 200}]


def test_every_object_says_what_is_in_it() -> None:
    for name, schema in SCHEMAS.items():
        for one in within(schema, follow=False):
            if one.get("type") == "object":
                assert "properties" in one or "additionalProperties" in one, name


@pytest.mark.parametrize(("owner", "member"), [("Workflow", "transitions"), ("WorkflowBody", "transitions")])
def test_maps_to_lists_are_the_same_type_when_read_and_when_written(owner: str, member: str) -> None:
    (of_map, null) = SCHEMAS[owner]["properties"][member]["anyOf"]

    assert (of_map["additionalProperties"]["type"], of_map["additionalProperties"]["items"]["type"]) == ("array", "string")
    assert null == {"type": "null"}


def test_changes_are_lists_by_member() -> None:
    assert SCHEMAS["HistoryEntry"]["properties"]["changes"]["additionalProperties"] == {"type": "array", "items": {}}


def test_no_member_of_a_body_has_a_default() -> None:
    for body in BODIES:
        for schema in within(body["schema"]):
            assert "default" not in schema


@pytest.mark.parametrize(("name", "kind"), KNOWN.items())
def test_known_values_have_a_name_and_are_those_that_are_taken(name: str, kind: Any) -> None:
    taken = [*get_args(get_args(kind)[0])]

    assert (SCHEMAS[name]["type"], SCHEMAS[name]["x-extensible-enum"]) == ("string", taken)


def test_known_values_are_named_wherever_they_stand() -> None:
    values = {frozenset(SCHEMAS[name]["x-extensible-enum"]) for name in KNOWN}
    for schema in [*SCHEMAS.values(), *(one["schema"] for _, one in parameters())]:
        for one in within(schema, follow=False):
            assert frozenset(one.get("enum", ())) not in values


@pytest.mark.parametrize(
    ("read", "written", "member"),
    [
        ("Task", "TaskPatch", "priority"),
        ("Task", "NewTask", "priority"),
        ("Status", "StatusBody", "category"),
        ("Member", "MemberPatch", "role"),
        ("Invitation", "NewInvitation", "role"),
        ("Token", "NewToken", "scopes"),
    ],
)
def test_what_was_read_can_be_written_back(read: str, written: str, member: str) -> None:
    def type_of(owner: str) -> Any:
        schema = SCHEMAS[owner]["properties"][member]
        schema = schema.get("anyOf", [schema])[0]
        return schema.get("$ref") or schema["items"]["$ref"]

    assert type_of(read) == type_of(written)


@pytest.mark.parametrize(
    ("owner", "member", "keyword", "limit"),
    [
        ("Task", "title", "maxLength", 500),
        ("Task", "description", "maxLength", 100_000),
        ("Task", "assignee_ids", "maxItems", 100),
        ("Task", "label_ids", "maxItems", 40),
        ("Task", "blocked_by_ids", "maxItems", 100),
        ("Project", "name", "maxLength", 200),
        ("Workflow", "statuses", "maxItems", 50),
        ("Status", "name", "maxLength", 200),
        ("Label", "name", "maxLength", 200),
        ("Comment", "body", "maxLength", 20_000),
        ("Workspace", "name", "maxLength", 200),
        ("Member", "name", "maxLength", 200),
        ("Member", "email", "maxLength", 254),
        ("User", "email", "maxLength", 254),
        ("User", "time_zone", "maxLength", 64),
        ("Due", "time_zone", "maxLength", 64),
        ("Token", "name", "maxLength", 200),
        ("TaskPage", "items", "maxItems", 200),
        ("TaskBatch", "items", "maxItems", 500),
    ],
)
def test_answers_tell_how_long_they_can_be(owner: str, member: str, keyword: str, limit: int) -> None:
    schema = SCHEMAS[owner]["properties"][member]

    assert next(one for one in [*schema.get("anyOf", ()), schema])[keyword] == limit


def test_the_numbers_of_answers_have_a_size() -> None:
    assert {one.get("format") for one in answers() if one.get("type") == "integer"} == {"int32", "int64"}


def test_a_body_has_one_type() -> None:
    for name, operation in OPERATIONS.items():
        assert len(operation.get("requestBody", {"content": [1]})["content"]) == 1, name


def test_no_example_of_a_body_has_more_than_it_needs() -> None:
    for body in BODIES:
        schema = resolved(body["schema"])
        needed = {*schema.get("required", [*schema["properties"]][:1])}
        assert body["example"].keys() == needed or body["example"] in schema["examples"]


def test_no_parameter_has_an_example_that_names_nothing() -> None:
    for operation, parameter in parameters():
        if "example" in parameter:
            assert parameter["required"], operation
            assert not ID.search(str(parameter["example"])), operation
    assert all("example" not in header for header in DOCUMENT["components"]["parameters"].values())


def test_a_stream_is_a_text_and_no_single_event() -> None:
    """Generated clients would read all of it as one."""
    (content,) = OPERATIONS["stream_workspace"]["responses"]["200"]["content"].values()
    assert content["schema"]["type"] == "string"
    assert json.loads(content["example"].removeprefix("data: ")).keys() == SCHEMAS["Change"]["properties"].keys()
