"""Examples of the docs: blocks for a shell, and what each of them answers."""

import json
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.harness.waiting import PROGRAM_SECONDS

CHECKOUT = Path(__file__).parents[3]
_BLOCK = re.compile(r"^```sh\n(.*?)^```\n(?:```json\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)
_ID = re.compile("[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Example:
    """A block, and the answer that stands below it: that of its last command, shortened. Without one, any will do."""

    script: str
    answer: Any

    def differs_from(self, output: str) -> str | None:
        """Where what it printed is something else than what stands below it."""
        if self.answer is None:
            return None
        answers = list(_documents(output))
        return _difference(self.answer, answers[-1] if answers else None, "")


def run(shell: str, scripts: Iterable[str], url: str, *, user: str | None = None) -> list[str]:
    """What each block prints when they are run one after the other in a shell: only the service is another, and the user."""
    script = as_user("\necho '--'\n".join(scripts), url, user or shell)
    done = subprocess.run([shell], input=script, capture_output=True, text=True, timeout=PROGRAM_SECONDS, check=True)
    assert done.stderr == ""
    return done.stdout.split("--\n")


def as_user(script: str, url: str, user: str) -> str:
    return script.replace("http://127.0.0.1:8000", url).replace("ada@", f"{user}@")


def examples_of(page: str) -> list[Example]:
    return [Example(script, json.loads(answer) if answer else None) for script, answer in _BLOCK.findall(page)]


def examples_of_page(name: str) -> list[Example]:
    return examples_of((CHECKOUT / name).read_text("utf-8"))


def first_steps() -> list[Example]:
    """Those of the README that other pages go on from: a service runs, and a first account, workspace and tasks are made."""
    return examples_of(_first_task()[0])


def first_commands() -> Example:
    """What the README does after that with the command line: it asks for a password, and is no part of a script."""
    return examples_of(_first_task()[1])[0]


def _first_task() -> tuple[str, str]:
    _, heading, after = (CHECKOUT / "README.md").read_text("utf-8").partition("\n## A first task\n")
    requests, commands, rest = after.partition("\nThe same from the command line")
    assert heading
    assert commands
    return requests, rest


def _documents(text: str) -> Any:
    """JSON documents, one right behind the other."""
    decoder, at = json.JSONDecoder(), 0
    while at < len(text.rstrip()):
        document, at = decoder.raw_decode(text, at)
        yield document


def _difference(shown: Any, given: Any, place: str) -> str | None:
    """The first place where what is shown is not given. Members that are not shown may be there, items may not."""
    if isinstance(shown, dict) and isinstance(given, dict):
        parts = [(f"{place}/{name}", value, given.get(name, "nothing")) for name, value in shown.items()]
    elif isinstance(shown, list) and isinstance(given, list) and len(shown) == len(given):
        parts = [(f"{place}/{index}", value, given[index]) for index, value in enumerate(shown)]
    else:
        is_same = type(shown) is type(given) and (_ID.sub("…", given) if isinstance(given, str) else given) == shown
        return None if is_same else f"{place or '/'}: {shown!r} is shown, {given!r} is answered"
    return next((found for part in parts if (found := _difference(part[1], part[2], part[0]))), None)
