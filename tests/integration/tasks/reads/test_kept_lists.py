"""Clients that keep lists and ask whether they are still good, while anything happens in the workspace."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from integration.conftest import make_container
from support.harness.api import Api, ok
from support.harness.waiting import PATIENCE_SECONDS
from taskhub.app import TaskHub
from taskhub.kernel.api.remembered_pages import EncodedPage, RememberedPages
from taskhub.kernel.application.clock import system_clock, system_monotonic
from taskhub.kernel.application.commands import Context
from taskhub.tasks.application.background.purge_trash import PurgeTrash, purge_trash

STEPS = 120
CONCURRENT_WRITES = 40
ZONES = ("UTC", "Asia/Tokyo", "America/New_York", "Pacific/Kiritimati")
TITLES = ("Oil the engine", "Check the oil", "Paint", "Sweep the deck")

LISTS = (
    "tasks",
    "tasks?limit=3",
    "tasks?sort=rank&limit=4",
    "tasks?sort=-priority",
    "tasks?sort=due",
    "tasks?sort=key",
    "tasks?assignee_id=me",
    "tasks?not_assignee_id=me&limit=5",
    "tasks?assignee_id=none",
    "tasks?label_id=none&status_category=todo",
    "tasks?status=todo&status=done",
    "tasks?project_id=OPS&sort=rank",
    "tasks?parent_id=none",
    "tasks?blocked=true",
    "tasks?blocked=false&closed=false",
    "tasks?q=oil",
    "tasks?q=oil&deleted=true",
    "tasks?deleted=true",
    "tasks?due_before=2026-11-28",
    "tasks?due_after=2026-11-28",
    "tasks?due_after=2026-11-28&time_zone=Asia/Tokyo",
    "tasks?updated_after=2026-01-01T00:00:00Z&sort=updated_at",
    "projects",
    "projects?archived=true",
    "projects?deleted=true&sort=-key",
    "labels",
    "labels?sort=-created_at&limit=1",
    "tasks/{task}/comments",
    "tasks/{task}/history?limit=5",
)
BY_THE_TIME_ZONE_OF_THE_WORKSPACE = ("tasks?due_before=2026-11-28", "tasks?due_after=2026-11-28")
"""Other processes read these by a former time zone for up to a second."""


@dataclass
class Kept:
    """What one client keeps of one list."""

    tag: str
    body: Any


class CountedPages(RememberedPages):
    """What a process remembers. ``times_made``: how many pages were not given from it."""

    times_made = 0

    def made(self, listing: bytes, page: EncodedPage) -> None:
        self.times_made += 1
        super().made(listing, page)


@dataclass
class Reader:
    """A client that keeps lists. ``seen`` is every answer that anybody was given, by list and tag: a tag means one answer."""

    api: Api
    app: TaskHub
    seen: dict[tuple[str, str], Any]
    pages: CountedPages = field(default_factory=lambda: CountedPages(system_monotonic))
    kept: dict[str, Kept] = field(default_factory=dict)
    unchanged: int = 0
    pages_given: int = 0

    def __post_init__(self) -> None:
        self.app.state.remembered_pages = self.pages

    @property
    def given_from_memory(self) -> int:
        return self.pages_given - self.pages.times_made

    async def poll(self, path: str, *, tells_tag: bool = True) -> bool:
        """Asks for what is new. Returns whether there was nothing."""
        kept = self.kept.get(path) if tells_tag else None
        answer = await self.api.get(path, headers={"if-none-match": kept.tag} if kept else None)
        if answer.status_code == 304:
            assert kept is not None
            assert answer.headers["etag"] == kept.tag
            self.unchanged += 1
            return True
        if answer.status_code == 404:  # A comment's task is in the trash.
            self.kept.pop(path, None)
            return False
        self.pages_given += 1
        self._take(path, answer)
        return False

    async def check(self, path: str) -> None:
        """A list that was said to be unchanged, or was given, is what a process answers that remembers none."""
        kept = self.kept[path]
        self.app.state.remembered_pages = RememberedPages(system_monotonic)
        answer = await self.api.get(path)
        self.app.state.remembered_pages = self.pages
        self._take(path, answer)
        if path not in BY_THE_TIME_ZONE_OF_THE_WORKSPACE:
            assert answer.headers["etag"] == kept.tag
            assert answer.json() == kept.body

    def _take(self, path: str, answer: Any) -> None:
        body, tag = ok(answer), answer.headers["etag"]
        assert self.seen.setdefault((path, tag), body) == body, f"{path}: two answers under one tag"
        self.kept[path] = Kept(tag, body)


class Crew:
    """Who changes the workspace, at random: the owner, and a member through another process."""

    def __init__(self, owner: Api, member: Api, random: Random) -> None:
        self._members = (owner, member)
        self._owner = owner
        self._random = random
        self.tasks: list[str] = []
        self._projects = [owner.project["id"]]
        self._labels: list[str] = []
        self._count = 0

    async def act(self) -> None:
        """One request, which may be refused."""
        acts = (self._add, self._change, self._change, self._relate, self._place, self._trash, self._talk, self._label, self._run)
        answer = await self._random.choice(acts)(self._random.choice(self._members))
        assert answer is None or answer.status_code in {200, 201, 204, 404, 409, 422}, answer.text

    def _some_task(self) -> str:
        return self._random.choice(self.tasks)

    async def _add(self, api: Api) -> Any:
        body = {"project_id": self._random.choice(self._projects), "title": self._random.choice(TITLES), **self._content()}
        answer = await api.post("tasks", body)
        if answer.status_code == 201:
            self.tasks.append(answer.json()["id"])
        return answer

    def _content(self) -> dict[str, Any]:
        pick = self._random.choice
        due = {"date": f"2026-11-{pick((26, 27, 28))}", "time": f"{pick((1, 9, 20)):02}:00", "time_zone": pick(ZONES)}
        choices = {
            "title": pick(TITLES),
            "status": pick(("todo", "in_progress", "done")),
            "priority": pick(("none", "low", "urgent")),
            "due": pick((None, due, {"date": "2026-11-28"})),
            "assignee_ids": pick(([], [pick(self._members).user["id"]])),
        }
        return {name: choices[name] for name in self._random.sample([*choices], 2)}

    async def _change(self, api: Api) -> Any:
        return await api.patch(f"tasks/{self._some_task()}", self._content())

    async def _relate(self, api: Api) -> Any:
        kind, task, other = self._random.choice(("blockers", "labels", "parent")), self._some_task(), self._some_task()
        if kind == "parent":
            return await api.patch(f"tasks/{task}", {"parent_id": self._random.choice((None, other))})
        if kind == "labels":
            other = self._random.choice(self._labels or [other])
        send = self._random.choice((api.put, api.delete))
        return await send(f"tasks/{task}/{kind}/{other}")

    async def _place(self, api: Api) -> Any:
        place: dict[str, Any] = self._random.choice(({"to": "first"}, {"before": self._some_task()}))
        if self._random.random() < 0.2:
            place = {"to": "last", "project_id": self._random.choice(self._projects)}
        return await api.post(f"tasks/{self._some_task()}/move", place)

    async def _trash(self, api: Api) -> Any:
        task = self._some_task()
        if self._random.random() < 0.5:
            return await api.delete(f"tasks/{task}")
        return await api.post(f"tasks/{task}/restore")

    async def _talk(self, api: Api) -> Any:
        return await api.post(f"tasks/{self._some_task()}/comments", {"body": self._random.choice(TITLES)})

    async def _label(self, api: Api) -> Any:
        self._count += 1
        if self._labels and self._random.random() < 0.5:
            label = self._random.choice(self._labels)
            if self._random.random() < 0.5:
                return await self._owner.delete(f"labels/{label}")
            return await api.patch(f"labels/{label}", {"name": f"Label {self._random.randint(1, 9)}"})
        answer = await api.post("labels", {"name": f"Label {self._count}", "color": "#00ff00"})
        if answer.status_code == 201:
            self._labels.append(answer.json()["id"])
        return answer

    async def _run(self, api: Api) -> Any:
        """What only the owner does."""
        self._count += 1
        project = self._random.choice(self._projects)
        choice = self._random.randrange(6)
        if choice == 0:
            zone = {"time_zone": self._random.choice(ZONES)}
            return await self._owner.patch(f"/v1/workspaces/{self._owner.workspace['id']}", zone)
        if choice == 1:
            return await self._owner.patch(f"projects/{project}", {"name": f"Project {self._random.randint(1, 12)}"})
        if choice == 2 and project != self._owner.project["id"]:
            return await self._owner.delete(f"projects/{project}")
        if choice == 3 and project != self._owner.project["id"]:
            return await self._owner.post(f"projects/{project}/{self._random.choice(('archive', 'unarchive', 'restore'))}")
        if choice == 4:
            return await api.patch("/v1/users/me", {"name": f"Name {self._count}"})
        answer = await self._owner.post("projects", {"key": f"P{self._count}", "name": f"Project {self._count}"})
        if answer.status_code == 201:
            self._projects.append(answer.json()["id"])
        return answer


@pytest.fixture
async def elsewhere(database_url: str) -> AsyncIterator[TaskHub]:
    """Another process' worth of the service, with a memory of its own."""
    app = TaskHub(make_container(database_url))
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def people(app: TaskHub, elsewhere: TaskHub, ada: Api) -> AsyncIterator[tuple[Api, Api]]:
    """The owner, and a member who goes through the other process."""
    async with Api.on(elsewhere) as member:
        await member.sign_up(name="Grace")
        await ada.invite(member)
        yield ada, member


