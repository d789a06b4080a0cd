"""Documents and assets that are the same for all clients: compressed once, with an ETag, sent as `Accept-Encoding` asks."""

import gzip
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from starlette.responses import Response

from taskhub.kernel.api.preconditions import is_unmodified
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.responses import JsonResponse

Headers = Iterable[tuple[bytes, bytes]]
_GZIP = (b"content-encoding", b"gzip")
_VARY = (b"vary", b"Accept-Encoding")


@dataclass(frozen=True, slots=True)
class StaticContent:
    """A document, plain and compressed. ``tag`` is a hash of its content."""

    plain: bytes
    compressed: bytes
    tag: str

    @classmethod
    def of(cls, content: bytes) -> "StaticContent":
        # Without the time, so that all processes send the same bytes under the same tag.
        return cls(content, gzip.compress(content, mtime=0), hashlib.sha256(content).hexdigest()[:16])

    def answer(self, request: ApiRequest, headers: Headers, media_type: bytes = b"") -> Response:
        """The form that the client prefers, each with its own ETag; 304 if the client has it already."""
        is_compressed = accepts_gzip(request.header(b"accept-encoding"))
        tag = f"{self.tag}-gzip" if is_compressed else self.tag
        told = [(b"etag", b'"%s"' % tag.encode()), _VARY, *headers]
        if_none_match = request.header(b"if-none-match")
        if if_none_match is not None and is_unmodified(if_none_match, tag):
            return JsonResponse(304, b"", told)
        if is_compressed:
            return JsonResponse(200, self.compressed, [*told, _GZIP], media_type)
        return JsonResponse(200, self.plain, told, media_type)


@lru_cache(maxsize=64)
def accepts_gzip(accept_encoding: str | None) -> bool:
    """Whether the client accepts gzip, with a weight not below that of `identity` (RFC 9110, 12.5.3)."""
    if accept_encoding is None:
        return False
    weights = dict(_coding_and_weight(part) for part in accept_encoding.lower().split(","))
    others = weights.get("*", 0.0)
    gzip_weight = max(weights.get("gzip", others), weights.get("x-gzip", 0.0))
    return gzip_weight > 0 and gzip_weight >= weights.get("identity", 0.0)


def _coding_and_weight(part: str) -> tuple[str, float]:
    """A coding and its weight, 0 if it can't be parsed."""
    coding, _, parameter = part.partition(";")
    name, _, weight = parameter.partition("=")
    if not parameter.strip():
        return coding.strip(), 1.0
    try:
        return coding.strip(), float(weight) if name.strip() == "q" else 0.0
    except ValueError:
        return coding.strip(), 0.0
