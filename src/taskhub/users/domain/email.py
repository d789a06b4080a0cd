"""Email addresses, and what makes two of them the same."""

import re
from dataclasses import dataclass
from unicodedata import normalize

from taskhub.kernel.domain.texts import has_invisible_character

MAX_LENGTH = 254
MAX_LOCAL_PART_LENGTH = 64
"""Both in bytes, by RFC 5321."""

_ATOM = r'[^\s"(),.:;<>@\[\]\\]+'
_LOCAL_PART = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """``text`` is the address as its owner writes it; ``key`` its canonical form, by which addresses are compared.

    The key is compatibility-normalised and case-folded as a whole, with the domain in its ASCII form. New addresses have no
    invisible characters. Those in older ones, such as variation selectors, stay part of the key: else their owners would be asked
    for somebody else's password.
    """

    text: str
    key: str

    @classmethod
    def new(cls, text: str) -> "EmailAddress":
        """Reads the address of a new account, or a new one of an account.

        Raises:
            ValueError: as `parse`, or something in it can't be seen.
        """
        address = cls.parse(text)
        if has_invisible_character(text):
            raise ValueError("an email address with characters that can't be seen")
        return address

    @classmethod
    def parse(cls, text: str) -> "EmailAddress":
        """Reads an address; blanks around it don't count. Quoted local parts and address literals are not taken.

        Raises:
            ValueError: it is not an email address, or longer than one may be.
        """
        text = text.strip()
        if len(text) > MAX_LENGTH or not text.isprintable():
            raise ValueError("not an email address")
        local_part, _, domain = _folded(text).rpartition("@")
        key = f"{local_part}@{_ascii(domain)}"
        if not _LOCAL_PART.fullmatch(local_part) or not local_part.isprintable():
            raise ValueError("not an email address")
        if len(local_part.encode()) > MAX_LOCAL_PART_LENGTH or len(key.encode()) > MAX_LENGTH:
            raise ValueError("longer than an email address may be")
        return cls(text, key)


def _folded(text: str) -> str:
    """Folding can undo the normal form and the other way round, so both are done twice."""
    for _ in range(2):
        text = normalize("NFKC", normalize("NFD", text).casefold())
    return text


def _ascii(domain: str) -> str:
    try:
        name = domain.encode("idna").decode().lower()
    except UnicodeError:
        raise ValueError("not the name of a mail domain") from None
    if not _DOMAIN.fullmatch(name):
        raise ValueError("not the name of a mail domain")
    return name
