"""`make bench-scale`: lists over a hundred workspaces of 10,000 tasks, beside one workspace of 10,000 alone."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from benchmarks import questions, report
from benchmarks.database import fresh_database, postgres, server_version
from benchmarks.dataset import Size, load
from benchmarks.lists import ListFailed, Lists
from benchmarks.questions import Question
from benchmarks.servers import StartFailed, taskhub

ONE = Size(workspaces=1, projects=10, tasks=10_000, users=20, memberships_per_user=1)
SMALL = Size(workspaces=10, projects=100, tasks=100_000, users=200, memberships_per_user=1)
MANY = replace(SMALL, copies=10)
LARGE = replace(SMALL, copies=50)
WARM_UP, ROUNDS = 5, 40
MAX_FOR_A_PAGE = 2.0
MAX_FOR_A_SEARCH = 5.0


@dataclass(frozen=True, slots=True)
class Line:
    """Medians in milliseconds. ``ratio`` is what has to stay below ``most``."""

    question: Question
    one: float
    many: float
    ratio: float
    most: float

    @property
    def passes(self) -> bool:
        return self.ratio <= self.most

    def __str__(self) -> str:
        verdict = "pass" if self.passes else "FAIL"
        return f"{self.question.name:44}{self.one:11.2f}{self.many:11.2f}{self.ratio:8.2f}  of {self.most:.0f}  {verdict}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench-scale", description=__doc__)
    sizes = parser.add_mutually_exclusive_group()
    sizes.add_argument("--small", dest="size", action="store_const", const=SMALL, help="ten workspaces, to try it out")
    sizes.add_argument("--large", dest="size", action="store_const", const=LARGE, help="five hundred workspaces")
    size = parser.parse_args().size or MANY
    try:
        with postgres() as server_url, tempfile.TemporaryDirectory() as folder:
            say(report.machine(server_version(server_url)))
            with (
                _loaded(server_url, "taskhub_scale_one", ONE, Path(folder)) as one,
                _loaded(server_url, "taskhub_scale_many", size, Path(folder)) as many,
            ):
                lines = _compare(one, many)
    except (StartFailed, ListFailed) as error:
        say(f"FAILED: {error}")
        return 1
    failed = [line for line in lines if not line.passes]
    say(f"\n{len(lines) - len(failed)} of {len(lines)} pass")
    return 1 if failed else 0


@contextmanager
def _loaded(server_url: str, name: str, size: Size, folder: Path) -> Iterator[Lists]:
    with ExitStack() as stack:
        url = stack.enter_context(fresh_database(server_url, name))
        say(f"loading {size} …")
        started = time.monotonic()
        dataset = asyncio.run(load(url, size))
        say(f"loaded in {time.monotonic() - started:.0f} s")
        place = folder / name
        place.mkdir()
        yield stack.enter_context(Lists.of(stack.enter_context(taskhub(url, place)), dataset))


def _compare(one: Lists, many: Lists) -> list[Line]:
    """Pages against the same pages of a workspace that is alone; searches against a page of what they search."""
    pages, searches = (questions.PAGE, *questions.depths(), *questions.filters()), tuple(questions.searches())
    times = _ask((*pages, *(question for question, _ in searches)), one, many)
    lines = [Line(question, *times[question], times[question][1] / times[question][0], MAX_FOR_A_PAGE) for question in pages]
    say(f"\n{'median over HTTP, in ms':44}{'1 x 10k':>11}{f'{many.workspaces} x 10k':>11}{'ratio':>8}")
    say("\n".join(map(str, lines)))
    found = [
        Line(question, *times[question], times[question][1] / times[searched][1], MAX_FOR_A_SEARCH)
        for question, searched in searches
    ]
    say("\nsearches, against a page of the list that they search")
    say("\n".join(map(str, found)))
    return lines + found


def _ask(every: Sequence[Question], one: Lists, many: Lists) -> dict[Question, tuple[float, float]]:
    """Medians in milliseconds. Everything is asked in turns: what else the machine does strikes all alike."""
    taken: dict[Question, tuple[list[float], list[float]]] = {question: ([], []) for question in every}
    for turn in range(-WARM_UP, ROUNDS):
        for lists in (one, many):
            lists.ask(questions.PAGE, turn)  # From here on the caller is known.
        for question in every:
            for lists, times in zip((one, many), taken[question], strict=True):
                seconds = lists.ask(question, turn)
                if turn >= 0:
                    times.append(seconds * 1000)
    return {question: (median(alone), median(among)) for question, (alone, among) in taken.items()}


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
