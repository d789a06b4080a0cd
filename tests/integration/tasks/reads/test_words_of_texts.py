"""The functions that make words of texts and of what is searched for, on all of Unicode."""

# ruff: noqa: RUF001  # Characters that look like others are what is tried here.

import re
from collections.abc import Callable
from unicodedata import category, normalize
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.tasks.api.query_params import _words

WORKSPACE = uuid4()
ASSIGNED = [chr(n) for n in range(1, 0x110000) if category(chr(n)) not in {"Cs", "Co", "Cn"}]
FORMS: dict[str, Callable[[str], str]] = {
    "lower": str.lower,
    "upper": str.upper,
    "casefold": str.casefold,
    "NFC": lambda text: normalize("NFC", text),
    "NFD": lambda text: normalize("NFD", text),
    "NFKC": lambda text: normalize("NFKC", text),
    "NFKD": lambda text: normalize("NFKD", text),
}
"""What makes no difference."""

FINDS = """
SELECT task_words($1, 'OPS', 1, $2, $3) @@ task_query($1, $4) AND task_holds(task_phrases($4), 'OPS', 1, $2, $3)
"""
FOLDS = "SELECT array_agg(search_fold('a' || c || 'b') ORDER BY n) FROM unnest($1::text[]) WITH ORDINALITY AS t (c, n)"
SEARCHES = "SELECT array_agg(task_query($1, c) IS NOT NULL ORDER BY n) FROM unnest($2::text[]) WITH ORDINALITY AS t (c, n)"

thoroughly = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
notable = st.sampled_from(
    "aé\u0301ßﬁσς#+.-_'’/ \n\u00ad\u200b\u200d\ufe0f数据库がか\u3099ไทย한ᄒ\u1161\u11ab👩🏽🇩🇪❤&@…、「" + "\x01\x02\\:*&|!()"
)
texts = st.text(notable | st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)


async def finds(database: Database, title: str, description: str | None, q: str) -> bool | None:
    async with database.connection() as connection:
        found: bool | None = await connection._driver.fetchval(FINDS, WORKSPACE, title, description, q)
    return found


def is_refused(q: str) -> bool:
    try:
        _words(q)
    except PydanticCustomError:
        return True
    return False


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
async def test_every_character_is_the_same_in_all_forms(database: Database, form: Callable[[str], str]) -> None:
    changed = [c for c in ASSIGNED if form(c) != c]
    async with database.connection() as connection:
        folded = await connection._driver.fetchval(FOLDS, changed)
        others = await connection._driver.fetchval(FOLDS, [form(c) for c in changed])
    assert [(c, one, other) for c, one, other in zip(changed, folded, others, strict=True) if one != other] == []


async def test_every_character_that_may_be_searched_for_alone_is_a_word(database: Database) -> None:
    """Hangul and what is Han are left out: each is like all others of them."""
    taken = [c for c in ASSIGNED if not is_refused(c) and not re.match("[一-鿿가-힣\U00020000-\U0003ffff]", c)]
    missing = []
    async with database.connection() as connection:
        for start in range(0, len(taken), 2_000):
            some = taken[start : start + 2_000]
            searches = await connection._driver.fetchval(SEARCHES, WORKSPACE, some)
            missing += [c for c, is_word in zip(some, searches, strict=True) if not is_word]
    assert missing == []


@thoroughly
@given(st.data(), texts, st.none() | texts, st.sampled_from(sorted(FORMS)))
async def test_whatever_stands_in_a_text_is_found(
    database: Database, data: st.DataObject, title: str, description: str | None, form: str
) -> None:
    words = f"{title} {description or ''}".split()
    assume(words)
    q = FORMS[form](" ".join(data.draw(st.lists(st.sampled_from(words), min_size=1, max_size=3))))
    assert is_refused(q) or await finds(database, title, description, q)


@thoroughly
@given(texts, st.integers(1, 40))
async def test_the_beginning_of_a_text_is_found(database: Database, title: str, length: int) -> None:
    """Up to any character that people see: not within a syllable of Hangul, or between a letter and its marks."""
    shown = normalize("NFKC", title)
    q = shown[:length]
    rest = shown[length : length + 1]
    if not is_refused(q) and not (rest and (category(rest)[0] in "MC" or re.match("[ᄀ-ᇿ]", rest))):
        assert await finds(database, title, None, q)


@thoroughly
@given(texts, st.none() | texts, texts)
@example("x", None, "'" * 300 + "a")
@example("x", None, "\\" * 300 + "a:*")
async def test_nothing_that_is_searched_for_is_too_much(database: Database, title: str, description: str | None, q: str) -> None:
    assert await finds(database, title, description, q) in {True, False, None}


async def test_what_the_services_own_limits_let_pass_is_not_too_much(database: Database) -> None:
    for q in ("\ufdfa" * 500, "a " * 250, "数" * 500, "👍" * 500, "a+" * 250, "\u0338\u0306" * 250, "(" * 499 + "a", "ß" * 500):
        assert await finds(database, q, None, q), q


async def test_two_workspaces_have_different_words(database: Database) -> None:
    query = "SELECT task_words($1, 'OPS', 1, 'Oil', NULL) @@ task_query($2, 'oil')"
    async with database.connection() as connection:
        for other in (UUID(int=0), uuid4()):
            assert not await connection._driver.fetchval(query, WORKSPACE, other)
        assert await connection._driver.fetchval(query, WORKSPACE, WORKSPACE)
