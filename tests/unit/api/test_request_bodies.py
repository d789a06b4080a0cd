"""Reading bodies: hostile ones are told apart from wrong ones, and neither gets through."""

from typing import Annotated

import pytest
from pydantic import Field

from taskhub.kernel.api.bodies import Body, check_size, parse, read_json
from taskhub.kernel.api.media_types import check_media_type
from taskhub.kernel.api.problems import BodyTooLarge, MalformedJson, UnsupportedMediaType
from taskhub.kernel.domain.errors import ValidationFailed


class Thing(Body):
    title: str
    count: int = 0
    done: bool = False
    parts: tuple["Thing", ...] = ()
    some: Annotated[tuple["Thing", ...], Field(min_length=1)] | None = None
    ways: dict[Annotated[str, Field(max_length=2)], tuple[str, ...]] = Field(default={})


def codes(raw: bytes) -> list[tuple[str, str | None]]:
    parsed = parse(Thing, raw)
    assert isinstance(parsed, ValidationFailed), raw[:100]
    return [(fault.code, fault.pointer) for fault in parsed.faults]


def test_a_list_whose_items_are_faulty_is_not_called_too_short_besides() -> None:
    assert codes(b'{"title": "a", "some": [{"title": 1}]}') == [("wrong_type", "/some/0/title")]
    assert codes(b'{"title": "a", "some": []}') == [("too_short", "/some")]


def test_speaks_of_lists_as_json_does() -> None:
    parsed = parse(Thing, b'{"title": "a", "parts": {}}')
    assert isinstance(parsed, ValidationFailed)
    assert [(fault.code, fault.message) for fault in parsed.faults] == [("wrong_type", "Input should be a valid array")]


def test_the_name_of_a_member_is_pointed_at_by_the_member() -> None:
    assert codes(b'{"title": "a", "ways": {"a/b": []}}') == [("too_long", "/ways/a~1b")]


def test_takes_what_it_knows() -> None:
    assert parse(Thing, b'{"title": "a", "count": 3}') == Thing(title="a", count=3)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b'{"title": "\xff"}',
        b'{"title": "\xed\xa0\x80"}',
        b'{"title": "\\ud800"}',
        b'{"title": "\x00"}',
        b'{"title": "a"} trailing',
        b"[" * 100_000,
        b'{"parts":[' * 100_000,
        b'{"title":' * 100_000 + b"1" + b"}" * 100_000,
    ],
    ids=["empty", "cut", "latin-1", "cesu-8", "lone-surrogate", "raw-nul", "trailing", "deep-list", "deep", "deep-and-closed"],
)
def test_refuses_what_is_not_json(raw: bytes) -> None:
    with pytest.raises(MalformedJson):
        parse(Thing, raw)


@pytest.mark.parametrize("value", [b"NaN", b"Infinity", b"-Infinity", b'NaN, "count": 1', b'NaN, "title": "\\u0000"'])
def test_refuses_numbers_that_json_does_not_know(value: bytes) -> None:
    with pytest.raises(MalformedJson):
        parse(Thing, b'{"title": "a", "count": ' + value + b"}")


def test_what_is_no_number_may_be_text() -> None:
    assert parse(Thing, b'{"title": "NaN, or Infinity"}') == Thing(title="NaN, or Infinity")


def test_looks_for_nul_in_all_that_it_takes() -> None:
    assert parse(Thing, b'{"title": 1e999, "title": "a \\\\u0000"}') == Thing(title="a \\u0000")


@pytest.mark.parametrize("value", [b"1e400", b"-1e400", b"1.5", b'"3"', b"true", b"null"])
def test_refuses_what_is_no_integer(value: bytes) -> None:
    assert codes(b'{"title": "a", "count": ' + value + b"}")[0][1] == "/count"


@pytest.mark.parametrize(
    ("number", "code"),
    [(b"9" * 5000, "too_large"), (b"-" + b"9" * 5000, "too_small"), (b"9" * 5000 + b".5", "too_large")],
    ids=["positive", "negative", "fraction"],
)
def test_a_number_that_no_parser_reads_is_json_all_the_same(number: bytes, code: str) -> None:
    assert codes(b'{"title": "a", "parts": [{"title": %s}]}' % number) == [(code, "/parts/0/title")]
    assert read_json(b'{"title": %s}' % number) not in ({}, None)
    with pytest.raises(MalformedJson):
        parse(Thing, b'{"title": "a", "count": %s' % number)


def test_text_that_looks_like_no_number_beside_one_that_is_out_of_range_is_text() -> None:
    assert codes(b'{"title": "NaN", "count": 1e400}')[0][1] == "/count"
    assert codes(b'{"title": "NaN", "count": %s}' % (b"9" * 5000)) == [("too_large", "/count")]


def test_takes_no_number_for_a_boolean() -> None:
    assert codes(b'{"title": "a", "done": 1}') == [("wrong_type", "/done")]


def test_refuses_members_that_it_does_not_know() -> None:
    assert codes(b'{"title": "a", "colour": 1}') == [("unknown_member", "/colour")]


def test_points_into_the_body_as_json_pointers_do() -> None:
    assert codes(b'{"title": "a", "a/b~c": 1}') == [("unknown_member", "/a~1b~0c")]


@pytest.mark.parametrize("raw", [b'{"title": "a\\u0000b"}', b'{"title": "a", "parts": [{"title": "\\u0000"}]}'])
def test_refuses_a_nul_wherever_it_stands(raw: bytes) -> None:
    assert codes(raw)[0][0] == "nul_character"


def test_takes_the_six_characters_that_only_look_like_a_nul() -> None:
    assert parse(Thing, b'{"title": "\\\\u0000"}') == Thing(title="\\u0000")


@pytest.mark.parametrize("announced", [b"1048577", b"9" * 30, b"9" * 5000])
def test_refuses_a_body_by_its_announced_size(announced: bytes) -> None:
    with pytest.raises(BodyTooLarge):
        check_size(announced)


@pytest.mark.parametrize(
    "sent",
    [
        b"application/json",
        b"Application/JSON; charset=UTF-8",
        b'application/json;charset="utf-8"',
        b"application/json ; charset = utf8",
        b"application/json; version=1",
        b"application/json;odata.metadata=minimal;IEEE754Compatible=true",
        b'application/json; profile="https://example.com/a;charset=latin-1"; charset=utf-8',
        b'application/json; note="a \\" quote"; CHARSET="\\utf-8"',
        b"application/json;",
        b"application/json; ;charset=utf-8",
    ],
)
def test_takes_json_however_it_is_announced(sent: bytes) -> None:
    check_media_type(sent, ("application/json",))


@pytest.mark.parametrize(
    "sent",
    [
        None,
        b"",
        b"text/plain",
        b"application/json; charset=latin-1",
        b"application/json; version=1; charset=utf-16",
        b'application/json; charset="utf-8"; charset="utf-7"',
        b'application/json; charset="utf-8',
        b"application/json; charset=",
        b"application/json; version=1, text/plain",
        b"application/json, application/json",
        b"application/json; a",
        b"application/json; a=b c",
        b"application/jsonp",
        b"application/json; a=" + b"x" * 300,
        b"\xff",
    ],
)
def test_refuses_other_media_types(sent: bytes | None) -> None:
    with pytest.raises(UnsupportedMediaType):
        check_media_type(sent, ("application/json",))
