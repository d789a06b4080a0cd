"""The codes in `errors`: a fixed set of ours, each documented, whatever pydantic calls what it finds."""

import re
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from pydantic import Field
from pydantic_core.core_schema import ErrorType
from tools.problem_list import DOCS

import taskhub
from taskhub.kernel.api import bodies, query_params
from taskhub.kernel.api.bodies import Body
from taskhub.kernel.api.faults import CODES, UNKNOWN_MEMBER, UNKNOWN_PARAMETER, names_of
from taskhub.kernel.api.problems import MAX_BYTES, problem_of
from taskhub.kernel.domain.errors import Fault, ValidationFailed
from taskhub.modules.discovery import installed_modules
from taskhub.service import pages

SOURCE = Path(taskhub.__file__).parent
RAISED = re.compile(r'(?:\bFault|PydanticCustomError)\(\s*"(\w+)"')
OPERATIONS = installed_modules().operations
FAULTS = installed_modules().catalogue.fault_codes
PROBLEMS = installed_modules().catalogue.problems
VALUES: list[Any] = [[], "a", 1, True, None, {"a": 1}, [{"a": 1}], [1], ["a"], "x" * 200_000, -1, 1e99, [[]] * 600]
TEXTS = ["", "a", "1", "-1", "9" * 20, "true", "null", "\x1b", "2026-13-45", "2026-11-20T99:00:00Z", "%" * 9000]


class Part(Body):
    color: str
    weight: int = 0


class Thing(Body):
    title: str
    parts: tuple[Part, ...] = ()
    spare: Part | None = None
    by_name: dict[str, Part] = Field(default={})


def faults(raw: bytes) -> tuple[Fault, ...]:
    parsed = bodies.parse(Thing, raw)
    assert isinstance(parsed, ValidationFailed)
    return parsed.faults


def codes_of(parsed: Any) -> set[str]:
    return {fault.code for fault in parsed.faults} if isinstance(parsed, ValidationFailed) else set()


def message_for(raw: bytes) -> str:
    (fault,) = faults(raw)
    return fault.message


def raised_codes() -> set[str]:
    """All codes that stand in the source where a fault is made."""
    return {code for file in SOURCE.rglob("*.py") for code in RAISED.findall(file.read_text(encoding="utf-8"))}


def test_whatever_pydantic_finds_has_a_code_of_ours() -> None:
    assert CODES.keys() == {*get_args(ErrorType)}


def test_every_code_is_explained_and_every_explained_code_is_used() -> None:
    assert raised_codes() | {*CODES.values(), UNKNOWN_MEMBER, UNKNOWN_PARAMETER} == FAULTS.keys()


def test_the_docs_and_the_page_of_the_problem_list_every_code() -> None:
    text = DOCS.read_text(encoding="utf-8")
    page = pages.problem_page(PROBLEMS["validation_failed"], FAULTS).decode()

    for code in FAULTS:
        assert f"| `{code}` |" in text, code
        assert f"<code>{code}</code>" in page, code


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.body], ids=lambda one: one.operation_id)
def test_nothing_that_a_body_may_be_wrong_in_has_another_code(operation: Any) -> None:
    model = operation.body[1]
    for value in VALUES:
        for sent in (value, dict.fromkeys(model.model_fields, value), {"items": [dict.fromkeys(model.model_fields, value)]}):
            assert codes_of(bodies.parse(model, msgspec.json.encode(sent))) <= FAULTS.keys(), value


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.operation_id)
def test_nothing_that_a_parameter_may_be_wrong_in_has_another_code(operation: Any) -> None:
    query = operation.query[1]
    for value in TEXTS:
        assert codes_of(query_params.parse(query, [(name, value) for name in query.model_fields])) <= FAULTS.keys(), value


def test_an_unknown_member_is_told_with_all_that_there_are_and_the_nearest() -> None:
    assert message_for(b'{"title": "a", "titel": 1}') == (
        "There is no field with this name. Did you mean title? Allowed are: by_name, parts, spare, title."
    )


@pytest.mark.parametrize("place", [b'"parts": [{"color": "red", "colour": 1}]', b'"spare": {"color": "red", "colour": 1}'])
def test_an_unknown_member_further_in_is_told_with_those_of_its_object(place: bytes) -> None:
    assert message_for(b'{"title": "a", ' + place + b"}") == (
        "There is no field with this name. Did you mean color? Allowed are: color, weight."
    )


def test_nothing_is_near_what_is_like_nothing() -> None:
    assert "Did you mean" not in message_for(b'{"title": "a", "qqqq": 1}')


def test_those_that_there_are_are_told_once() -> None:
    first, second = faults(b'{"title": "a", "x": 1, "part": 1}')

    assert "Allowed are" in first.message
    assert second.message == "There is no field with this name. Did you mean parts?"


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.operation_id)
def test_the_names_come_whole_in_every_operation(operation: Any) -> None:
    query = operation.query[1]
    refusals = {query: query_params.parse(query, [("surprise", "1")])}
    if operation.body:
        refusals[operation.body[1]] = bodies.parse(operation.body[1], b'{"surprise": 1}')
    for model, refusal in refusals.items():
        assert isinstance(refusal, ValidationFailed)
        document = problem_of(refusal, "r-1", keyed=False)[2].decode()
        assert all(name in document for name in names_of(model))


def test_a_flood_of_unknown_members_is_answered_briefly_and_tells_the_names_all_the_same() -> None:
    raw = b'{"title": "a"' + b"".join(b', "%s%d": 1' % (b"\xf0\x9f\x8c\x8d" * 300, number) for number in range(300)) + b"}"
    refused = bodies.parse(Thing, raw)

    assert isinstance(refused, ValidationFailed)
    document = problem_of(refused, "r-1", keyed=False)[2]
    assert len(document) <= MAX_BYTES
    assert b"Allowed are: by_name, parts, spare, title." in document
