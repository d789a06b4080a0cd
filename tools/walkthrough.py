"""A page of the docs that changes the code place by place, followed to the letter in a copy of the checkout.

``python tools/walkthrough.py docs/extending.md [FOLDER]`` makes the copy (in a temporary folder where none is given).
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
_BIN = Path(sys.executable).parent
SECONDS_TO_RUN = 300.0
_LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".env", "__pycache__", ".*_cache", ".hypothesis", "node_modules", ".import_linter_cache"
)

_BLOCK = re.compile(r"^`([\w./-]+)`\n\n```(diff|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Astray(AssertionError):
    """The code has changed, and the page has not: it says where."""


@dataclass(frozen=True, slots=True)
class Step:
    """One file, and what becomes of it: changes of a `diff` without line numbers, or a whole new one."""

    path: str
    kind: str
    text: str

    def follow(self, checkout: Path) -> None:
        """Raises:
        Astray
        """
        file = checkout / self.path
        if self.kind == "diff":
            file.write_text(self._changed(file.read_text("utf-8")), "utf-8")
        elif file.exists():
            raise Astray(f"{self.path} is no new file")
        else:
            file.write_text(self.text, "utf-8")

    def _changed(self, text: str) -> str:
        lines = text.splitlines()
        for place in re.split(r"^@@\n", self.text, flags=re.MULTILINE):
            changes = place.splitlines()
            before = [line[1:] for line in changes if line[0] in " -"]
            after = [line[1:] for line in changes if line[0] in " +"]
            at = self._find(lines, before)
            lines[at : at + len(before)] = after
        return "\n".join(lines) + "\n"

    def _find(self, lines: list[str], wanted: list[str]) -> int:
        """Where the lines of a place stand. A new import stands before the others of ours."""
        if not wanted:
            return next(at for at, line in enumerate(lines) if line.startswith("from taskhub"))
        found = [at for at in range(len(lines)) if lines[at : at + len(wanted)] == wanted]
        if len(found) != 1:
            raise Astray(f"{self.path} has {len(found)} places with:\n" + "\n".join(wanted))
        return found[0]


def steps_of(page: str) -> list[Step]:
    return [Step(*block) for block in _BLOCK.findall(page)]


def followed(page: Path, folder: Path) -> list[str]:
    """Makes a copy of the checkout in which everything was done that a page says. Returns the files that it changed or added.

    Raises:
        Astray
    """
    shutil.copytree(CHECKOUT, folder, ignore=_LEFT_OUT, dirs_exist_ok=True)
    steps = steps_of(page.read_text("utf-8"))
    for step in steps:
        step.follow(folder)
    # Its migrations would take the reader's own database to a schema that the checkout does not know.
    (folder / ".env").write_text(f"TASKHUB_DATA_DIR={folder / '.taskhub'}\n", "utf-8")
    paths = sorted({step.path for step in steps})
    for command in (("python", "tools/problem_list.py"), ("ruff", "check", "--fix", *paths), ("ruff", "format", *paths)):
        run(folder, *command)
    return sorted(_changed(folder))


def run(folder: Path, *command: str) -> None:
    """Runs a command to its end on the code of a folder.

    Raises:
        AssertionError: it failed; with what it said.
        subprocess.TimeoutExpired
    """
    environment = {**os.environ, "PYTHONPATH": str(folder / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [str(_BIN / command[0]), *command[1:]],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS_TO_RUN,
        check=False,
    )
    if done.returncode:
        raise AssertionError(done.stdout + done.stderr)


def _changed(folder: Path) -> Iterator[str]:
    for file in folder.rglob("*"):
        path = file.relative_to(folder)
        if not file.is_file() or path.parts[0] == ".env" or any(part.endswith("_cache") for part in path.parts):
            continue
        original = CHECKOUT / path
        if not original.is_file() or original.read_bytes() != file.read_bytes():
            yield path.as_posix()


if __name__ == "__main__":
    page, *given = sys.argv[1:]
    place = Path(given[0]) if given else Path(tempfile.mkdtemp(prefix="taskhub-"))
    changed = followed(Path(page), place)
    sys.stdout.write("".join(f"  {path}\n" for path in changed))
    sys.stdout.write(
        f"{len(changed)} files were changed or added. The copy is in {place}: try `make test` or `make serve` there.\n"
    )