@pytest.fixture
def readers(app: TaskHub, elsewhere: TaskHub, people: tuple[Api, Api]) -> list[Reader]:
    """One for each process."""
    seen: dict[tuple[str, str], Any] = {}
    return [Reader(api, its_app, seen) for api, its_app in zip(people, (app, elsewhere), strict=True)]


async def purge(app: TaskHub, api: Api) -> None:
    """Empties the trash of the workspace, as in a month."""
    command = PurgeTrash(api.workspace["id"], system_clock() + timedelta(days=31))
    runner = app.state.container.modules["tasks"].runner()
    while await runner.perform(purge_trash, command, Context()):
        pass


async def paths(crew: Crew, owner: Api) -> list[str]:
    """All lists, about the first task where one is meant, and some pages that go on."""
    made = [path.format(task=crew.tasks[0]) for path in LISTS]
    begun = ("tasks?limit=2", "tasks?sort=rank&limit=2", "tasks?due_before=2026-12-24&limit=1")
    cursors = [ok(await owner.get(path))["next_cursor"] for path in begun]
    return [*made, *(f"{path}&cursor={cursor}" for path, cursor in zip(begun, cursors, strict=True) if cursor)]


async def ask_anew(reader: Reader, path: str, crew: Crew, random: Random) -> None:
    """Asks for a list that may be remembered, also right after it has changed."""
    for _ in range(random.choice((1, 3))):
        await reader.poll(path, tells_tag=False)
    if random.random() < 0.3:
        await crew.act()
        await reader.poll(path, tells_tag=False)
    if path in reader.kept:
        await reader.check(path)


