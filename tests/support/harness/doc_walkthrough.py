"""Applies the changes that a page of the docs describes to a checkout."""

import re
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^`([\w./-]+)`\n\n```(diff|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class PageOutOfDate(AssertionError):
    """The code has changed and the page has not; the message says where."""


@dataclass(frozen=True, slots=True)
class Step:
    """One file, and what becomes of it: changes of a `diff` without line numbers, or a whole new one."""

    path: str
    kind: str
    text: str

    def apply(self, checkout: Path) -> None:
        """Raises:
        Astray
        """
        file = checkout / self.path
        if self.kind == "diff":
            file.write_text(self._changed(file.read_text("utf-8")), "utf-8")
        elif file.exists():
            raise PageOutOfDate(f"{self.path} is no new file")
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
            raise PageOutOfDate(f"{self.path} has {len(found)} places with:\n" + "\n".join(wanted))
        return found[0]


def steps_of(page: str) -> list[Step]:
    return [Step(*block) for block in _BLOCK.findall(page)]
