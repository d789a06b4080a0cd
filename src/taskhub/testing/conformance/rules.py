"""What the checks report: each finding with the rule that it breaks, what was seen, and where the rule stands."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import httpx2

MAX_FINDINGS = 12
MAX_BODY = 300

Checked = TypeVar("Checked")


@dataclass(frozen=True, slots=True)
class Rule:
    """One of the rules of the conformance kit.

    Attributes:
        number: its number in docs/conformance.md.
        says: what has to be so, in a sentence or two.
        section: where it stands in docs/api.md, or in the page that is named.
    """

    number: int
    says: str
    section: str


class NotConforming(AssertionError):
    """A module breaks a rule. The message says which one, what was seen, and where the rule stands."""


@dataclass
class Report:
    """Collects what one check finds."""

    rule: Rule
    findings: list[str] = field(default_factory=list)

    def add(self, what: str, *, expected: object = None, seen: object = None) -> None:
        details = "" if expected is None and seen is None else f"\n      expected  {expected}\n      seen      {seen}"
        self.findings.append(what + details)

    def same(self, what: str, seen: object, expected: object) -> bool:
        """Expects that two values are equal. Returns whether they are."""
        if seen == expected:
            return True
        self.add(what, expected=shortened(expected), seen=shortened(seen))
        return False

    def true(self, what: str, condition: object, *, expected: object = None, seen: object = None) -> bool:
        if not condition:
            self.add(what, expected=expected, seen=seen)
        return bool(condition)

    def success(self, answer: httpx2.Response, what: str = "") -> bool:
        """Expects an answer of success."""
        if answer.is_success:
            return True
        self.add(request_of(answer) + (f" ({what})" if what else ""), expected="success", seen=answer_of(answer))
        return False

    def problem(self, answer: httpx2.Response, status: int, code: str, what: str = "") -> bool:
        """Expects a problem document with this status and code."""
        if answer.status_code == status and _is_problem(answer, code):
            return True
        self.add(
            request_of(answer) + (f" ({what})" if what else ""), expected=f"{status} problem `{code}`", seen=answer_of(answer)
        )
        return False

    def raise_findings(self) -> None:
        """Raises:
        NotConforming
        """
        if not self.findings:
            return
        told = dict.fromkeys(self.findings)
        shown = [*told][:MAX_FINDINGS]
        left = len(told) - len(shown)
        more = [f"… and {left} more"] if left else []
        lines = [f"  - {finding}" for finding in [*shown, *more]]
        where = f"{self.rule.section}; docs/conformance.md, rule {self.rule.number}"
        raise NotConforming("\n".join([f"Rule {self.rule.number}: {self.rule.says}", *lines, f"  See {where}."]))


Check = Callable[[Checked, Report], Awaitable[None]]


class RuleCheck(Generic[Checked]):
    """A check of one rule: called with its subject, it raises `NotConforming` where the rule is broken."""

    def __init__(self, rule: Rule, check: Check[Checked]) -> None:
        self.rule = rule
        self.name = check.__name__
        self.__doc__ = check.__doc__
        self._check = check

    async def __call__(self, subject: Checked) -> None:
        """Raises:
        NotConforming
        """
        report = Report(self.rule)
        await self._check(subject, report)
        report.raise_findings()


def checks(number: int, says: str, *, section: str) -> Callable[[Check[Checked]], RuleCheck[Checked]]:
    """Makes a check of a function that reports what it finds."""
    return lambda check: RuleCheck(Rule(number, says, section), check)


# -- how requests and answers are told ---------------------------------------------------------------

_TOLD = ("if-match", "if-none-match", "idempotency-key", "content-type", "accept")


def request_of(answer: httpx2.Response) -> str:
    request = answer.request
    target = request.url.raw_path.decode()
    headers = [f"{name}: {request.headers[name]}" for name in _TOLD if name in request.headers and not _is_usual(request, name)]
    return " ".join([request.method, target, *(["with", ", ".join(headers)] if headers else [])])


def _is_usual(request: httpx2.Request, name: str) -> bool:
    value = request.headers[name]
    return value == "*/*" or (name == "content-type" and value in ("application/json", "application/merge-patch+json"))


def answer_of(answer: httpx2.Response) -> str:
    return f"{answer.status_code} {shortened(answer.text)}".rstrip()


def shortened(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= MAX_BODY else text[:MAX_BODY] + "…"


def difference(one: Any, other: Any) -> str:
    """The members in which two objects differ."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return f"{shortened(one)} and {shortened(other)}"
    missing = object()
    names: Iterable[str] = sorted(name for name in {*one, *other} if one.get(name, missing) != other.get(name, missing))
    shown = (f"{name}: {one.get(name, 'missing')!r} and {other.get(name, 'missing')!r}" for name in names)
    return shortened("; ".join(shown))


def _is_problem(answer: httpx2.Response, code: str) -> bool:
    if answer.request.method == "HEAD":
        return True
    if answer.headers.get("content-type") != "application/problem+json" or len(answer.content) > 10_000:
        return False
    document = answer.json()
    return bool(document.get("code") == code and document.get("request_id") == answer.headers.get("x-request-id"))
