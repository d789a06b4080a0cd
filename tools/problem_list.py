"""The lists of problems and events in the docs: ``make docs`` brings them up to date."""

from pathlib import Path

from taskhub.modules.discovery import installed_modules
from taskhub.service.reference.events import thing_table, type_table

DOCS = Path(__file__).parents[1] / "docs" / "api.md"
BEGIN, END = "<!-- problems: made by tools/problem_list.py -->\n", "<!-- end of problems -->\n"
BEGIN_FAULTS, END_FAULTS = "<!-- faults: made by tools/problem_list.py -->\n", "<!-- end of faults -->\n"
BEGIN_EVENTS, END_EVENTS = "<!-- events: made by tools/problem_list.py -->\n", "<!-- end of events -->\n"


def problem_list() -> str:
    """All problems, as a table in Markdown."""
    rows = (
        f"| {problem.status} | `{problem.code}` | {problem.advice.meaning} | {problem.advice.remedy} | `{problem.retry}` |\n"
        for problem in installed_modules().catalogue.problems.values()
    )
    return "| status | code | what happened | what to do | `retry` |\n|---|---|---|---|---|\n" + "".join(rows)


def fault_list() -> str:
    """All codes that stand in `errors`, as a table in Markdown."""
    codes = installed_modules().catalogue.fault_codes
    return "| code | what is wrong |\n|---|---|\n" + "".join(f"| `{code}` | {meaning} |\n" for code, meaning in codes.items())


def event_list() -> str:
    """All types of events, and the things that they are about, as tables in Markdown."""
    types = installed_modules().catalogue.events.values()
    return f"{type_table(types)}\n{thing_table(types)}"


def renewed(text: str) -> str:
    """A document with its lists brought up to date."""
    lists = ((BEGIN, problem_list(), END), (BEGIN_FAULTS, fault_list(), END_FAULTS), (BEGIN_EVENTS, event_list(), END_EVENTS))
    for begin, made, end in lists:
        before, _, rest = text.partition(begin)
        text = before + begin + made + end + rest.partition(end)[2]
    return text


if __name__ == "__main__":
    DOCS.write_text(renewed(DOCS.read_text(encoding="utf-8")), encoding="utf-8")
