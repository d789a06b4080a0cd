"""The list of problems in `docs/api.md`: ``python -m taskhub.service.reference.listing docs/api.md`` brings it up to date."""

import sys
from importlib import import_module
from pathlib import Path

from taskhub.service.reference.catalogue import problems

BEGIN, END = "<!-- problems: made by taskhub.service.reference.listing -->\n", "<!-- end of problems -->\n"


def listing() -> str:
    """All problems, as a table in Markdown."""
    import_module("taskhub.app")
    rows = (
        f"| {problem.status} | `{problem.code}` | {problem.advice.meaning} | {problem.advice.remedy} | `{problem.retry}` |\n"
        for problem in problems().values()
    )
    return "| status | code | what happened | what to do | `retry` |\n|---|---|---|---|---|\n" + "".join(rows)


def renewed(text: str) -> str:
    """A document with its list of problems brought up to date."""
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + listing() + END + rest.partition(END)[2]


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(renewed(file.read_text(encoding="utf-8")), encoding="utf-8")
