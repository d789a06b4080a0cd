"""Reading refusals."""

import re
from typing import Any

import httpx2


def problem(answer: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    """The problem that a refusal consists of, after a look at what holds for all of them."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    document: dict[str, Any] = answer.json()
    assert document["type"] == f"/problems/{code}"
    assert document["request_id"] == answer.headers["x-request-id"]
    if status == 503 and document["retry"] != "no":
        assert int(answer.headers["retry-after"]) > 0
    assert len(answer.content) < 10_000
    return document


def told(answer: httpx2.Response) -> tuple[int, bytes, dict[str, str]]:
    """All that an answer tells, but for the request's id."""
    headers = {name: value for name, value in answer.headers.items() if name not in ("x-request-id", "date")}
    return answer.status_code, re.sub(rb'"request_id":"[^"]*"', b"", answer.content), headers