@pytest.mark.parametrize("seed", range(3))
async def test_a_list_that_is_said_to_be_unchanged_is(
    app: TaskHub, people: tuple[Api, Api], readers: list[Reader], seed: int
) -> None:
    random = Random(seed)
    crew = Crew(*people, random)
    crew.tasks += [(await people[0].add_task(title))["id"] for title in TITLES]
    lists = await paths(crew, people[0])
    for step in range(STEPS):
        for _ in range(random.choice((0, 1, 1, 3))):
            await crew.act()
        if step % 40 == 39:
            await purge(app, people[0])
        for path in random.sample(lists, 5):
            reader = random.choice(readers)
            if random.random() < 0.5:
                await ask_anew(reader, path, crew, random)
            elif await reader.poll(path):
                await reader.check(path)
            elif path in reader.kept and random.random() < 0.3 and path not in BY_THE_TIME_ZONE_OF_THE_WORKSPACE:
                assert await reader.poll(path), f"{path} is another one although nothing has happened"
    assert all(reader.unchanged > 10 for reader in readers)
    assert all(reader.given_from_memory > 5 for reader in readers)


async def write(api: Api, tasks: list[str], random: Random) -> None:
    api.sends_again = True
    for _ in range(CONCURRENT_WRITES):
        ok(await api.patch(f"tasks/{random.choice(tasks)}", {"title": f"Oil {random.random()}"}))


async def read(reader: Reader, lists: list[str], random: Random, is_over: asyncio.Event) -> None:
    while not is_over.is_set():
        await reader.poll(random.choice(lists), tells_tag=random.random() < 0.5)


async def test_no_tag_is_newer_than_the_rows_under_it(people: tuple[Api, Api], readers: list[Reader], ada: Api) -> None:
    """While both write as fast as they can, each tag means one answer; and once nobody writes, what is kept is what is there."""
    tasks = [(await ada.add_task(title))["id"] for title in TITLES]
    lists = ["tasks", "tasks?q=oil", "tasks?sort=rank&status=todo", f"tasks/{tasks[0]}/history", "labels"]
    is_over = asyncio.Event()
    async with asyncio.timeout(10 * PATIENCE_SECONDS), asyncio.TaskGroup() as reading:
        for n, reader in enumerate(readers * 3):
            reading.create_task(read(reader, lists, Random(n), is_over))
        async with asyncio.TaskGroup() as writing:
            for n, api in enumerate(people):
                writing.create_task(write(api, tasks, Random(n)))
        is_over.set()

    assert len(readers[0].seen) > 50
    for reader in readers:
        for path in list(reader.kept):
            await reader.poll(path)
            await reader.check(path)
