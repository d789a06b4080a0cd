"""Reading query parameters: strict, and helpful without repeating what was sent."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from taskhub.kernel.api.problems import problem_of
from taskhub.kernel.api.query_params import Flag, PageParams, parse, split
from taskhub.kernel.domain.errors import ValidationFailed


class Things(PageParams):
    tag: list[str] = Field(default=[])
    done: Flag | None = None
    q: str | None = None


def parsed_from(query: bytes) -> Things | ValidationFailed:
    pairs = split(query)
    return pairs if isinstance(pairs, ValidationFailed) else parse(Things, pairs)


def faults(query: bytes) -> list[tuple[str, str | None]]:
    parsed = parsed_from(query)
    assert isinstance(parsed, ValidationFailed), query
    return [(fault.code, fault.parameter) for fault in parsed.faults]


def read(query: bytes) -> Things:
    parsed = parsed_from(query)
    assert isinstance(parsed, Things), parsed.faults
    return parsed


def test_nothing_is_all_defaults() -> None:
    assert read(b"") == Things()


def test_a_list_may_be_repeated() -> None:
    assert read(b"tag=a&tag=b").tag == ["a", "b"]


def test_what_is_percent_encoded_is_read_as_utf_8() -> None:
    assert read("q=%C3%A4+b&tag=ü".encode()) == Things(q="ä b", tag=["ü"])


@pytest.mark.parametrize(("text", "value"), [(b"true", True), (b"false", False)])
def test_a_boolean_is_true_or_false(text: bytes, value: bool) -> None:
    assert read(b"done=" + text).done is value


@pytest.mark.parametrize("text", [b"", b"True", b"1", b"yes", b"on", b"null", b"%20true"])
def test_nothing_else_is_a_boolean(text: bytes) -> None:
    assert faults(b"done=" + text) == [("wrong_format", "done")]


@pytest.mark.parametrize("text", [b"", b"1_0", b"5.0", b"+5", b"%205", b"1e1", b"\xd9\xa3", b"9" * 4000])
def test_an_integer_is_digits(text: bytes) -> None:
    assert faults(b"limit=" + text) == [("wrong_format", "limit")]


@pytest.mark.parametrize("text", [b"0", b"201", b"-1", b"99999999999999999"])
def test_a_page_has_one_to_200_things(text: bytes) -> None:
    assert [parameter for _, parameter in faults(b"limit=" + text)] == ["limit"]


def test_a_single_value_is_not_repeated() -> None:
    assert faults(b"q=a&q=a&q=b") == [("repeated", "q")]


def test_an_unknown_parameter_is_refused_with_those_that_are_known() -> None:
    assert faults(b"tags=a&tags=b") == [("unknown_parameter", "tags")]
    parsed = parsed_from(b"tags=a")
    assert isinstance(parsed, ValidationFailed)
    assert "cursor, done, limit, q, tag" in parsed.faults[0].message


def test_all_faults_are_told_at_once() -> None:
    assert [parameter for _, parameter in faults(b"x=1&limit=0&done=1")] == ["x", "limit", "done"]


def test_nul_is_refused() -> None:
    assert faults(b"q=a%00b") == [("nul_character", "q")]
    assert faults(b"a%00=b") == [("unknown_parameter", "a?")]


@pytest.mark.parametrize("query", [b"q=%FF", b"q=\xff", b"q=%ED%A0%80", b"%80=a", b"&".join([b"tag=a"] * 401)])
def test_what_is_not_utf_8_or_endless_is_refused_as_a_whole(query: bytes) -> None:
    assert faults(query) == [("malformed_query", "")]


@given(st.binary(max_size=60_000))
def test_no_query_breaks_the_parser_or_comes_back_at_length(query: bytes) -> None:
    parsed = parsed_from(query)
    if isinstance(parsed, ValidationFailed):
        status, _, body = problem_of(parsed, "r", keyed=False)
        assert status == 422
        assert len(body) <= 10_000


def test_a_flood_of_unknown_names_is_answered_briefly() -> None:
    query = b"&".join(b"%01%F0%9F%8C%8D" * 100 + b"%d=x" % number for number in range(300))
    parsed = parsed_from(query)
    assert isinstance(parsed, ValidationFailed)
    body = problem_of(parsed, "r", keyed=False)[2]
    assert len(body) <= 10_000
    assert msgspec.json.decode(body)["code"] == "validation_failed"
