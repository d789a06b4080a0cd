"""What the service refuses, in sentences for people."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from taskhub.client.errors import ClientError, NotSignedIn, Refused
from taskhub.client.text import one_line

SIGN_IN = "Sign in with `taskhub login URL`, or set TASKHUB_TOKEN."
_KNOWN = frozenset({"type", "title", "status", "detail", "code", "request_id", "retry", "errors"})


def refusal(status: int, body: Any) -> ClientError:
    """The error that a response of a status other than 2xx stands for. ``body``: its JSON; None if it has none."""
    if not isinstance(body, Mapping) or "code" not in body:
        return Refused(f"{_phrase(status)}: this is not an answer of TaskHub. Check the URL.", {"status": status, "code": ""})
    problem = {"status": status, **body}
    sentence = "\n".join([_summary(problem), *_details(problem)])
    if status == 401 and problem["code"] != "invalid_credentials":
        return NotSignedIn(f"{sentence}\n  {SIGN_IN}")
    return Refused(sentence, problem)


def _phrase(status: int) -> str:
    return f"{status} {HTTPStatus(status).phrase}" if status in [*HTTPStatus] else str(status)


def _summary(problem: Mapping[str, Any]) -> str:
    title, detail = (one_line(str(problem.get(name) or "")).rstrip(".") for name in ("title", "detail"))
    detail = detail.removesuffix(": see `errors`")  # They stand below.
    return f"{title}. {detail}." if title and detail and title != detail else f"{detail or title or problem['code']}."


def _details(problem: Mapping[str, Any]) -> Iterator[str]:
    """A line for each field that is wrong, and for whatever else the problem says; then what the operator asks for."""
    for fault in problem.get("errors") or ():
        place = fault.get("pointer") or fault.get("parameter") or fault.get("header") or ""
        yield f"  {one_line(str(place))}: {one_line(str(fault.get('message', '')))}".replace("  : ", "  ")
    for name, value in problem.items():
        if name not in _KNOWN and value not in (None, [], {}):
            yield f"  {one_line(name)}: {one_line(_shown(value))}"
    yield f"  ({problem['status']} {one_line(str(problem['code']))}, request {one_line(str(problem.get('request_id')))})"


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_shown(one)}" for name, one in value.items())
    return str(value)
