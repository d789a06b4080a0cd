"""The workspace that a command works in, and what is found in it by name."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from typing import Any
from urllib.parse import quote

from taskhub.client import sign_in
from taskhub.client.connection import Answer, Connection
from taskhub.client.errors import WrongUsage
from taskhub.client.names import find, is_id
from taskhub.client.text import one_line

Json = Mapping[str, Any]


class Workspace:
    """Requests below the path of one workspace. ``project``: the key of the project that is worked in, if one was chosen."""

    def __init__(self, connection: Connection, id: str, project: str | None = None) -> None:
        self.connection = connection
        self.id = id
        self.project = project
        self._path = f"workspaces/{quote(id, safe='')}"

    # -- requests, as those of `Connection` ------------------------------------------------------

    def get(self, path: str = "", **parameters: Any) -> Any:
        return self.connection.get(self._below(path), **parameters)

    def every(self, path: str, **parameters: Any) -> Iterator[Any]:
        return self.connection.every(self._below(path), **parameters)

    def send(self, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        return self.connection.send(method, self._below(path), body, **more)

    def stream(self, path: str, last_id: str | None, **parameters: Any) -> AbstractContextManager[Iterator[str]]:
        return self.connection.stream(self._below(path), last_id, **parameters)

    def _below(self, path: str) -> str:
        return f"{self._path}/{path}" if path else self._path

    # -- what has names --------------------------------------------------------------------------

    @cached_property
    def members(self) -> list[Json]:
        return [*self.every("members"), *self.every("members", former=True)]

    @cached_property
    def labels(self) -> list[Json]:
        return [*self.every("labels")]

    def name_of(self, user_id: str | None) -> str:
        """Of a member, also a former one. None stands for the service itself."""
        if user_id is None:
            return "TaskHub"
        return next((member["name"] for member in self.members if member["user_id"] == user_id), user_id)

    def label_names(self, ids: Iterable[str]) -> list[str]:
        names = {label["id"]: label["name"] for label in self.labels}
        return sorted(names.get(id, id) for id in ids)

    def member_id(self, text: str) -> str:
        """``text``: `me`, an id, an email address or a name.

        Raises:
            ClientError
        """
        if text == "me" or is_id(text):
            return text
        present = [member for member in self.members if member["role"] is not None]
        return str(find("member", text, present, "user_id", "email", "name")["user_id"])

    def label_id(self, text: str) -> str:
        """``text``: a name, or an id.

        Raises:
            ClientError
        """
        return text if is_id(text) else str(find("label", text, self.labels, "id", "name")["id"])

    def check_statuses(self, keys: Iterable[str]) -> None:
        """Checks that the project that is worked in has these statuses; where none was chosen, that some project has each.

        Raises:
            ClientError: there is no such status.
        """
        projects = [*self.every("projects")] if self.project is None else [self.get(f"projects/{part(self.project)}")]
        known = {status["key"]: status for project in projects for status in project["workflow"]["statuses"]}
        for key in keys:
            find("status", key, known.values(), "key", "key")

    def needed_project(self) -> str:
        """Raises:
        WrongUsage: none was chosen.
        """
        if self.project is None:
            raise WrongUsage("Which project? Name one with --project KEY, or choose one with `taskhub use WORKSPACE PROJECT`.")
        return self.project


def part(text: str) -> str:
    """A text as a part of a path."""
    return quote(text, safe="")


@contextmanager
def opened(workspace: str | None = None, project: str | None = None) -> Iterator[Workspace]:
    """The workspace that was named, was chosen with `taskhub use`, or is the only one.

    Raises:
        NotSignedIn
        ClientError
    """
    signed_in = sign_in.read()
    with Connection(signed_in.url, signed_in.token) as connection:
        id = workspace_id(connection, workspace or signed_in.workspace)
        chosen = signed_in.project if workspace is None or id == signed_in.workspace else None
        yield Workspace(connection, id, project or chosen)


def workspace_id(connection: Connection, name: str | None) -> str:
    """Raises:
    ClientError
    """
    if name is not None and is_id(name):
        return name
    mine = [*connection.every("workspaces")]
    if name is not None:
        return str(find("workspace", name, mine, "id", "name")["id"])
    if len(mine) == 1:
        return str(mine[0]["id"])
    names = (
        ", ".join(repr(one_line(one["name"])) for one in mine[:10]) or "You are in none: make one with `taskhub workspaces add`"
    )
    raise WrongUsage(f"Which workspace? Name one with --workspace, or choose one with `taskhub use WORKSPACE`. {names}.")
