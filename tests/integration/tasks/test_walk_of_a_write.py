"""The walk of a write is the one that `docs/architecture.md` tells: in that order, and each step once."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest

import taskhub
from support.harness.api import Api, ok

PACKAGE = Path(next(iter(taskhub.__path__)))
PAGE = (Path(__file__).parents[3] / "docs" / "architecture.md").read_text("utf-8")
STEP = re.compile(r"^\d+\. \*\*`([a-z_/]+\.py)`, `([\w.]+)`\.\*\*", re.MULTILINE)

FILES = 15
"""How many files a newcomer has to open at most to understand one write."""

Call = tuple[str, str]
"""A file below the package, and the function in it."""


def section_of(title: str) -> str:
    """What stands below a heading of the page."""
    _, _, section = PAGE.partition(f"\n### `{title} ")
    return section.partition("\n### ")[0]


def steps_of(title: str) -> list[Call]:
    return STEP.findall(section_of(title))


def files_of(title: str) -> set[str]:
    """All files that a section names, as steps or beside them."""
    return {*re.findall(r"`([\w/]+\.py)`", section_of(title))}


class Walk:
    """The functions of the package that were called, in order. A coroutine that goes on is not called again."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self._frames: dict[int, FrameType] = {}  # Kept, so that no other frame has the id of one that ended.

    def __call__(self, frame: FrameType, event: str, argument: object) -> None:
        path = Path(frame.f_code.co_filename)
        if event != "call" or id(frame) in self._frames or not path.is_relative_to(PACKAGE):
            return
        self._frames[id(frame)] = frame
        self.calls.append((path.relative_to(PACKAGE).as_posix(), frame.f_code.co_qualname))


@contextmanager
def walked() -> Iterator[Walk]:
    walk = Walk()
    before = sys.getprofile()
    sys.setprofile(walk)
    try:
        yield walk
    finally:
        sys.setprofile(before)


def assert_walk(walk: Walk, title: str) -> None:
    steps = steps_of(title)
    assert len(steps) > 10
    assert [call for call in walk.calls if call in steps] == steps


async def test_a_post_goes_the_way_that_is_told(ada: Api) -> None:
    await ada.add_task()
    with walked() as walk:
        answer = await ada.post("tasks", {"project_id": ada.project["id"], "title": "Oil the gate"})
    ok(answer)
    assert_walk(walk, "POST")


async def test_so_does_a_patch(ada: Api) -> None:
    task = await ada.add_task()
    with walked() as walk:
        answer = await ada.patch(f"tasks/{task['id']}", {"title": "Oil the hinge"}, if_match='"1"')
    assert answer.status_code == 200
    assert_walk(walk, "PATCH")


@pytest.mark.parametrize("title", ["POST", "PATCH"])
def test_whoever_wants_to_understand_a_write_opens_fifteen_files(title: str) -> None:
    assert len(files_of(title)) == FILES
    assert f"needs {FILES} files to understand one write" in " ".join(PAGE.split())


@pytest.mark.parametrize("title", ["POST", "PATCH"])
def test_a_walk_names_files_by_their_whole_path(title: str) -> None:
    assert [path for path in sorted(files_of(title)) if not (PACKAGE / path).is_file()] == []
