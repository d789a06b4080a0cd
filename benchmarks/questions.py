"""What is asked of lists: pages at any depth in every order, every filter, and words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from benchmarks import texts

SORTS = ("created_at", "updated_at", "due", "priority", "key", "rank")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a query may refer to in a workspace: a common label, a task with tasks below it, and one that others block."""

    project_id: str
    user_id: str
    label_id: str
    parent_id: str
    waiting_id: str
    task_ids: list[str]


@dataclass(frozen=True, slots=True)
class Question:
    """A query of the task list. ``depth``: how far into the list the page is, from 0 to 1."""

    name: str
    query: str | Callable[[Facts], str]
    depth: float = field(default=0.0)

    def text(self, facts: Facts) -> str:
        return self.query if isinstance(self.query, str) else self.query(facts)


PAGE = Question("a page of 50", "")
_OPEN_BY_DUE = Question("closed=false, sort=due", "closed=false&sort=due")


def depths() -> Iterator[Question]:
    for sort in SORTS:
        for direction in ("", "-"):
            for depth, place in ((0.0, "the first page"), (0.5, "the middle"), (1.0, "the end")):
                yield Question(f"sort={direction}{sort}, {place}", f"sort={direction}{sort}", depth)


def filters() -> Iterator[Question]:
    today = datetime.now(UTC).date()
    instant = quote(datetime.now(UTC).isoformat())
    yield Question("ids (5 of them)", lambda facts: "&".join(f"ids={id}" for id in facts.task_ids[:5]))
    yield Question("project_id", lambda facts: f"project_id={facts.project_id}")
    yield Question("project_id, the middle", lambda facts: f"project_id={facts.project_id}", 0.5)
    yield Question("status=in_progress", "status=in_progress")
    yield Question("status=todo or cancelled", "status=todo&status=cancelled")
    yield Question("status_category=done", "status_category=done")
    yield Question("priority=urgent", "priority=urgent")
    yield Question("assignee_id", lambda facts: f"assignee_id={facts.user_id}")
    yield Question("assignee_id=me", "assignee_id=me")
    yield Question("assignee_id=none", "assignee_id=none")
    yield Question("label_id", lambda facts: f"label_id={facts.label_id}")
    yield Question("label_id, the middle", lambda facts: f"label_id={facts.label_id}", 0.5)
    yield Question("label_id=none", "label_id=none")
    yield Question("parent_id", lambda facts: f"parent_id={facts.parent_id}")
    yield Question("parent_id=none", "parent_id=none")
    yield Question("blocked=true", "blocked=true")
    yield Question("blocked=false", "blocked=false")
    yield Question("blocks", lambda facts: f"blocks={facts.waiting_id}")
    yield Question("due_before a date long ago", f"due_before={today - timedelta(days=360)}")
    yield Question("due_before an instant", f"due_before={instant}")
    yield Question("due_after today", f"due_after={today}")
    yield Question("due_after today, sort=due", f"due_after={today}&sort=due")
    yield Question("closed=true", "closed=true")
    yield Question("closed=false", "closed=false")
    yield _OPEN_BY_DUE
    yield Question("closed=false, sort=-priority", "closed=false&sort=-priority")
    yield Question("deleted=true", "deleted=true")
    yield Question("label_id, assignee_id and status", _labelled)
    yield Question("a project's open tasks of mine, by due date", _mine)
    yield from _boards()


def _boards() -> Iterator[Question]:
    """A project as people have put it in order."""
    for depth, place in ((0.0, "the first page"), (0.5, "the middle"), (1.0, "the end")):
        yield Question(f"sort=rank of a project, {place}", lambda facts: f"project_id={facts.project_id}&sort=rank", depth)
    yield Question("sort=-rank of a project", lambda facts: f"project_id={facts.project_id}&sort=-rank")
    yield Question("a project's open top level, sort=rank", _top_level)


def searches() -> Iterator[tuple[Question, Question]]:
    """Each with the list that it narrows down."""
    yield Question("q=<a common word>", f"q={texts.COMMON_WORD}"), PAGE
    yield Question("q=<a common word>, the middle", f"q={texts.COMMON_WORD}", 0.5), PAGE
    yield Question("q=<the beginning of a common word>", f"q={texts.COMMON_WORD[:3]}"), PAGE
    yield Question("q=<a rare word>", f"q={texts.RARE_WORD}"), PAGE
    yield Question("q=<the beginning of a rare word>", f"q={texts.RARE_WORD[:5]}"), PAGE
    yield Question("q=<a common and a rare word>", f"q={texts.COMMON_WORD}%20{texts.RARE_WORD}"), PAGE
    yield Question("q=<a word that nobody wrote>", "q=qwertzuiop"), PAGE
    yield Question("q=<a key>", "q=P3-42"), PAGE
    yield Question("q=<a common word>, closed=false, sort=due", f"q={texts.COMMON_WORD}&closed=false&sort=due"), _OPEN_BY_DUE


def _labelled(facts: Facts) -> str:
    return f"label_id={facts.label_id}&assignee_id={facts.user_id}&status=todo"


def _top_level(facts: Facts) -> str:
    return f"project_id={facts.project_id}&closed=false&parent_id=none&sort=rank"


def _mine(facts: Facts) -> str:
    return f"project_id={facts.project_id}&closed=false&assignee_id=me&sort=due"
