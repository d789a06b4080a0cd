"""A test that waits for ever holds up the whole run, and nobody sees which one it is: each wait has a limit.

Where one is overlooked, the limit of all tests in pyproject.toml ends it (tests/integration/operations/test_runs_of_tests.py).
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TOP = Path(__file__).parents[3]
SOURCES = sorted(
    file for folder in ("tests", "examples", "tools") for file in (TOP / folder).rglob("*.py") if "node_modules" not in file.parts
)
PROGRAMS = frozenset({"run", "call", "check_call", "check_output"})
"""Of `subprocess`: they wait for the end of what they start."""
ENDS = frozenset({"wait", "communicate", "join", "acquire", "result", "get"})
"""Methods that wait for a process, a thread, a lock, a future or a queue, for as long as their argument says."""


def unlimited(source: str) -> Iterator[int]:
    """The lines of calls that block the process for as long as it takes. What is awaited, or a task, can be cancelled."""
    tree = ast.parse(source)
    awaited = {id(part) for node in ast.walk(tree) if _is_asynchronous(node) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and id(node) not in awaited and _blocks(node):
            yield node.lineno


def _is_asynchronous(node: ast.AST) -> bool:
    match node:
        case ast.Await() | ast.Call(ast.Attribute(_, "create_task" | "ensure_future")):
            return True
    return False


def _blocks(call: ast.Call) -> bool:
    match call.func:
        case ast.Attribute(ast.Name("subprocess"), name) if name in PROGRAMS:
            return not _says(call, "timeout")
        case ast.Attribute(ast.Name("socket"), "create_connection"):
            return not (_says(call, "timeout") or len(call.args) > 1)
        case ast.Attribute(_, name) if name in ENDS:
            return not (call.args or call.keywords)
    return False


def _says(call: ast.Call, name: str) -> bool:
    return any(keyword.arg in {name, None} for keyword in call.keywords)


@pytest.mark.parametrize(
    "line",
    [
        "subprocess.run(['make'], check=True)",
        "process.wait()",
        "process.communicate()",
        "thread.join()",
        "lock.acquire()",
        "socket.create_connection(address)",
    ],
)
def test_a_call_that_blocks_is_found(line: str) -> None:
    assert list(unlimited(line)) == [1]


@pytest.mark.parametrize(
    "line", ["subprocess.run(['make'], timeout=5)", "process.wait(5)", "await event.wait()", "', '.join(names)", "{}.get('a')"]
)
def test_one_with_a_limit_is_none(line: str) -> None:
    assert list(unlimited(f"async def test():\n    {line}")) == []


def test_no_test_blocks_for_as_long_as_it_takes() -> None:
    found = [f"{file.relative_to(TOP)}:{line}" for file in SOURCES for line in unlimited(file.read_text("utf-8"))]
    assert found == []
