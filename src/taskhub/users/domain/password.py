"""What a password must be, and when two are the same."""

from unicodedata import category, normalize

MIN_LENGTH, MAX_LENGTH = 12, 128
"""In characters of the canonical form, however many bytes those take. Nothing is trimmed: blanks belong to the password."""
MAX_LENGTH_AS_TYPED = 1000
"""More is no password, and not even brought into its canonical form. No canonical form of 128 characters takes as many."""


def canonical(text: str) -> str:
    """A password however a keyboard encodes it: OpaqueString of RFC 8265. Blanks of all kinds are blanks, the rest is in NFC.

    What OpaqueString would not admit at all is taken as it is: invisible characters belong to emoji, and which characters are
    assigned differs from one version of Unicode to the next.
    """
    if text.isascii():
        return text
    return normalize("NFC", "".join(" " if category(c) == "Zs" else c for c in text))


def has_control_character(text: str) -> bool:
    """Nobody can type one again, so no new password has any."""
    return any(category(c) == "Cc" for c in text)
