"""Titles and descriptions with words that are in almost every task, in some, and in one."""

import random

COMMON_WORD = "check"
"""In every second title."""
RARE_WORD = "zeppelin"
"""In one title of a workspace."""
RARE_PLACE = 4_321
"""Which task of its workspace has the rare word."""

_SYLLABLES = ("ba", "de", "fi", "go", "hu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "zu")
_WORDS = tuple(a + b + c for a in _SYLLABLES for b in _SYLLABLES for c in ("r", "n", "st", "x", "lk", ""))


def title(source: random.Random, place: int) -> str:
    """``place`` counts the tasks of a workspace."""
    words = [_word(source) for _ in range(5)]
    if place % 2 == 0:
        words[0] = COMMON_WORD
    if place == RARE_PLACE:
        words[1] = RARE_WORD
    return " ".join(words).capitalize()


def description(source: random.Random) -> str:
    return " ".join(_word(source) for _ in range(source.randrange(20, 60))).capitalize() + "."


def _word(source: random.Random) -> str:
    """Frequent words are frequent, as in any language."""
    return _WORDS[int(len(_WORDS) * source.random() ** 3)]
