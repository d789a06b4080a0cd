"""Comparing what people write."""

import unicodedata


def folded(text: str) -> str:
    """Unicode's NFKC_Casefold: equal for texts that differ in case or in how their characters are encoded.

    Folding can undo the normal form and the other way round, so both are done twice.
    """
    for _ in range(2):
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", text).casefold())
    return text
