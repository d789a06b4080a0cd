"""The texts of all bodies: something is to be seen in each, and a name or title is one line."""

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from support.harness.operations import WITH_BODY, SampleData, example_body
from support.harness.problems import problem
from taskhub.kernel.api.operations import Operation

BLANK = {
    "zero-width space": "\u200b",
    "soft hyphen": "\u00ad",
    "empty braille": "\u2800",
    "override": "\u202e",
    "Hangul filler": "\u3164",
    "joiner": "\u200d",
    "byte order mark": "\ufeff",
    "variation selector": "\ufe0f",
    "tag": "\U000e0041",
    "blank": " ",
    "no-break space": "\u00a0",
    "ideographic space": "\u3000",
    "tab and line break": "\t\n",
    "line separator": "\u2028",
    "several": " \u200b\u2800\U000e0041\u3164 ",
}
CONTROL = {
    "tab": "a\tb",
    "line feed": "a\nb",
    "carriage return": "a\rb",
    "escape": "\x1b[31ma",
    "delete": "a\x7f",
    "next line": "a\u0085b",
    "C1": "a\x9bb",
    "line separator": "a\u2028b",
    "paragraph separator": "a\u2029b",
}
MANY_LINES = {"description", "body"}
OF_A_FORM = {"time_zone", "token", "email", "url"}
"""Texts that are looked up: what is wrong with them is told otherwise, or not at all."""


def texts_of(schema: dict[str, Any], kinds: dict[str, Any], path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The paths of the members that are free text."""
    if "$ref" in schema:
        schema = kinds[schema["$ref"].rpartition("/")[2]]
    if schema.get("type") == "string" and not {"enum", "const", "format", "pattern", "x-extensible-enum"} & {*schema}:
        yield path
    for choice in schema.get("anyOf", ()):
        yield from texts_of(choice, kinds, path)
    for name, member in schema.get("properties", {}).items():
        yield from texts_of(member, kinds, (*path, name))
    if "items" in schema:
        yield from texts_of(schema["items"], kinds, (*path, 0))


def free_texts() -> Iterator[tuple[Operation, tuple[str | int, ...]]]:
    for operation in WITH_BODY:
        assert operation.body is not None
        schema = operation.body[1].model_json_schema()
        yield from ((operation, path) for path in texts_of(schema, schema.get("$defs", {})) if path[-1] not in OF_A_FORM)


TEXTS = list(free_texts())
LINES = [(operation, path) for operation, path in TEXTS if path[-1] not in MANY_LINES]
SEEN = [(operation, path) for operation, path in TEXTS if path[-1] != "description"]


def each(texts: list[tuple[Operation, tuple[str | int, ...]]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("operation", "path"), texts, ids=lambda one: getattr(one, "operation_id", None))


def pointer(path: tuple[str | int, ...]) -> str:
    return "".join(f"/{part}" for part in path)


def with_text(operation: Operation, path: tuple[str | int, ...], text: str) -> Any:
    body = json.loads(json.dumps(example_body(operation)))
    place = body
    for part, within in pairwise(path):
        if within == 0 and not place.get(part):
            place[part] = [text]  # The example has none.
        place = place[part]
    place[path[-1]] = text
    return body


async def fault(sample: SampleData, operation: Operation, path: tuple[str | int, ...], text: str) -> tuple[str, str]:
    refusal = problem(await sample.call(operation, json=with_text(operation, path, text)), 422, "validation_failed")
    (only,) = refusal["errors"]
    return only["code"], only["pointer"]


def test_names_and_titles_are_among_the_texts() -> None:
    told = {f"{operation.operation_id} {pointer(path)}" for operation, path in LINES}
    assert told == {
        *(
            "create_task /title",
            "change_task /title",
            "put_task /title",
            "bulk_create_tasks /items/0/title",
            "bulk_update_tasks /items/0/patch/title",
        ),
        *("create_task /external_keys/0", "change_task /external_keys/0", "put_task /external_keys/0"),
        *("bulk_create_tasks /items/0/external_keys/0", "bulk_update_tasks /items/0/patch/external_keys/0"),
        *("create_project /name", "change_project /name", "set_workflow /statuses/0/name", "create_label /name"),
        *("change_label /name", "create_workspace /name", "change_workspace /name", "create_user /name", "change_me /name"),
        "create_token /name",
    }
    members = {path[-2] if path[-1] == 0 else path[-1] for _, path in TEXTS}
    assert members == {"title", "name", "description", "body", "external_keys"}


@each(SEEN)
@pytest.mark.parametrize("text", BLANK.values(), ids=BLANK.keys())
async def test_a_text_that_shows_nothing_is_blank(
    sample: SampleData, operation: Operation, path: tuple[str | int, ...], text: str
) -> None:
    assert await fault(sample, operation, path, text) == ("blank", pointer(path))


@each(LINES)
@pytest.mark.parametrize("text", CONTROL.values(), ids=CONTROL.keys())
async def test_a_name_or_title_is_one_line(
    sample: SampleData, operation: Operation, path: tuple[str | int, ...], text: str
) -> None:
    assert await fault(sample, operation, path, text) == ("control_character", pointer(path))


@each([(operation, path) for operation, path in LINES if path[-1] == "title"])
@pytest.mark.parametrize("text", ["a\n", "\ta"])
async def test_a_title_is_not_trimmed(sample: SampleData, operation: Operation, path: tuple[str | int, ...], text: str) -> None:
    assert await fault(sample, operation, path, text) == ("control_character", pointer(path))
