"""Files and names in the pages are those of the code: a page that speaks of something that was renamed is noticed."""

import re
from functools import cache
from pathlib import Path

import pytest
from tools.walkthrough import steps_of

TOP = Path(__file__).parents[3]
PAGES = sorted([*TOP.glob("docs/**/*.md"), TOP / "README.md", TOP / "CONTRIBUTING.md"])
CODE = ("src", "tests", "tools", "benchmarks", "migrations", "openapi", "examples")

OF_OTHERS = frozenset(
    {
        "BackgroundTasks",
        "BaseHTTPMiddleware",
        "Cookie",
        "LC_CTYPE",
        "LimitNOFILE",
        "Page_TaskView_",
        "Provide",
        "Vary",
        "citus_add_node",
        "citus_create_restore_point",
        "modify_default",
        "remove_index",
        "response_model",
        "undistribute_table",
        "version_id_col",
    }
)
"""Names of HTTP, FastAPI, Starlette, dependency-injector, SQLAlchemy, Alembic, msgspec, PostgreSQL, Citus and systemd."""

_BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")
_FILE = re.compile(r"[\w.-]+(?:/[\w.-]+)*\.(?:py|md|toml|sql)")
_NAME = re.compile(r"(?:[A-Za-z]\w*\.)*(?:[A-Z]+[a-z]\w*|[a-z]+(?:_[a-z0-9]+)+)(?:\(\))?")
"""What can be nothing but a name: `CamelCase` or `snake_case`, also behind the names of what it belongs to."""
_TEST = re.compile(r"(test_\w+)(?:…|\[\w+\])")
"""A test whose name is cut off, or that has parameters."""


@cache
def files() -> list[str]:
    """The files of the checkout, each with a slash in front."""
    folders = [TOP / folder for folder in (*CODE, "docs") if (TOP / folder).is_dir()]
    below = [file for folder in folders for file in folder.rglob("*") if "node_modules" not in file.parts]
    return [f"/{file.relative_to(TOP).as_posix()}" for file in [*below, *TOP.iterdir()] if file.is_file()]


@cache
def words_of_the_code() -> frozenset[str]:
    words: set[str] = set()
    for path in files():
        if path.endswith((".py", ".toml", ".sql", ".json", ".js", ".yaml")) and Path(path).name != Path(__file__).name:
            words.update(re.findall(r"\w+", (TOP / path[1:]).read_text("utf-8")))
    return frozenset(words)


def named(text: str, wanted: re.Pattern[str]) -> set[str]:
    """What stands in backticks outside of blocks, where it is of the wanted form."""
    return {code for code in _CODE.findall(_BLOCK.sub("", text)) if wanted.fullmatch(code)}


def missing_files(text: str) -> list[str]:
    new = {step.path for step in steps_of(text)}
    return sorted(path for path in named(text, _FILE) - new if not any(file.endswith(f"/{path}") for file in files()))


def missing_names(text: str) -> list[str]:
    known = words_of_the_code() | OF_OTHERS | {*re.findall(r"\w+", "".join(_BLOCK.findall(text)))}
    return sorted(name for name in named(text, _NAME) if not {*re.findall(r"\w+", name)} <= known and not _is_metric(name))


def missing_tests(text: str) -> list[str]:
    """Tests that are not there: `test_begins_like…`, `test_name[parameter]`."""
    there = tuple(f"{name}[" for file in files() if file.endswith(".py") for name in _tests_in(file))
    beginnings = {name: re.split(r"…|(?<=\[)", name)[0] for name in named(text, _TEST)}
    return sorted(name for name, beginning in beginnings.items() if not any(one.startswith(beginning) for one in there))


@cache
def _tests_in(file: str) -> list[str]:
    return re.findall(r"def (test_\w+)", (TOP / file[1:]).read_text("utf-8"))


def _is_metric(name: str) -> bool:
    """Prometheus adds an ending to the names of counters."""
    return name.endswith("_total") and name.removesuffix("_total") in words_of_the_code()


each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(TOP).as_posix())


@each_page
def test_a_page_names_files_that_are_there(page: Path) -> None:
    assert missing_files(page.read_text("utf-8")) == []


@each_page
def test_a_page_uses_names_that_the_code_has(page: Path) -> None:
    assert missing_names(page.read_text("utf-8")) == []


@each_page
def test_a_page_names_tests_that_are_there(page: Path) -> None:
    assert missing_tests(page.read_text("utf-8")) == []


@each_page
def test_a_page_links_to_what_is_there(page: Path) -> None:
    text = _BLOCK.sub("", page.read_text("utf-8"))
    assert [link for link in _LINK.findall(text) if not (page.parent / link).exists()] == []


def test_what_is_not_there_is_noticed() -> None:
    page = "`api/frame.py`, `RequestFrame`, `Runner.recollect_all`, `retry_keyed()`, but: `api/request.py`, `ApiRequest`."
    assert missing_files(page) == ["api/frame.py"]
    assert missing_names(page) == ["RequestFrame", "Runner.recollect_all", "retry_keyed()"]


def test_a_test_that_is_not_there_is_noticed() -> None:
    page = "`test_a_test_that…`, `test_a_page_names_files_that_are_there[README]`, but: `test_a_tset…`, `test_a_page[README]`."
    assert missing_tests(page) == ["test_a_page[README]", "test_a_tset…"]


def test_every_decision_is_in_the_list_of_decisions() -> None:
    decisions = TOP / "docs" / "decisions"
    listed = re.findall(r"^\| \[(\d+)\]\((\S+\.md)\)", (decisions / "README.md").read_text("utf-8"), re.MULTILINE)
    records = sorted(file.name for file in decisions.glob("[0-9]*.md"))
    assert [name for _, name in listed] == records
    assert all(int(number) == int(name[:4]) for number, name in listed)
