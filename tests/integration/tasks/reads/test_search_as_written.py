"""Searching for what people write in any language, form and notation."""

# ruff: noqa: RUF001  # Characters that look like others are what is tried here.

import random
from typing import Any
from unicodedata import normalize

import pytest

from support.harness.api import Api, ok

pytestmark = pytest.mark.usefixtures("app")


async def found(api: Api, q: str, **parameters: Any) -> list[str]:
    return [task["title"] for task in ok(await api.get("tasks", q=q, **parameters))["items"]]


@pytest.mark.parametrize(
    ("title", "q"),
    [
        ("Café", "Cafe\u0301"),
        ("Cafe\u0301", "Café"),
        ("Café", "cafe"),
        ("Cafe", "café"),
        ("한국어 문서", normalize("NFD", "한국어")),
        (normalize("NFD", "한국어 문서"), "한국"),
        ("Straße sperren", "STRASSE"),
        ("STRASSE SPERREN", "straße"),
        ("ΟΔΟΣ", "οδος"),
        ("οδος", "ΟΔΟΣ"),
        ("Ὀδυσσεύς", "οδυσσευσ"),
        ("ＡＢＣ", "abc"),
        ("abc", "ＡＢＣ"),
        ("ｶﾞｲﾄﾞ", "ガイド"),
        ("ﬁle", "file"),
        ("file", "ﬁle"),
        ("m² and ½", "m2"),
        ("Donau\u00addampf\u00adschiff", "donaudampf"),
        ("Donaudampfschiff", "Donau\u00addampf"),
        ("zero\u200bwidth", "zerowidth"),
        ("می\u200cخواهم", "میخواهم"),
        ("Łódź", "lodz"),
        ("Ærø", "aero"),
        ("İstanbul", "istanbul"),
        ("Iğdır", "ığdir"),
        ("Ёлка", "елка"),
        ("שָׁלוֹם", "שלום"),
        ("مُحَمَّد", "محمد"),
        ("Tiếng Việt", "tieng viet"),
    ],
)
async def test_case_marks_and_compatibility_forms_don_t_matter(ada: Api, title: str, q: str) -> None:
    await ada.add_task(title)
    assert await found(ada, q) == [title]


@pytest.mark.parametrize(("title", "q"), [("мои", "мой"), ("か", "が"), ("a = b", "≠"), ("की", "का"), ("Cafe", "cafés")])
async def test_marks_that_make_another_letter_or_sign_do(ada: Api, title: str, q: str) -> None:
    await ada.add_task(title)
    assert await found(ada, q) == []


@pytest.mark.parametrize(
    ("description", "q"),
    [
        (" ".join(f"BUG-{n}" for n in range(1, 301)), "BUG-300"),
        (" ".join(f"https://example.com/issues/{n}" for n in range(300)), "https://example.com/issues/299"),
        (", ".join(f"user{n}@example.com" for n in range(300)), "user299@example.com"),
        ("\n".join(f"- 2026-{month:02}-{day:02}: done" for month in range(1, 13) for day in range(1, 29)), "2026-12-28"),
        ("a " * 40_000 + "at last.md", "last.md"),
    ],
    ids=["keys", "links", "mail addresses", "dates", "far behind"],
)
async def test_what_stands_side_by_side_is_found_however_often_its_words_occur(ada: Api, description: str, q: str) -> None:
    title = (await ada.add_task(description=description))["title"]
    assert await found(ada, q) == [title]
    assert await found(ada, q.replace("-", ".").replace("/", "-") + "0") == []


@pytest.mark.parametrize(
    ("title", "q"),
    [
        ("数据库迁移计划", "迁移"),
        ("数据库迁移计划", "数据"),
        ("数据库迁移计划", "计划"),
        ("数据库迁移计划", "库迁移计"),
        ("数据库迁移计划", "数据库迁移计划"),
        ("数据库迁移计划", "迁移 数据库"),
        ("数据库迁移计划", "库"),
        ("数据库迁移计划", "划"),
        ("新しいデータベースへ移行する", "ベース"),
        ("新しいデータベースへ移行する", "移行"),
        ("iPhone手机壳", "iphone手机"),
        ("iPhone手机壳", "手机 iphone"),
        ("升级iPhone15", "iphone15"),
        ("การย้ายฐานข้อมูล", "ฐานข้อมูล"),
        ("ການຍ້າຍຖານຂໍ້ມູນ", "ຖານຂໍ້"),
        ("ការផ្លាស់ប្ដូរទិន្នន័យ", "ទិន្នន័យ"),
        ("ဒေတာဘေ့စ်ရွှေ့ပြောင်းခြင်း", "ရွှေ့"),
        ("𠮷野家へ行く", "𠮷野"),
        ("「数据库」迁移", "数据库"),
    ],
)
async def test_in_scripts_without_spaces_any_adjoining_characters_are_found(ada: Api, title: str, q: str) -> None:
    await ada.add_task(title)
    assert await found(ada, q) == [title]


@pytest.mark.parametrize("q", ["移迁", "据迁", "数据迁移", "库计", "库迁计划", "划计"])
async def test_characters_that_don_t_adjoin_are_not_found(ada: Api, q: str) -> None:
    await ada.add_task("数据库迁移计划")
    await ada.add_task("库迁与计划")
    assert await found(ada, q) == []


