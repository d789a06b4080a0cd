"""`make bench-past`: pages as of a moment beside pages of today, with 10,000 tasks and 200,000 events in the workspace."""

import asyncio
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import questions, report
from benchmarks.database import fresh_database, postgres, server_version
from benchmarks.dataset import load
from benchmarks.lists import ListFailed, Lists
from benchmarks.past_log import grow
from benchmarks.questions import Question
from benchmarks.scale import ONE, say
from benchmarks.servers import StartFailed, taskhub

WARM_UP, ROUNDS = 3, 20
MOST = 10.0
MOMENTS = {"early": 0.02, "a tenth": 0.1, "the middle": 0.5, "lately": 0.99, "now": 1.0}
"""How far into the log."""
NOT_THEN = ("sort=", "q=")


@dataclass(frozen=True, slots=True)
class Line:
    """Medians in milliseconds: of today, and as of each moment."""

    name: str
    today: float
    then: tuple[float, ...]

    @property
    def ratio(self) -> float:
        return max(self.then) / self.today

    def __str__(self) -> str:
        verdict = "pass" if self.ratio <= MOST else "FAIL"
        return f"{self.name:36}{self.today:9.2f}{''.join(f'{one:12.2f}' for one in self.then)}{self.ratio:8.1f}  {verdict}"


def main() -> int:
    try:
        with postgres() as server_url, tempfile.TemporaryDirectory() as folder, fresh_database(server_url, "taskhub_past") as url:
            say(report.machine(server_version(server_url)))
            dataset = asyncio.run(load(url, ONE))
            ends = asyncio.run(grow(url))
            last_seq = max(ends.values())
            say(f"{ONE.tasks} tasks, {last_seq} events\n")
            with taskhub(url, Path(folder)) as server, Lists.of(server, dataset) as lists:
                lines = _compare(lists, last_seq)
    except (StartFailed, ListFailed) as error:
        say(f"FAILED: {error}")
        return 1
    failed = [line for line in lines if line.ratio > MOST]
    say(f"\n{len(lines) - len(failed)} of {len(lines)} take at most {MOST:.0f} times as long")
    return 1 if failed else 0


def _compare(lists: Lists, last_seq: int) -> list[Line]:
    say(f"{'median over HTTP, in ms':36}{'today':>9}{''.join(f'{name:>12}' for name in MOMENTS)}{'ratio':>8}")
    lines = []
    for question in (questions.PAGE, *questions.depths(), *questions.filters()):
        if question.query == "sort=-created_at":
            question = Question(question.name.removeprefix("sort=-created_at, "), "", question.depth)  # noqa: PLW2901
        if isinstance(question.query, str) and any(one in question.query for one in NOT_THEN):
            continue
        line = _line(lists, question, last_seq)
        if line is not None:
            say(str(line))
            lines.append(line)
    return lines


def _line(lists: Lists, question: Question, last_seq: int) -> Line | None:
    asked = [question, *(_as_of(question, max(1, int(last_seq * part))) for part in MOMENTS.values())]
    try:
        taken = [[lists.ask(one, turn) * 1000 for one in asked] for turn in range(-WARM_UP, ROUNDS)][WARM_UP:]
    except ListFailed as refusal:
        if "422" in str(refusal) or "one page only" in str(refusal):
            return None
        raise
    today, *then = [median(times) for times in zip(*taken, strict=True)]
    return Line(question.name, today, tuple(then))


def _as_of(question: Question, seq: int) -> Question:
    return Question(question.name, lambda facts: f"{question.text(facts)}&as_of={seq}".lstrip("&"), question.depth)


if __name__ == "__main__":
    sys.exit(main())
