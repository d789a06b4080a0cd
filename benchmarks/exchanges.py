"""Requests to one server after another, and where their answers differ."""

import json
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.servers import Server

HEADERS = ("content-type", "cache-control", "vary", "etag")
_PATHS = ("location", "content-location")
_OF_THIS_REQUEST = frozenset(
    {"id", "number", "key", "task_id", "created_at", "updated_at", "entity_id", "occurred_at", "request_id", "seq", "next_cursor"}
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was answered."""

    status: int
    headers: dict[str, str | None]
    body: Any

    def without_passing(self) -> "Exchange":
        """Without what differs from request to request."""
        body = self.body
        if "next_cursor" in body:
            body = {"items": body["items"], "has more": body["next_cursor"] is not None}
        elif "items" in body:
            body = {"items": [passing_removed(item) for item in body["items"]]}
        return Exchange(self.status, self.headers, passing_removed(body))


@dataclass(frozen=True, slots=True)
class Client:
    """One caller."""

    token: str

    def send(self, server: Server, method: str, path: str, body: Any = None, version: int | None = None) -> Exchange:
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json", "Content-Type": "application/json"}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(server.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return Exchange(answer.status, _told(answer.headers, path), json.load(answer))
        except urllib.error.HTTPError as error:
            return Exchange(error.code, {}, None)


def difference(one: Any, other: Any, place: str = "") -> str | None:
    """Where another value differs first from one, and how; None where it doesn't. It may lack what is not set there: a new field
    that nobody uses is no part of the work that is compared.
    """
    if isinstance(one, Exchange) and isinstance(other, Exchange):
        one, other = asdict(one), asdict(other)
    if isinstance(one, dict) and isinstance(other, dict) and other.keys() == {n for n in one if n in other or is_set(one[n])}:
        return next((found for name in other if (found := difference(one[name], other[name], f"{place}/{name}"))), None)
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return next((found for index, pair in pairs if (found := difference(*pair, f"{place}/{index}"))), None)
    return None if one == other else f"{place or 'all'}: {str(one)[:200]} and {str(other)[:200]}"


def is_set(value: Any) -> bool:
    """Whether a member of a document, or a change of one, is more than that there is nothing."""
    return value not in (None, [], [None, None], [None, []])


def passing_removed(document: dict[str, Any]) -> dict[str, Any]:
    return {name: "some" if name in _OF_THIS_REQUEST and value is not None else value for name, value in document.items()}


def _told(headers: Any, path: str) -> dict[str, str | None]:
    """Paths without the id that was asked for or made, links without their cursor, no tags of lists: the floors give none."""
    told = {name: headers[name] for name in HEADERS}
    if (told["etag"] or "").startswith("W/"):
        told["etag"] = None
    for name in _PATHS:
        value = headers[name]
        told[name] = value and value.replace(path, "…").rpartition("/")[0]
    link = headers["link"]
    told["link"] = link and link.partition("cursor=")[0]
    return told
