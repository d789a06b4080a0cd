"""Errors as RFC 9457 problem documents: the one place where a refusal becomes a status."""

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
    Category.STALE: 412,
    Category.INVALID: 422,
    Category.PRECONDITION_REQUIRED: 428,
    Category.THROTTLED: 429,
    Category.UNAVAILABLE: 503,
}
_RETRY_AFTER_SECONDS = "1"

Headers = list[tuple[bytes, bytes]]


class HttpProblem(Exception):
    """The base of refusals that only HTTP knows: of methods, media types and sizes."""

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
    """The request did not come in time. Nothing of it was run."""

    status, code, title = 408, "request_timeout", "Request timeout"
    retry = "safe"


class BodyTooLarge(HttpProblem):
    status, code, title = 413, "body_too_large", "Body too large"


class UnsupportedMediaType(HttpProblem):
    status, code, title = 415, "unsupported_media_type", "Unsupported media type"


class InternalError(HttpProblem):
    """A mistake of ours. It tells nothing."""

    status, code, title = 500, "internal_error", "Internal error"

    def __init__(self) -> None:
        super().__init__("Something went wrong on our side; the log has it under this request id.")


class Malformed(DomainError):
    """The base of what can't be read at all."""

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
            "The cursor was not made by this service for this list: keep path, filters and sort as they were, "
            "or start without a cursor.",
            faults=(Fault("invalid_cursor", "not a cursor of this list", parameter="cursor"),),
        )


def problem_of(error: Exception, request_id: str, *, keyed: bool) -> tuple[int, Headers, bytes]:
    """Status, headers and body for an error. Whatever is not known here is a 500 that tells nothing."""
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
    """Whether sending the same again can help: as it is, only with the same key, or not at all."""
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
