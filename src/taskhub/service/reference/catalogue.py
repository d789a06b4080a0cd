"""The catalogue of problems, collected from all error classes, and the documentation of the modules."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

from taskhub.kernel.api.documentation import Advice, Documentation, Word
from taskhub.kernel.api.problems import STATUS, HttpProblem, InternalError
from taskhub.kernel.application.errors import OutcomeUnknown
from taskhub.kernel.application.event_types import EventType
from taskhub.kernel.domain.errors import Category, DomainError

Error = TypeVar("Error", DomainError, HttpProblem)
Value = TypeVar("Value")
_TRANSIENT = (Category.THROTTLED, Category.UNAVAILABLE)


@dataclass(frozen=True, slots=True)
class Problem:
    """One code. ``retry``: as in the problem document, for a request that has an `Idempotency-Key`."""

    code: str
    status: int
    title: str
    retry: str
    advice: Advice
    members: Mapping[str, Any] = field(default_factory=dict)
    """The types of the fields that it adds to a problem document."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the modules of an application, and the application itself, contribute to the reference.

    Attributes:
        problems: by code, sorted by status.
        events: the types of events, by name.
        tags, words, fault_codes, schemas, refusals: as in `Documentation`, merged.
    """

    problems: Mapping[str, Problem]
    events: Mapping[str, EventType]
    tags: Mapping[str, str]
    words: Mapping[str, Word]
    fault_codes: Mapping[str, str]
    schemas: Mapping[str, str]
    refusals: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, documentation: Mapping[str, Documentation], events: Mapping[str, EventType]) -> Self:
        """``documentation``: by package, in the order in which the tags are listed. The packages have to be imported already."""
        told = [*documentation.values()]
        return cls(
            _problems(documentation),
            events,
            _together(one.tags for one in told),
            _together(one.words for one in told),
            _together(one.fault_codes for one in reversed(told)),
            _together(one.schemas for one in told),
            _refusals(one.refusals for one in told),
        )

    def word(self, name: str, owner: str) -> Word:
        """The word for a field or parameter of an owner (a schema, an operation or an error code): its own one, or the one of
        that name for all.
        """
        return self.words.get(f"{owner}.{name}") or self.words.get(name) or Word("")


def errors_of(package: str) -> list[type[DomainError] | type[HttpProblem]]:
    """The error classes with a code of their own in the imported modules of a package."""
    of_domain = [kind for kind in _below(DomainError) if _is_declared_in(package, kind)]
    of_http = [kind for kind in _below(HttpProblem) if _is_declared_in(package, kind)]
    return [*of_domain, *of_http]


def _problems(documentation: Mapping[str, Documentation]) -> dict[str, Problem]:
    made = [_problem(kind, one.advice[kind.code]) for package, one in documentation.items() for kind in errors_of(package)]
    return {problem.code: problem for problem in sorted(made, key=lambda one: (one.status, one.code))}


def _problem(kind: type[DomainError] | type[HttpProblem], advice: Advice) -> Problem:
    if issubclass(kind, HttpProblem):
        return Problem(kind.code, kind.status, kind.title, _retry(kind), advice)
    return Problem(kind.code, STATUS[kind.category], kind.title, _retry(kind), advice, kind.members)


def _is_declared_in(package: str, kind: type) -> bool:
    return "code" in vars(kind) and f"{kind.__module__}.".startswith(f"{package}.")


def _below(base: type[Error]) -> Iterator[type[Error]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _below(kind)


def _together(told: Iterable[Mapping[str, Value]]) -> dict[str, Value]:
    return {name: value for one in told for name, value in one.items()}


def _refusals(told: Iterable[Mapping[str, Sequence[str]]]) -> Mapping[str, Sequence[str]]:
    """What all ports refuse in an operation: several modules may have a part in it."""
    codes: dict[str, Sequence[str]] = {}
    for one in told:
        for operation, refused in one.items():
            codes[operation] = (*codes.get(operation, ()), *refused)
    return codes


def _retry(kind: type[DomainError | HttpProblem]) -> str:
    if issubclass(kind, OutcomeUnknown | InternalError):
        return "same_key"
    if issubclass(kind, HttpProblem):
        return kind.retry
    return "safe" if kind.category in _TRANSIENT else "no"
