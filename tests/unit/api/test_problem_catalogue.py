"""The catalogue of problems is complete: in code, on the pages and in the docs."""

import re
from pathlib import Path

import taskhub
from support.problem_list import DOCS, renewed
from taskhub.app import ROUTES
from taskhub.service import pages
from taskhub.service.reference.advice import ADVICE
from taskhub.service.reference.catalogue import problems
from taskhub.service.reference.refusals import refusals_of

SOURCE = Path(taskhub.__file__).parent
CODE = re.compile(r'code, title = (?:[\w.]+, )?"(\w+)"')


def declared_codes() -> set[str]:
    """All codes of error classes that stand in the source."""
    return {code for file in SOURCE.rglob("*.py") for code in CODE.findall(file.read_text(encoding="utf-8"))}


def test_every_code_in_the_source_has_a_page_and_every_page_a_code() -> None:
    assert declared_codes() == {*problems()} == {*ADVICE}


def test_an_operation_names_only_codes_that_there_are() -> None:
    for routes in ROUTES:
        for operation in routes.operations:
            assert {*refusals_of(operation)} <= {*problems()}


def test_a_page_tells_what_happened_what_to_do_and_whether_a_retry_helps() -> None:
    page = pages.problem_page(problems()["stale_version"]).decode()

    assert "<h1>Stale version</h1>" in page
    assert "with status 412" in page
    assert "Read it again" in page
    assert "No: the same request gets the same answer" in page


def test_only_what_may_pass_by_itself_is_called_safe_to_repeat() -> None:
    assert {code for code, problem in problems().items() if problem.retry == "safe"} == {
        "busy",
        "unavailable",
        "rate_limited",
        "request_timeout",
    }


def test_the_docs_list_every_problem() -> None:
    text = DOCS.read_text(encoding="utf-8")

    assert renewed(text) == text, "run: python tests/support/problem_list.py"
