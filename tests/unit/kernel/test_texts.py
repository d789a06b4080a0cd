"""When texts are equal, what can be seen of them, and how they are sorted."""
# ruff: noqa: RUF001 - Characters that look like others are what this is about.

from collections.abc import Callable
from itertools import pairwise
from unicodedata import category, normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.harness.properties import deterministic
from taskhub.kernel.domain.texts import folded, has_control_character, is_blank, sort_key, without_marks

INVISIBLE = list(
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u180b\u180e\u180f\u200b\u200d\u202e\u2060\u2065\u3164\ufe0f\ufeff\uffa0\ufff0"
    "\U0001bca0\U0001d173\U000e0001\U000e0fff"
)
BLANK = ["\u2800", "\ufffc", "\ufdd0", "\uffff", "\U0010fffe", "\U00013441", "\U0001d159", "\u3000", "\u00a0", "\u1680", "\u2028"]
SEEN = ["a", "1", ".", "\u0301", "❤", "\u0600", "\ue000", "\U0001faea", "\U0001f1e9", "\u1100", "ー", "\u2422", "¯"]
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), max_size=20)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("❤", "❤\ufe0f"),
        ("a", "a\u200d"),
        ("co\u00adoperate", "cooperate"),
        ("Café", "CAFE\u0301"),
        ("Straße", "STRASSE"),
        ("ΟΔΟΣ", "οδος"),
        ("ＡＢＣ", "abc"),
        ("ﬁle", "FILE"),
        ("한글", normalize("NFD", "한글")),
        ("\U000e0041x\u3164", "X"),
        ("ᾼ\u0345", "αιι"),
    ],
)
def test_texts_that_look_the_same_are_equal(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(("one", "other"), [("resume", "résumé"), ("かき", "かぎ"), ("1\u20e3", "1"), ("и", "й"), ("a b", "ab")])
def test_texts_that_look_different_are_not(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@deterministic
@given(WORDS)
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@deterministic
@given(WORDS, st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]), st.sampled_from([str.lower, str.upper, str.casefold]))
def test_neither_form_nor_invisible_characters_make_a_difference(text: str, form: str, case: object) -> None:
    assert folded(normalize(form, text)) == folded(text)  # type: ignore[arg-type]  # One of four forms.
    assert folded("\u200b".join(text)) == folded(text)


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("Café", "Cafe"),
        ("Cafe\u0301", "Cafe"),
        ("Äpfel", "Apfel"),
        ("Łódź", "Lodz"),
        ("smørrebrød", "smorrebrod"),
        ("Việt", "Viet"),
        ("ёлка", "елка"),
        ("ἄνθρωπος", "ανθρωπος"),
        ("שָׁלוֹם", "שלום"),
        ("مُحَمَّد", "محمد"),
        ("mañana œuvre", "manana oeuvre"),
    ],
)
def test_letters_lose_their_marks(marked: str, plain: str) -> None:
    assert without_marks(marked) == plain


@pytest.mark.parametrize("text", ["हिन्दी", "नुक़्ता", "ที่นี่", "がぎぐ", "한국어", "мой", "≠", "1\u20e3", "\u0301", "தமிழ்"])
def test_marks_that_make_another_word_stay(text: str) -> None:
    assert without_marks(text) == normalize("NFC", text)


@deterministic
@given(WORDS)
def test_there_are_no_marks_to_lose_twice(text: str) -> None:
    assert without_marks(without_marks(text)) == without_marks(text)


@pytest.mark.parametrize(
    "names",
    [
        ["Äpfel", "Zebra"],
        ["item 2", "item 10"],
        ["item 2", "Item 2a", "item 02b", "ITEM 10"],
        ["1", "2", "10", "99", "100", "9999999999", "10000000000"],
        ["v1.9", "v1.10"],
        ["apfel", "äpfel", "Apfelmus"],
        ["Łódź", "Lublin", "Zamość"],
        ["елка", "ёлка", "жук"],
        ["иней", "йод", "кот"],
        ["number ٢", "number 10"],
        ["a", "a b", "a1", "ab"],
        ["", " ", "!", "0", "a", "α", "я", "あ", "漢", "😀"],
    ],
)
def test_names_are_sorted_as_people_expect(names: list[str]) -> None:
    assert all(sort_key(one) < sort_key(other) for one, other in pairwise(names))


@deterministic
@given(WORDS, st.integers(min_value=0), st.integers(min_value=0), WORDS)
def test_numbers_are_sorted_by_their_values(before: str, one: int, other: int, after: str) -> None:
    names = (f"{before}#{one} {after}", f"{before}#{other} {after}")
    assert (sort_key(names[0]) < sort_key(names[1])) == (one < other)


@deterministic
@given(WORDS, WORDS)
def test_names_that_are_equal_have_one_place_and_others_another(one: str, other: str) -> None:
    assert (sort_key(one) == sort_key(other)) == (folded(one) == folded(other))
    assert sort_key(folded(one)) == sort_key(one)


@given(st.text(st.sampled_from("\ufdfa㌀ﷺ\U0001d160é9"), min_size=200, max_size=200))
def test_a_key_fits_into_an_index(name: str) -> None:
    assert len(sort_key(name).encode()) + 40 < 2704


@pytest.mark.parametrize("work", [folded, without_marks, sort_key])
def test_marks_in_heaps_cost_no_more_than_other_text(work: Callable[[str], str]) -> None:
    heap = "a" + "\u0300\u0316" * 15
    assert work(heap + "\u0300\u0316" * 50_000) == work(heap)
    assert work(heap + "a") != work(heap)


@pytest.mark.parametrize("joined", ["\u200d", "\u034f", "\u3164"])
def test_invisible_characters_build_no_heaps(joined: str) -> None:
    heap = "a" + "\u0300\u0316" * 15
    assert folded(heap + (joined + "\u0300\u0316" * 15) * 3_000) == folded(heap)


@pytest.mark.parametrize("text", ["", " ", "\t\n", *INVISIBLE, *BLANK, "".join(INVISIBLE + BLANK)])
def test_what_shows_nothing_is_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", SEEN)
def test_what_can_be_seen_is_not_blank(text: str) -> None:
    assert not is_blank(text)
    assert not is_blank(f"\u200b{text}\u2800")


@deterministic
@given(st.text(st.characters(categories=["Zs", "Zl", "Zp", "Cc"])))
def test_blanks_of_all_kinds_are_blank(text: str) -> None:
    assert is_blank(text)


@given(st.characters())
def test_control_characters_and_line_breaks_are_told(c: str) -> None:
    assert has_control_character(f"a{c}b") == (category(c) in {"Cc", "Zl", "Zp"})
