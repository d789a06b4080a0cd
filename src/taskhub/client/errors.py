"""What ends a command of the client: a sentence for standard error, and an exit code (docs/command-line.md)."""

from collections.abc import Mapping
from typing import Any


class ClientError(Exception):
    """The service refused, or something else went wrong; the message says what, and what to do."""

    exit_code = 1


class WrongUsage(ClientError):
    """The command can't be meant like this."""

    exit_code = 2


class NotReachable(ClientError):
    """There is no answer of the service: it may or may not have done what was asked."""

    exit_code = 3


class NotSignedIn(ClientError):
    """There is no token, or the service does not accept it."""

    exit_code = 4


class Refused(ClientError):
    """The service refused a request. ``problem``: its problem document (RFC 9457), with at least ``status`` and ``code``."""

    def __init__(self, sentence: str, problem: Mapping[str, Any]) -> None:
        super().__init__(sentence)
        self.problem = problem

    @property
    def code(self) -> str:
        return str(self.problem["code"])
