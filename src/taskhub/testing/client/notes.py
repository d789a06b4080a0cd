"""What a server keeps in a folder of its own: where it is reached, once it is ready, and its log."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx2

from taskhub.testing.client.launch import Launched

READY = "ready.json"
LOG = "log"
SECONDS_TO_ANSWER = 10.0


@dataclass(frozen=True)
class Notes:
    """Of a server that is ready."""

    url: str
    control_url: str
    secret: str
    pid: int

    @classmethod
    def read(cls, folder: Path) -> Notes | None:
        """None where none was ready here."""
        try:
            told = json.loads((folder / READY).read_text(encoding="utf-8"))
            return cls(told["url"], told["control_url"], told["secret"], told["pid"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def launched(self, folder: Path, stop: Callable[[], None]) -> Launched:
        return Launched(self.url, self.control_url, self.secret, stop, lambda: log_in(folder))

    def is_of_who_answers(self) -> bool:
        """Whether that server is still there. Its port may be anybody's by now, who is told nothing of the secret."""
        try:
            answer = httpx2.get(f"{self.control_url}/", timeout=SECONDS_TO_ANSWER, trust_env=False)
            told = answer.json()
            return (told["pid"], told["url"]) == (self.pid, self.url)
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, KeyError, TypeError):
            return False


def log_in(folder: Path) -> str:
    """What the server has said so far; nothing where it has taken its folder with it."""
    try:
        return (folder / LOG).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
