"""Where a webhook is delivered to: a URL in one form, without what makes URLs ambiguous."""

import re
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urlsplit

MAX_URL_LENGTH = 2000

_ALLOWED = re.compile(r"[\x21-\x7e]+")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)")
"""What resolvers take for a part of an IPv4 address when a name ends in it: `2130706433`, `0x7f.1`, `0177.0.0.1`."""


class WrongUrl(ValueError):
    """The message says what is wrong with a URL."""


def checked_url(text: str) -> str:
    """The URL with its host in lower case.

    Raises:
        WrongUrl
    """
    if len(text) > MAX_URL_LENGTH:
        raise WrongUrl(f"A URL has up to {MAX_URL_LENGTH} characters.")
    if not _ALLOWED.fullmatch(text) or "\\" in text:
        raise WrongUrl("Expected ASCII without spaces: percent-encode the path, and write the host as punycode.")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise WrongUrl("The host or the port can't be read.") from None
    if parts.scheme not in ("http", "https") or not host:
        raise WrongUrl("Expected a URL that begins with https:// or http:// and names a host.")
    if "@" in parts.netloc:
        raise WrongUrl("A URL may hold no user and no password.")
    if parts.fragment or text.endswith("#"):
        raise WrongUrl("A URL to send to has no fragment.")
    if port == 0:
        raise WrongUrl("The port has to be between 1 and 65535.")
    written = _checked_host(host, is_bracketed="[" in parts.netloc)
    place = written if port is None else f"{written}:{port}"
    return parts._replace(netloc=place, path=parts.path or "/").geturl()


def host_address(url: str) -> str | None:
    """The address that a URL names instead of a host name; None where it names one."""
    host = urlsplit(url).hostname or ""
    return host if ":" in host or _NUMBER.fullmatch(host.rpartition(".")[2]) else None


def _checked_host(host: str, *, is_bracketed: bool) -> str:
    """Raises:
    WrongUrl
    """
    try:
        if is_bracketed:
            if "%" in host:
                raise WrongUrl("An address with a zone is good on one machine only.")
            return f"[{IPv6Address(host)}]"
        if _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
            return str(IPv4Address(host))
    except ValueError as error:
        if isinstance(error, WrongUrl):
            raise
        raise WrongUrl("Expected an IPv4 address as four decimal numbers, or an IPv6 address in brackets.") from None
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise WrongUrl("Expected the name of a host in letters, digits, hyphens and dots.")
    return host
