"""Errors as problem documents (RFC 9457). This is the only place that maps errors to HTTP statuses."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, ClassVar

import msgspec

from taskhub.kernel.application.errors import Busy, OutcomeUnknown, Unavailable
from taskhub.kernel.domain.errors import Category, DomainError, Fault

MEDIA_TYPE = b"application/problem+json"
MAX_BYTES = 10_000
MAX_FAULTS = 30
MAX_TEXT_LENGTH = 200
"""Of what was sent."""
MAX_MESSAGE_LENGTH = 1_000
"""Of what we say: all names that there are have to fit."""
STATUS = {
    Category.MALFORMED: 400,
    Category.UNAUTHENTICATED: 401,
    Category.FORBIDDEN: 403,
    Category.NOT_FOUND: 404,
    Category.CONFLICT: 409,
    Category.GONE: 410,
    Category.STALE: 412,
    Category.INVALID: 422,
    Category.PRECONDITION_REQUIRED: 428,
    Category.THROTTLED: 429,
    Category.UNAVAILABLE: 503,
}
_RETRY_AFTER_SECONDS = "1"

Headers = list[tuple[bytes, bytes]]


class HttpProblem(Exception):
    """The base of errors that concern HTTP alone: methods, media types and sizes."""

    status: ClassVar[int]
    code: ClassVar[str]
    title: ClassVar[str]
    retry: ClassVar[str] = "no"

    def __init__(self, detail: str, headers: Headers | None = None, *faults: Fault) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = headers or []
        self.faults = faults


class MalformedRequest(HttpProblem):
    status, code, title = 400, "malformed_request", "Malformed request"


class HeadersTooLarge(HttpProblem):
    status, code, title = 431, "headers_too_large", "Headers too large"


class MethodNotAllowed(HttpProblem):
    status, code, title = 405, "method_not_allowed", "Method not allowed"


class NotAcceptable(HttpProblem):
    status, code, title = 406, "not_acceptable", "Not acceptable"


class RequestTimeout(HttpProblem):
    """The request did not arrive in time. Nothing was executed."""

    status, code, title = 408, "request_timeout", "Request timeout"
    retry = "safe"


class BodyTooLarge(HttpProblem):
    status, code, title = 413, "body_too_large", "Body too large"


class UnsupportedMediaType(HttpProblem):
    status, code, title = 415, "unsupported_media_type", "Unsupported media type"


class InternalError(HttpProblem):
    """An unexpected error. The answer contains no details."""

    status, code, title = 500, "internal_error", "Internal error"

    def __init__(self) -> None:
        super().__init__("An unexpected error occurred. It is logged under the request id.")


class Malformed(DomainError):
    """The base of errors for requests that can't be parsed."""

    category: ClassVar[Category] = Category.MALFORMED


class MalformedJson(Malformed):
    code, title = "malformed_json", "Malformed JSON"


class InvalidHeader(Malformed):
    code, title = "invalid_header", "Invalid header"

    def __init__(self, header: str, message: str) -> None:
        super().__init__(f"{header}: {message}", faults=(Fault("invalid_header", message, header=header),))


class InvalidCursor(Malformed):
    code, title = "invalid_cursor", "Invalid cursor"

    def __init__(self) -> None:
        super().__init__(
            "The cursor was not made for this list. Keep path, filters and sort order as they were, or start again without a "
            "cursor.",
            faults=(Fault("invalid_cursor", "The cursor was not made for this list.", parameter="cursor"),),
        )


def problem_of(error: Exception, request_id: str, *, keyed: bool) -> tuple[int, Headers, bytes]:
    """Status, headers and body for an error. Any unknown exception becomes a 500 without details."""
    if isinstance(error, DomainError):
        headers: Headers = list(getattr(error, "headers", ()))
        status = STATUS[error.category]
        if error.category is Category.UNAVAILABLE and _retry(error) != "no":
            headers.append((b"retry-after", _RETRY_AFTER_SECONDS.encode()))
        if "current_version" in error.extra:
            headers.append((b"etag", b'"%d"' % error.extra["current_version"]))
        body = _document(status, error.code, error.title, error.detail, request_id, _retry(error), error.faults, error.extra)
        return status, headers, body
    known = error if isinstance(error, HttpProblem) else InternalError()
    retry = "same_key" if known.status == 500 and keyed else known.retry
    body = _document(known.status, known.code, known.title, known.detail, request_id, retry, known.faults)
    return known.status, known.headers, body


def _retry(error: DomainError) -> str:
    """The field `retry` of a problem document."""
    if isinstance(error, OutcomeUnknown):
        return "same_key" if error.keyed else "no"
    if isinstance(error, Unavailable | Busy) or error.category in (Category.THROTTLED, Category.UNAVAILABLE):
        return "safe"
    return "no"


def _document(
    status: int,
    code: str,
    title: str,
    detail: str,
    request_id: str,
    retry: str,
    faults: Iterable[Fault] = (),
    extra: dict[str, Any] | None = None,
) -> bytes:
    document: dict[str, Any] = {
        "type": f"/problems/{code}",
        "title": title,
        "status": status,
        "detail": detail[:MAX_MESSAGE_LENGTH],
        "code": code,
        "request_id": request_id,
        "retry": retry,
    }
    document |= extra or {}
    errors = [_fault(fault) for fault, _ in zip(faults, range(MAX_FAULTS), strict=False)]
    if errors:
        document["errors"] = errors
    body = msgspec.json.encode(document)
    while len(body) > MAX_BYTES and errors:
        del errors[len(errors) // 2 :]
        body = msgspec.json.encode(document)
    return body


def _fault(fault: Fault) -> dict[str, str]:
    told = {name: value for name, value in asdict(fault).items() if value is not None}
    return {name: value[: MAX_MESSAGE_LENGTH if name == "message" else MAX_TEXT_LENGTH] for name, value in told.items()}
