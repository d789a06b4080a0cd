"""Texts of others can't control a terminal, and columns are as wide as they look."""

import pytest

from taskhub.client.text import lines, one_line, padded, width


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Oil the engine", "Oil the engine"),
        ("日本語 Äpfel 👩‍🚀", "日本語 Äpfel 👩‍🚀"),
        ("\x1b[31mred\x1b]0;title\x07", "\\x1b[31mred\\x1b]0;title\\x07"),
        ("\x9b2J", "\\x9b2J"),
        ("a\r\nb\u2028c", "a\\r\\nb\\u2028c"),
        ("abc\u202etxt.exe", "abc\\u202etxt.exe"),
        ("half \ud800", "half \\ud800"),
    ],
)
def test_a_line_shows_what_would_control_the_terminal(text: str, shown: str) -> None:
    assert one_line(text) == shown


def test_a_text_keeps_its_lines_and_tabs() -> None:
    assert lines("a\tb\r\nc\x1b[2J\n") == "a\tb\nc\\x1b[2J\n"


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("日本", 4), ("e\u0301", 1)])
def test_a_text_is_as_wide_as_it_looks(text: str, columns: int) -> None:
    assert width(text) == columns


@pytest.mark.parametrize(("text", "shown"), [("ab", "ab   "), ("abcdef", "abcd…"), ("日本語", "日本…"), ("a日本語", "a日 …")])
def test_a_cell_is_exactly_as_wide_as_its_column(text: str, shown: str) -> None:
    assert padded(text, 5) == shown
    assert width(shown) == 5
