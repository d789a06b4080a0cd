"""The list of problems in the docs: ``python tests/support/problem_list.py`` brings it up to date."""

from pathlib import Path

from taskhub.app import ROUTES
from taskhub.service.reference.catalogue import problems

DOCS = Path(__file__).parents[2] / "docs" / "api.md"
BEGIN, END = "<!-- problems: made by tests/support/problem_list.py -->\n", "<!-- end of problems -->\n"


def problem_list() -> str:
    """All problems, as a table in Markdown."""
    assert ROUTES, "the catalogue is complete once the application was imported"
    rows = (
        f"| {problem.status} | `{problem.code}` | {problem.advice.meaning} | {problem.advice.remedy} | `{problem.retry}` |\n"
        for problem in problems().values()
    )
    return "| status | code | what happened | what to do | `retry` |\n|---|---|---|---|---|\n" + "".join(rows)


def renewed(text: str) -> str:
    """A document with its list of problems brought up to date."""
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + problem_list() + END + rest.partition(END)[2]


if __name__ == "__main__":
    DOCS.write_text(renewed(DOCS.read_text(encoding="utf-8")), encoding="utf-8")
