"""Assertions about problem documents."""

import re
from typing import Any

import httpx2


def problem(answer: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    """Asserts that an answer is this problem and well-formed, and returns its document."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    document: dict[str, Any] = answer.json()
    assert document["type"] == f"/problems/{code}"
    assert document["request_id"] == answer.headers["x-request-id"]
    if status == 503 and document["retry"] != "no":
        assert int(answer.headers["retry-after"]) > 0
    assert len(answer.content) < 10_000
    return document


def without_request_id(answer: httpx2.Response) -> tuple[int, bytes, dict[str, str]]:
    """Status, body and headers of an answer, to be compared with another one."""
    headers = {name: value for name, value in answer.headers.items() if name not in ("x-request-id", "date")}
    return answer.status_code, re.sub(rb'"request_id":"[^"]*"', b"", answer.content), headers
