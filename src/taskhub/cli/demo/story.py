"""Makes the demo's workspace through the API, in the order in which things happened."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from taskhub.cli.demo.clock import DemoClock
from taskhub.cli.demo.content import ITEMS, LABELS, PEOPLE, PROJECTS, THROWN_AWAY, WORKFLOWS, WORKSPACE, Item, Step
from taskhub.client.accounts import sign_in_with_password, sign_out
from taskhub.client.connection import Connection
from taskhub.client.sign_in import SignIn
from taskhub.kernel.application.clock import system_clock

Json = dict[str, Any]

BEGINNING = timedelta(days=21)
BETWEEN = timedelta(minutes=7)
"""From one change to the next one."""
_MENTION = re.compile(r"@([a-z]+)\b")

Action = tuple[float, int, Item, Step | None]


def email_of(who: str) -> str:
    return f"{who}@example.com"


def tell_story(url: str, password: str, clock: DemoClock) -> None:
    """Raises:
    NotReachable: the service has ended.
    ClientError
    """
    clock.set_back(BEGINNING)
    with ExitStack() as stack:
        Story(url, clock, stack).tell(password)
    clock.catch_up()


def sent(connection: Connection, method: str, path: str, body: Any = None) -> Json:
    """The answer to a write that is not sent again: it is sent to a service of this process, which answers or has ended."""
    answer: Json = connection.send(method, path, body, is_keyed=False).body or {}
    return answer


def instant_of(days_ago: float, now: datetime) -> datetime:
    """Between nine and five of its day: parts of a day are parts of the hours in which people work."""
    end_of_work = (now - timedelta(days=int(days_ago))).replace(hour=17, minute=0, second=0, microsecond=0)
    return end_of_work - timedelta(hours=8) * (days_ago % 1)


class Story:
    """What is told once: by then the ids are known that the rest refers to."""

    def __init__(self, url: str, clock: DemoClock, stack: ExitStack) -> None:
        """``stack``: closes the connections of the people."""
        self._url = url
        self._clock = clock
        self._stack = stack
        self._people: dict[str, Connection] = {}
        self._signed_in: dict[str, SignIn] = {}
        self._users: dict[str, str] = {}
        self._labels: dict[str, str] = {}
        self._projects: dict[str, str] = {}
        self._tasks: dict[str, Json] = {}
        self._workspace = ""
        self._now = system_clock()

    def tell(self, password: str) -> None:
        owner = next(iter(PEOPLE))
        for who, name in PEOPLE.items():
            self._register(who, name, password)
        self._workspace = "workspaces/" + sent(self._people[owner], "POST", "workspaces", {"name": WORKSPACE})["id"]
        for who in [who for who in PEOPLE if who != owner]:
            token = self._do(owner, "POST", "/invitations", {"role": "member"})["token"]
            sent(self._people[who], "POST", "invitations/accept", {"token": token})
        for key, project in PROJECTS.items():
            self._projects[key] = self._do(owner, "POST", "/projects", {"key": key, **project})["id"]
        for key, statuses in WORKFLOWS.items():
            self._do(owner, "PUT", f"/projects/{key}/workflow", {"statuses": statuses, "transitions": None})
        for name, color in LABELS.items():
            self._labels[name] = self._do(owner, "POST", "/labels", {"name": name, "color": color})["id"]
        for days_ago, _, item, step in sorted(_actions(), key=lambda action: (-action[0], action[1])):
            self._clock.go_to(instant_of(days_ago, self._now))
            self._create(item) if step is None else self._take(item, step)
        self._do(owner, "POST", self._path("Hire two baristas") + "/move", {"to": "first"})
        self._do(owner, "DELETE", self._path(THROWN_AWAY.title))
        for signed_in in self._signed_in.values():
            sign_out(signed_in, password)

    def _register(self, who: str, name: str, password: str) -> None:
        with Connection(self._url) as visitor:
            self._users[who] = sent(visitor, "POST", "users", {"email": email_of(who), "name": name, "password": password})["id"]
        # The days of the story go by in seconds, and a session would be over with the first of them: hence a token.
        signed_in = sign_in_with_password(self._url, email_of(who), password, ["read", "write", "admin"], None, None)
        self._signed_in[who] = signed_in
        self._people[who] = self._stack.enter_context(Connection(self._url, signed_in.token))

    def _create(self, item: Item) -> None:
        body: Json = {
            "project_id": self._projects[item.project],
            "title": item.title,
            "description": item.description,
            "priority": item.priority,
            "label_ids": [self._labels[name] for name in item.labels],
            "assignee_ids": [self._users[who] for who in item.assignees],
            "due": self._due(item.due, item.time),
        }
        if item.part_of is not None:
            body["parent_id"] = self._tasks[item.part_of]["id"]
        self._tasks[item.title] = self._do(item.who, "POST", "/tasks", body)
        for title in item.waits_for:
            self._do(item.who, "PUT", f"{self._path(item.title)}/blockers/{self._tasks[title]['id']}")

    def _take(self, item: Item, step: Step) -> None:
        if isinstance(step.what, str):
            body = {"body": _MENTION.sub(lambda found: f"@{self._users[found[1]]}", step.what)}
            self._do(step.who, "POST", f"{self._path(item.title)}/comments", body)
            return
        patch = dict(step.what)
        if "due" in patch:
            patch["due"] = self._due(patch["due"], item.time)
        self._do(step.who, "PATCH", self._path(item.title), patch)

    def _due(self, days: int | None, time: str | None) -> Json | None:
        if days is None:
            return None
        date = (self._now + timedelta(days=days)).date()
        return {"date": date.isoformat(), **({"time": time, "time_zone": "UTC"} if time else {})}

    def _path(self, title: str) -> str:
        return f"/tasks/{self._tasks[title]['id']}"

    def _do(self, who: str, method: str, path: str, body: Any = None) -> Json:
        self._clock.go_on(BETWEEN)
        return sent(self._people[who], method, self._workspace + path, body)


def _actions() -> Iterator[Action]:
    """In no order: when, which one of those at the same time, and what; no step: the task is made."""
    number = count()
    for item in (*ITEMS, THROWN_AWAY):
        yield item.days_ago, next(number), item, None
        for step in item.then:
            yield step.days_ago, next(number), item, step
