"""Somebody who uses the API, with a connection of their own."""

import json
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]
TIMEOUT_SECONDS = 60.0


class Refused(Exception):
    """An answer that is no success."""


class Client:
    """Requests of one account, one after the other."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._connection = HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
        self.token = ""

    def close(self) -> None:
        self._connection.close()

    def post(self, path: str, body: Json | None = None) -> Json:
        return self.request("POST", path, body)

    def request(self, method: str, path: str, body: Json | None = None) -> Json:
        """Raises:
        Refused
        OSError: the service has ended.
        HTTPException: so it has, within an answer.
        """
        headers = {"content-type": "application/json"} if body is not None else {}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        self._connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise Refused(f"{method} {path}: {answer.status} {content.decode(errors='replace')}")
        made: Json = json.loads(content) if content else {}
        return made
