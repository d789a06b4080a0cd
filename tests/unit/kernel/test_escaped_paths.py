"""Paths with escaped parts: one spelling for all, and what each part says."""

from urllib.parse import unquote

import pytest

from taskhub.kernel.api.escaped_paths import escaped, escaped_path, is_text, unescaped


def path_of(raw: str) -> str:
    return escaped_path({"type": "http", "path": unquote(raw), "raw_path": raw.encode()})


def test_a_path_without_escapes_is_taken_as_it_is() -> None:
    assert escaped_path({"type": "http", "path": "/v1/tasks/OPS-1", "raw_path": b"/v1/tasks/OPS-1"}) == "/v1/tasks/OPS-1"
    assert escaped_path({"type": "http", "path": "/v1/tasks"}) == "/v1/tasks"


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ("/t%61sks/OPS%2D1", "/tasks/OPS-1"),
        ("/tasks/a%2fb%2Fc", "/tasks/a%2Fb%2Fc"),
        ("/tasks/a%252Fb", "/tasks/a%252Fb"),
        ("/tasks/external%3Aa%23%3F%20", "/tasks/external:a%23%3F%20"),
        ("/tasks/%C3%BC", "/tasks/%C3%BC"),
        ("/tasks/%ff%FE", "/tasks/%FF%FE"),
        ("/tasks/%zz%", "/tasks/%25zz%25"),
    ],
)
def test_all_spellings_of_a_path_become_one(raw: str, path: str) -> None:
    assert path_of(raw) == path
    assert path_of(path) == path


@pytest.mark.parametrize("part", ["a/b", "%2F", "a b?#", "żółw", "\U0001f600", "~!@$&'()*+,;=:-._"])
def test_a_part_says_what_was_escaped(part: str) -> None:
    assert unescaped(escaped(part)) == part
    assert "/" not in escaped(part)
    assert is_text(part)


def test_bytes_that_are_no_text_are_told_from_the_sign_that_often_stands_for_them() -> None:
    assert not is_text(unescaped("a%FF"))
    assert is_text(unescaped("a%EF%BF%BD"))
