"""What a body says about itself: its media type, its charset and its coding."""

import re
from functools import lru_cache

from taskhub.kernel.api.problems import UnsupportedMediaType
from taskhub.kernel.domain.errors import Fault

_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_PARAMETER = re.compile(rf"\s*;\s*(?:({_WORD})\s*=\s*({_WORD}|{_QUOTED})\s*)?", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_UTF_8 = ("utf-8", "utf8")
_MAX_LENGTH = 256


def check_media_type(content_type: bytes | None, accepted: tuple[str, ...]) -> None:
    """Parameters that mean nothing here are ignored; a charset other than UTF-8 would mean another body.

    Raises:
        UnsupportedMediaType
    """
    value = (content_type or b"").decode("latin-1")
    if len(value) > _MAX_LENGTH or not _is_accepted(value, accepted):
        accept = ", ".join(accepted).encode()
        headers = [(b"accept-patch", accept)] if len(accepted) > 1 else [(b"accept", accept)]
        raise UnsupportedMediaType(f"Send the body as {' or '.join(accepted)}, in UTF-8.", headers)


@lru_cache(maxsize=64)
def _is_accepted(value: str, accepted: tuple[str, ...]) -> bool:
    media_type, _, _ = value.partition(";")
    if media_type.strip().lower() not in accepted:
        return False
    end = len(media_type)
    while end < len(value):
        parameter = _PARAMETER.match(value, end)
        if parameter is None or ((parameter[1] or "").lower() == "charset" and _unquoted(parameter[2]).lower() not in _UTF_8):
            return False
        end = parameter.end()
    return True


def _unquoted(value: str) -> str:
    return _ESCAPED.sub(r"\1", value[1:-1]) if value.startswith('"') else value


def check_coding(content_encoding: bytes | None) -> None:
    """
    Raises:
        UnsupportedMediaType: the body is compressed.
    """
    if content_encoding is None:
        return
    codings = {part.strip().lower() for part in content_encoding.split(b",")}
    if not codings <= {b"", b"identity"}:
        raise UnsupportedMediaType(
            "Send the body as it is: Content-Encoding is not taken.",
            [(b"accept-encoding", b"identity")],
            Fault("content_encoding", "expected none, or identity", header="Content-Encoding"),
        )