async def test_long_runs_are_found_by_what_is_in_them(ada: Api) -> None:
    characters = "".join(chr(0x4E00 + n * 7) for n in range(700))
    letters = "".join(random.Random(7).choices("abcdefghij", k=3000))
    run = (await ada.add_task("Run", description=characters))["title"]
    word = (await ada.add_task("Word", description=f"so {letters} it is"))["title"]
    for q in (characters[:2], characters[350:353], characters[-2:], characters[100:600]):
        assert await found(ada, q) == [run]
    for q in (letters[:20], letters[:200], letters[:201], letters[:500], f"it {letters[:400]}"):
        assert await found(ada, q) == [word]
    for q in (letters[:499] + "k", f"{letters[:400]} it", characters[100:500] + characters[502:600]):
        assert await found(ada, q) == []


TITLES = (
    "Learn C++ (templates)",
    "Learn C#",
    "Learn C",
    "Port to .NET 8",
    "Port the network",
    "Move to ASP.NET",
    "Ship it 🚀",
    "Ship👍🏽it",
    "I ❤️ it",
    "Flag 🇩🇪🇪🇸",
    "Family 👩‍👩‍👧",
    "Pay 50 € → now",
    "See #12 and @mira",
    "Use --force, or force it",
    "a => b",
    "R&D",
)


@pytest.mark.parametrize(
    ("q", "titles"),
    [
        ("c++", {"Learn C++ (templates)"}),
        ("(C++)", {"Learn C++ (templates)"}),
        ("learn c++", {"Learn C++ (templates)"}),
        ("c++ learn", {"Learn C++ (templates)"}),
        ("C#", {"Learn C#"}),
        ("learn c", {"Learn C++ (templates)", "Learn C#", "Learn C"}),
        (".net", {"Port to .NET 8", "Move to ASP.NET"}),
        ("asp.net", {"Move to ASP.NET"}),
        ("net 8", {"Port to .NET 8"}),
        ("🚀", {"Ship it 🚀"}),
        ("👍", {"Ship👍🏽it"}),
        ("👍🏽", {"Ship👍🏽it"}),
        ("👍🏿", set()),
        ("❤", {"I ❤️ it"}),
        ("❤️", {"I ❤️ it"}),
        ("🇪🇸", {"Flag 🇩🇪🇪🇸"}),
        ("🇫🇷", set()),
        ("👩‍👩‍👧", {"Family 👩‍👩‍👧"}),
        ("👧‍👩", set()),
        ("€", {"Pay 50 € → now"}),
        ("→", {"Pay 50 € → now"}),
        ("#12", {"See #12 and @mira"}),
        ("#1", {"See #12 and @mira"}),
        ("@mira", {"See #12 and @mira"}),
        ("#mira", set()),
        ("--force", {"Use --force, or force it"}),
        ("=>", {"a => b"}),
        ("+", {"Learn C++ (templates)"}),
        ("r&d", {"R&D"}),
        ("“Ship” it", {"Ship it 🚀", "Ship👍🏽it"}),
    ],
)
async def test_signs_and_symbols_count_as_typed(ada: Api, q: str, titles: set[str]) -> None:
    for title in TITLES:
        await ada.add_task(title)
    assert set(await found(ada, q)) == titles


@pytest.mark.parametrize(("title", "q"), [("Don’t panic", "don't"), ("Don't panic", "don’t"), ("1990–1999", "1990-1999")])
async def test_typographic_quotes_and_dashes_are_those_of_a_keyboard(ada: Api, title: str, q: str) -> None:
    await ada.add_task(title)
    assert await found(ada, q) == [title]


async def test_as_much_may_be_searched_for_as_a_title_has(ada: Api) -> None:
    title = ("Every word of it " * 30)[:499] + "x"
    await ada.add_task(title)
    assert await found(ada, title) == [title]
    refused = await ada.get("tasks", q="a" * 501)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["parameter"] == "q"


@pytest.mark.parametrize(
    "q", ["\u00ad", "\u200b\u2060", "\ufe0f", "\u3164", "\u2800", "\u202e", "\u0301", "、。", "«»", "—", "`"]
)
async def test_what_is_nothing_but_invisible_or_punctuation_is_refused(ada: Api, q: str) -> None:
    answer = await ada.get("tasks", q=q)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "no_word"


_random = random.Random(11)
LARGEST = {
    "Han, all pairs different": "".join(_random.choices([chr(n) for n in range(0x4E00, 0x9FFF)], k=100_000)),
    "words of one letter": " ".join(chr(0x20000 + n) for n in range(42_000)) + " " + "x" * 16_001,
    "words of letters and digits": " ".join(f"{n:x}" for n in range(17_000)),
    "marks upon one letter": "e" + "\u0338\u0306" * 49_999,
    "characters that stand for 18": "\ufdfa" * 100_000,
    "symbols": "🎉" * 100_000,
    "one word": "ß" * 100_000,
}


@pytest.mark.parametrize("description", LARGEST.values(), ids=LARGEST)
async def test_the_largest_descriptions_can_be_stored_and_searched(ada: Api, description: str) -> None:
    description = description[:100_000]
    title = (await ada.add_task("Oil", description=description))["title"]
    *_, last = description.split()
    for q in {description[:2], last[:200]}:
        assert await found(ada, f"oil {q}") == [title], q
    ok(await ada.patch("tasks/OPS-1", {"status": "done"}))
    ok(await ada.patch("tasks/OPS-1", {"title": "Grease"}))
    assert await found(ada, "grease") == ["Grease"]


async def test_each_pair_of_a_hundred_thousand_characters_is_found(ada: Api) -> None:
    description = LARGEST["Han, all pairs different"]
    title = (await ada.add_task(description=description))["title"]
    for place in (0, 12_345, 50_000, 99_998):
        assert await found(ada, description[place : place + 2]) == [title]
