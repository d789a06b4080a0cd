"""Entity tags: `If-Match` and `If-None-Match` as RFC 9110 has them, over version numbers."""

import re
from enum import Enum, auto

import msgspec
from starlette.responses import Response

from taskhub.kernel.api.problems import InvalidHeader
from taskhub.kernel.application.commands import Expected
from taskhub.kernel.domain.errors import PreconditionRequired, StaleVersion

_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e]*)"')
_LIST = re.compile(r'\s*(?:W/)?"[\x21\x23-\x7e]*"\s*(?:,\s*(?:(?:W/)?"[\x21\x23-\x7e]*"\s*)?)*')


class IfMatch(Enum):
    """What `If-Match` means to an operation: the whole policy of that header.

    | operation | a version that is not the current one | no header | unreadable |
    |---|---|---|---|
    | READ | 412, by the tag of the answer | is shown | 400 |
    | CHANGE | 412, by the command (`require_version`) | 428 where the service requires versions | 400 |
    | OPTIONAL | as CHANGE | is changed | 400 |
    | CREATE_OR_CHANGE | as CHANGE; 404 where nothing is there | as CHANGE; is created where nothing is there | 400 |
    | REFUSED | 400: there is no single thing that could match | is done | 400 |
    """

    READ = auto()
    CHANGE = auto()
    OPTIONAL = auto()
    CREATE_OR_CHANGE = auto()
    REFUSED = auto()

    @classmethod
    def of(cls, method: str, *, creates: bool, is_public: bool) -> "IfMatch":
        """What it means where a route says nothing else."""
        if method == "GET":
            return cls.READ
        if not creates and not is_public:
            return cls.CHANGE
        return cls.REFUSED if method == "POST" else cls.OPTIONAL

    def expected(self, if_match: str | None) -> Expected:
        """The versions that a command may find.

        Raises:
            InvalidHeader
        """
        if if_match is None:
            return None
        if self is IfMatch.REFUSED:
            raise InvalidHeader("If-Match", "not supported: this operation has no single resource whose version could match")
        return _versions(if_match)

    def check_new(self, if_none_match: str | None) -> None:
        """Of a write, only one that may create a thing has a use for `If-None-Match`, and only for `*`.

        Raises:
            InvalidHeader
        """
        if self is IfMatch.CREATE_OR_CHANGE and if_none_match is not None and if_none_match.strip() != "*":
            raise InvalidHeader("If-None-Match", 'only "*" is supported here')

    def require(self, if_match: str | None, *, versions_required: bool) -> None:
        """``versions_required``: whether this service takes no change without the version that it is meant for.

        Raises:
            PreconditionRequired
        """
        if if_match is None and versions_required and self is IfMatch.CHANGE:
            raise PreconditionRequired

    def check_answer(self, if_match: str | None, response: Response) -> None:
        """Refuses to show what is of none of the versions that the header names.

        Raises:
            StaleVersion
        """
        if if_match is not None and self is IfMatch.READ:
            _check_shown(if_match, response)


class _Versioned(msgspec.Struct):
    """Any representation that has a version."""

    version: int


def etag(version: int) -> bytes:
    return b'"%d"' % version


def _versions(if_match: str) -> Expected:
    """The versions that `If-Match` names. Weak and foreign tags match none, so they are left out; `*` matches any.

    Raises:
        InvalidHeader: the header is not a list of quoted tags.
    """
    if if_match.strip() == "*":
        return None
    return frozenset(int(tag) for weak, tag in _tags("If-Match", if_match) if not weak and _is_version(tag))


def is_unmodified(if_none_match: str, version: int | str) -> bool:
    """Whether the caller's copy is still good. Comparison is weak."""
    return has_tag(if_none_match, f'"{version}"')


def has_tag(if_none_match: str, entity_tag: str) -> bool:
    """Whether the header names an entity tag, given with its quotes. Comparison is weak."""
    if if_none_match in (entity_tag, "*"):
        return True
    opaque = entity_tag.removeprefix("W/").strip('"')
    return if_none_match.strip() == "*" or any(tag == opaque for _, tag in _tags("If-None-Match", if_none_match))


def check_tags(header: str, value: str) -> None:
    """Raises:
    InvalidHeader: it is neither `*` nor a list of quoted tags.
    """
    if not _LIST.fullmatch(value) and value.strip() != "*":
        raise InvalidHeader(header, 'expected "*" or a list of quoted entity tags, for example "7"')


def _check_shown(if_match: str, response: Response) -> None:
    """Refuses an answer of success to a read that is of none of the versions that `If-Match` names. Comparison is strong.

    An answer that depends on more than its version has no tag: the version in it stands for one. A list has neither.

    Raises:
        StaleVersion
    """
    if if_match.strip() == "*":
        return
    tag = next((value.decode() for name, value in response.raw_headers if name == b"etag"), None) or _tag_within(response)
    named = {f'"{name}"' for weak, name in _tags("If-Match", if_match) if not weak}
    if tag in named:
        return
    version = tag.strip('"') if tag else ""
    raise StaleVersion(int(version) if _is_version(version) else None)


def _tag_within(response: Response) -> str | None:
    try:
        return f'"{msgspec.json.decode(response.body, type=_Versioned).version}"'
    except msgspec.MsgspecError:
        return None


def _is_version(tag: str) -> bool:
    return tag.isascii() and tag.isdigit() and len(tag) <= 18 and str(int(tag)) == tag


def _tags(header: str, value: str) -> list[tuple[str, str]]:
    check_tags(header, value)
    return _TAG.findall(value)
