"""What people write: when two texts are equal, what can be seen of them, and how they are sorted.

What the standard library knows of Unicode depends on its version; characters that it does not know yet are taken as they are.
"""

import re
from unicodedata import combining, normalize

_DEFAULT_IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""The property Default_Ignorable_Code_Point of DerivedCoreProperties.txt in Unicode 14. It holds code points that are still to be
assigned, so it seldom changes."""
_IGNORED = re.compile(f"[{_DEFAULT_IGNORABLE}]+")

_BLANK = "\u2800\ufff9-\ufffc\U00013430-\U0001343f\U00013441\U00013442\U00016fe4\U0001d159"
"""What shows nothing though Unicode calls it a symbol, a letter or a mark: the empty braille pattern, annotation anchors and the
object that is not there, joiners and blanks of hieroglyphs, the Khitan filler, the null note head."""
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
_VISIBLE = re.compile(rf"[^\s\x00-\x1f\x7f-\x9f\ud800-\udfff{_NONCHARACTERS}{_DEFAULT_IGNORABLE}{_BLANK}]")

_MAX_MARKS = 30
"""On one character, as in the Stream-Safe Text Format (UAX 15)."""
_EXCESS_MARKS = re.compile(rf"[^\w\s\x00-\x7f]{{{_MAX_MARKS + 1},}}")
"""More in a row that is neither letter, digit nor blank."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u0898-\u089f\u08ca-\u08e1\u08e3-\u08ff\u1ab0-\u1aff\u1dc0-\u1dff\ufb1e"
    "\ufe20-\ufe2f"
)
_MARKED = re.compile(rf"([^\W\d_])([{_MARKS}]+)")
_SHORT = "\N{COMBINING BREVE}"
_WITHOUT_STROKE = str.maketrans(
    {"Ø": "O", "ø": "o", "Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "Ħ": "H", "ħ": "h", "Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe"}
    | {"\N{LATIN SMALL LETTER DOTLESS I}": "i"}
)

_NUMBER = re.compile(r"\d+")
_MAX_KEY_LENGTH = 300
"""In characters of up to four bytes: two of this length and two ids fit into an entry of an index (2,704 bytes)."""
_THEN = "\x01"
"""Comes before all that a text is made of."""


def folded(text: str) -> str:
    """By what texts are compared: toNFKC_Casefold of the Unicode standard (chapter 3.13, R5).

    Equal for texts that differ in case, in how their characters are encoded, or in characters that are not to be seen.
    """
    if text.isascii():
        return text.lower()
    text = _without_excess_marks(_IGNORED.sub("", text))
    while True:
        once = normalize("NFKC", _IGNORED.sub("", normalize("NFD", text).casefold()))
        if once == text:
            return text
        text = once


def without_marks(text: str) -> str:
    """The text with letters in place of those with accents, points or strokes: `cafe` for `café`, `lodz` for `łódź`.

    Marks are left out where people write without them and are understood: on Latin, Greek and Cyrillic letters, and the points of
    Hebrew, Arabic and Syriac. They stay where a word without them is another one or none: vowel signs of Devanagari, Thai and the
    like, the voicing of kana; and on anything that is no letter (`≠`). `й` stays: nobody takes it for an `и`.
    """
    if text.isascii():
        return text
    return normalize("NFC", _MARKED.sub(_unmarked, normalize("NFD", _without_excess_marks(text))).translate(_WITHOUT_STROKE))


def _without_excess_marks(text: str) -> str:
    """Without the marks behind 30 on one character: to bring n of them into order takes n² steps, seconds in a long text."""
    return _EXCESS_MARKS.sub(_bounded, text)


def _bounded(heap: re.Match[str]) -> str:
    kept, marks = [], 0
    for c in heap[0]:
        marks = marks + 1 if combining(c) else 0
        if marks <= _MAX_MARKS:
            kept.append(c)
    return "".join(kept)


def _unmarked(letter: re.Match[str]) -> str:
    base, marks = letter.groups()
    return base + _SHORT if base in "иИ" and marks.startswith(_SHORT) else base


def sort_key(text: str) -> str:
    """By what names are sorted, bytewise (`COLLATE "C"`): without regard to case and marks, numbers by their value.

    Where that makes no difference the folded text decides. Texts that begin with the same 300 characters may have the same key.
    """
    name = _CONTROL.sub(" ", folded(text))
    plain = _NUMBER.sub(_by_value, without_marks(name))
    return plain[:_MAX_KEY_LENGTH] if plain == name else f"{plain[:_MAX_KEY_LENGTH]}{_THEN}{name[:_MAX_KEY_LENGTH]}"


def _by_value(number: re.Match[str]) -> str:
    """The digits behind their count, that behind its own: a longer number is a greater one."""
    digits = "".join(str(int(digit)) for digit in number[0]).lstrip("0") or "0"
    count = str(len(digits))
    return f"{len(count)}{count}{digits}"


def is_blank(text: str) -> bool:
    """Whether nothing of a text can be seen. Most begin with a sign of ASCII."""
    return not "!" <= text[:1] <= "~" and _VISIBLE.search(text) is None


def has_invisible_character(text: str) -> bool:
    """Whether a text holds characters that `folded` leaves out."""
    return _IGNORED.search(text) is not None


def has_control_character(text: str) -> bool:
    """Whether a text holds line breaks (also those of Unicode) or other control characters."""
    return not text.isprintable() and _CONTROL.search(text) is not None
