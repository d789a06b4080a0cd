"""What is no text is of the wrong type, wherever text is expected: in every member of every body."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from pydantic import BaseModel

from taskhub.kernel.api.bodies import parse
from taskhub.kernel.domain.errors import ValidationFailed
from taskhub.modules.discovery import installed_modules

BODIES = {model.__name__: model for o in installed_modules().operations if o.body is not None for _, model in [o.body]}


def text_members(body: type[BaseModel]) -> Iterator[str]:
    schema = body.model_json_schema()
    for name, member in schema["properties"].items():
        if types_of(member, schema.get("$defs", {})) <= {"string", "null"}:
            yield name


def types_of(schema: dict[str, Any], definitions: dict[str, Any]) -> set[str]:
    if "$ref" in schema:
        return types_of(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "enum" in schema:
        return {"string"}
    alternatives = [*schema.get("anyOf", ()), *schema.get("allOf", ())]
    found = {type for alternative in alternatives for type in types_of(alternative, definitions)}
    return found or {schema.get("type", "any")}


MEMBERS = [(body, name) for body in BODIES.values() for name in text_members(body)]


def test_there_are_many() -> None:
    assert len(MEMBERS) > 40


@pytest.mark.parametrize("value", [7, True, [], {}], ids=["number", "boolean", "array", "object"])
@pytest.mark.parametrize(("body", "name"), MEMBERS, ids=[f"{body.__name__}.{name}" for body, name in MEMBERS])
def test_what_is_no_text_is_of_the_wrong_type(body: type[BaseModel], name: str, value: Any) -> None:
    parsed = parse(body, msgspec.json.encode({name: value}))
    assert isinstance(parsed, ValidationFailed)
    assert [fault.code for fault in parsed.faults if fault.pointer == f"/{name}"] in (["wrong_type"], ["not_one_of"])
