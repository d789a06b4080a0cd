"""Where the conformance kit sends its readers there is something to read."""

import re
from pathlib import Path

import pytest

from taskhub.testing.conformance import suite
from taskhub.testing.conformance.rules import RuleCheck

DOCS = Path(__file__).parents[3] / "docs"
PACKAGES = [
    value
    for name, value in vars(suite).items()
    if getattr(value, "__name__", "").startswith("taskhub.testing.conformance.checks")
]
CHECKS = [value for package in PACKAGES for value in vars(package).values() if isinstance(value, RuleCheck)]


def headings(page: str) -> set[str]:
    return {line.lstrip("# ") for line in (DOCS / page).read_text("utf-8").splitlines() if line.startswith("#")}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_the_section_of_a_rule_is_there(check: RuleCheck[object]) -> None:
    place = re.fullmatch(r"docs/([\w-]+\.md), “(.+)”", check.rule.section)
    assert place is not None
    assert place[2] in headings(place[1])
    assert any(heading.startswith(f"{check.rule.number}. ") for heading in headings("conformance.md"))


def test_each_rule_has_a_check() -> None:
    assert {check.rule.number for check in CHECKS} == {*range(1, 20)}


def test_each_check_is_a_test_of_the_class() -> None:
    assert {f"test_{check.name}" for check in CHECKS} == {name for name in vars(suite.Conformance) if name.startswith("test_")}
