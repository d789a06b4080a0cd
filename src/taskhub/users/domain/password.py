"""Rules for passwords, and how they are compared."""

from unicodedata import category, normalize

MIN_LENGTH, MAX_LENGTH = 12, 128
"""In characters of the canonical form, not bytes. Nothing is trimmed: spaces are part of the password."""
MAX_LENGTH_AS_TYPED = 1000
"""Longer texts are refused before normalization. No password with a canonical form of 128 characters is this long."""


def canonical(text: str) -> str:
    """The canonical form of a password, the same for every keyboard: OpaqueString of RFC 8265. All white space becomes a space,
    the rest is normalized to NFC.

    Characters that OpaqueString forbids are kept: emoji contain invisible characters, and versions of Unicode differ in which
    characters are assigned.
    """
    if text.isascii():
        return text
    return normalize("NFC", "".join(" " if category(c) == "Zs" else c for c in text))


def has_control_character(text: str) -> bool:
    """Control characters are not allowed in new passwords, because nobody can type them again."""
    return any(category(c) == "Cc" for c in text)
