"""The catalogue of problems is complete: in code, on the pages and in the docs."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tools.problem_list import DOCS, renewed

import taskhub
from taskhub.kernel.api.documentation import Documentation
from taskhub.kernel.domain.errors import DomainError
from taskhub.modules.discovery import installed_modules
from taskhub.service import pages
from taskhub.service.reference.catalogue import Catalogue
from taskhub.service.reference.document import document_of
from taskhub.service.reference.error_codes import error_codes_of
from taskhub.service.reference.own import DOCUMENTATION
from taskhub.testing.control.document import DOCUMENTATION as CONTROL

SOURCE = Path(taskhub.__file__).parent
CODE = re.compile(r'code, title = (?:[\w.]+, )?"(\w+)"')
MODULES = installed_modules()
PROBLEMS, FAULTS = MODULES.catalogue.problems, MODULES.catalogue.fault_codes
DOCUMENT = document_of(MODULES.operations, "1.2.3", MODULES.catalogue)


def errors_below(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for one in kind.__subclasses__():
        yield one
        yield from errors_below(one)


ERRORS = {kind.__name__: kind for kind in errors_below(DomainError)}


def declared_codes(folder: Path, *, without: Path | None = None) -> set[str]:
    """All codes of error classes that stand in the source."""
    files = [file for file in folder.rglob("*.py") if without is None or not file.is_relative_to(without)]
    return {code for file in files for code in CODE.findall(file.read_text(encoding="utf-8"))}


def test_every_code_in_the_source_has_a_page_and_every_page_a_code() -> None:
    advised = {code for one in (*(module.documentation for module in MODULES), DOCUMENTATION) for code in one.advice}

    assert declared_codes(SOURCE, without=SOURCE / "testing") == {*PROBLEMS} == advised


def test_every_code_of_the_control_interface_is_explained_in_its_document() -> None:
    assert declared_codes(SOURCE / "testing") == {*CONTROL.advice}


def test_an_operation_names_only_codes_that_there_are() -> None:
    for operation in MODULES.operations:
        assert {*error_codes_of(operation, MODULES.catalogue)} <= {*PROBLEMS}


def test_several_modules_refuse_in_one_operation() -> None:
    told = {"a": Documentation(refusals={"undo_change": ("cycle",)}), "b": Documentation(refusals={"undo_change": ("closed",)})}
    assert Catalogue.of(told, {}).refusals == {"undo_change": ("cycle", "closed")}


def test_a_page_tells_what_happened_what_to_do_and_whether_a_retry_helps() -> None:
    page = pages.problem_page(PROBLEMS["stale_version"], FAULTS).decode()

    assert "<h1>Stale version</h1>" in page
    assert "with status 412" in page
    assert "Read the resource again" in page
    assert "No: the same request gets the same response" in page


def test_only_what_may_pass_by_itself_is_called_safe_to_repeat() -> None:
    assert {code for code, problem in PROBLEMS.items() if problem.retry == "safe"} == {
        "busy",
        "unavailable",
        "rate_limited",
        "request_timeout",
        "too_many_streams",
    }


def test_the_docs_list_every_problem() -> None:
    text = DOCS.read_text(encoding="utf-8")

    assert renewed(text) == text, "run: make docs"


def added_members() -> set[tuple[str, str]]:
    """The class and the name of every member that an error class gives to its base, beside the detail and the faults."""
    classes = [
        node for file in SOURCE.rglob("*.py") for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.ClassDef)
    ]
    calls = [(one.name, call) for one in classes for call in ast.walk(one) if isinstance(call, ast.Call) and _is_init(call)]
    return {(name, str(given.arg)) for name, call in calls for given in call.keywords if name in ERRORS and given.arg != "faults"}


def _is_init(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "__init__"


def test_every_member_that_a_problem_adds_has_a_type() -> None:
    declared = {(name, member) for name, kind in ERRORS.items() for member in kind.members if "members" in vars(kind)}
    inherited = {("LastOwnerElsewhere", "workspace_ids"): ("LastOwner", "workspace_ids")}

    assert {inherited.get(one, one) for one in added_members()} == declared


def test_a_member_that_a_problem_adds_is_in_the_document() -> None:
    schema = DOCUMENT["components"]["schemas"]["Problem"]["properties"]

    assert schema["current_version"]["type"] == "integer"
    assert (schema["path"]["items"], schema["allowed"]["items"]) == ({"type": "string", "format": "uuid"}, {"type": "string"})
    assert {name for problem in PROBLEMS.values() for name in problem.members} <= schema.keys()
