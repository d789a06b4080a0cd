"""Requests are compared by what they say."""

import json
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskhub.kernel.api.fingerprints import earlier_fingerprint, fingerprint
from taskhub.kernel.api.query_params import Pairs

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


def of(body: bytes, parameters: Pairs | None = None) -> bytes:
    return fingerprint("POST", "/v1/things", parameters or [], body)


@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_order_and_white_space_and_escapes_say_nothing(body: dict[str, object]) -> None:
    assert of(json.dumps(body, ensure_ascii=False).encode()) == of(json.dumps(dict(reversed([*body.items()])), indent=2).encode())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b"1", b"1.0"),
        (b"100", b"1e2"),
        (b"0", b"-0.0"),
        (b"0.5", b"5E-1"),
        (b'{"a": 1, "a": 2}', b'{"a": 2}'),
        (b'"\\u00e9\\/\\ud83d\\ude00"', '"é/😀"'.encode()),
    ],
)
def test_a_value_is_one_value_however_it_is_spelt(one: bytes, other: bytes) -> None:
    assert of(one) == of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b"1", b'"1"'),
        (b"1", b"true"),
        (b"null", b""),
        (b"[1, 2]", b"[2, 1]"),
        (b'{"a": null}', b"{}"),
        (b'{"a": {"b": 1}}', b'{"a": {}, "b": 1}'),
        ('"é"'.encode(), '"e\N{COMBINING ACUTE ACCENT}"'.encode()),
        (b"9007199254740993", b"9007199254740992"),
        (b"18446744073709551616", b"18446744073709551617"),
        (b"1e400", b"2e400"),
        (b"0.1", b"0.2"),
    ],
)
def test_another_value_is_another_request(one: bytes, other: bytes) -> None:
    assert of(one) != of(other)


@pytest.mark.parametrize("body", [b"[" * 100_000, b"\xff", b'"\\ud800"', b"{", b"9" * 5000, b"1e400"])
def test_what_has_no_value_is_compared_by_its_bytes(body: bytes) -> None:
    assert of(body) == of(body) != of(body + b" ")


def test_parameters_count_in_any_order_but_that_of_one_name() -> None:
    assert of(b"", [("a", "1"), ("b", "2"), ("a", "3")]) == of(b"", [("a", "1"), ("a", "3"), ("b", "2")])
    assert of(b"", [("a", "1"), ("a", "3")]) != of(b"", [("a", "3"), ("a", "1")])
    assert of(b"", [("a", "1")]) != of(b"", [("a", "2")])


def test_method_and_path_count() -> None:
    assert len({fingerprint(method, path, [], b"") for method in ("PUT", "DELETE") for path in ("/a", "/b")}) == 4


def test_a_record_of_an_earlier_version_is_known_by_its_bytes() -> None:
    expected = sha256(b"POST" + b"\x0010\x00/v1/things" + b"\x003\x00a=1" + b"\x004\x00{ }\n").digest()

    assert earlier_fingerprint("POST", "/v1/things", b"a=1", b"{ }\n") == expected
