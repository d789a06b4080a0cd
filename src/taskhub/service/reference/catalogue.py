"""The catalogue of problems, collected from all error classes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from taskhub.kernel.api.problems import STATUS, HttpProblem, InternalError
from taskhub.kernel.application.errors import OutcomeUnknown
from taskhub.kernel.domain.errors import Category, DomainError
from taskhub.service.reference.advice import ADVICE, Advice

Error = TypeVar("Error", DomainError, HttpProblem)
_TRANSIENT = (Category.THROTTLED, Category.UNAVAILABLE)


@dataclass(frozen=True, slots=True)
class Problem:
    """One code. ``retry``: as in the problem document, for a request that has an `Idempotency-Key`."""

    code: str
    status: int
    title: str
    retry: str
    members: Mapping[str, Any] = field(default_factory=dict)
    """The types of the members that it adds to a problem document."""

    @property
    def advice(self) -> Advice:
        return ADVICE[self.code]


@cache
def problems() -> dict[str, Problem]:
    """By code, sorted by status. Complete once the application was imported."""
    refusals = [
        Problem(kind.code, STATUS[kind.category], kind.title, _retry(kind), kind.members) for kind in _with_code(DomainError)
    ]
    of_http = [Problem(kind.code, kind.status, kind.title, _retry(kind)) for kind in _with_code(HttpProblem)]
    return {problem.code: problem for problem in sorted([*refusals, *of_http], key=lambda one: (one.status, one.code))}


def _with_code(base: type[Error]) -> Iterator[type[Error]]:
    for kind in base.__subclasses__():
        if hasattr(kind, "code") and kind.__module__.startswith("taskhub."):
            yield kind
        yield from _with_code(kind)


def _retry(kind: type[DomainError | HttpProblem]) -> str:
    if issubclass(kind, OutcomeUnknown | InternalError):
        return "same_key"
    if issubclass(kind, HttpProblem):
        return kind.retry
    return "safe" if kind.category in _TRANSIENT else "no"
