"""A workspace of a test's own, and the accounts in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import httpx2

from taskhub.testing.client import calls
from taskhub.testing.client.account_data import AccountData
from taskhub.testing.client.faults import Faults

if TYPE_CHECKING:
    from taskhub.testing.client.server import TaskHubServer

Json = dict[str, Any]


class Account(AccountData):
    """Somebody in a workspace, with clients that wait for their answers."""

    def __init__(self, server: TaskHubServer, workspace_id: str, account: Json, role: str) -> None:
        super().__init__(workspace_id, account, role)
        self._server = server

    @cached_property
    def client(self) -> httpx2.Client:
        """Asks as this account, below the workspace: `client.get("tasks")`."""
        return self.client_with(self.token)

    @cached_property
    def service(self) -> httpx2.Client:
        """Asks as this account, from the root of the service: `service.get("/v1/users/me")`."""
        return self._server.client(self.token)

    def client_with(self, token: str) -> httpx2.Client:
        """As `client`, with another credential."""
        return self._server.client(token, f"/v1/workspaces/{self.workspace_id}/")

    def sign_in(self) -> Json:
        """A session: its access `token` ends after a quarter of an hour of the service's time, its `refresh_token` renews it."""
        return self._server.call(calls.session(self.user_id))

    def api_token(self, scope: str = "admin", *, lifetime: timedelta | None = None, bound: bool = False) -> str:
        """Another API token. ``bound``: for this workspace alone."""
        return self._server.call(calls.api_token(self.user_id, scope, lifetime, self.workspace_id if bound else None))


class Tenant(Account):
    """A workspace, with the account that a test acts by.

    Attributes:
        project_id, project_key: of the project that came with it; None where none was asked for.
        owner: an owner of the workspace: the account itself, unless another role was asked for.
    """

    def __init__(self, server: TaskHubServer, made: Json) -> None:
        super().__init__(server, made["workspace_id"], made["account"], made["role"])
        self.project_id: str | None = made["project_id"]
        self.project_key: str | None = made["project_key"]
        is_owner = made["owner"]["user_id"] == self.user_id
        self.owner: Account = self if is_owner else Account(server, self.workspace_id, made["owner"], "owner")

    @property
    def faults(self) -> Faults:
        """Faults for this workspace, and for this account where no workspace is meant: no other test meets them."""
        return Faults(self._server.call, {"workspace_id": self.workspace_id, "user_id": self.user_id})

    def member(self, role: str = "member") -> Account:
        """Somebody new in the workspace."""
        made = self._server.call(calls.member(self.workspace_id, role))
        return Account(self._server, self.workspace_id, made, role)

    def task(self, **body: Any) -> Json:
        """A new task in the project, made by an owner. ``body``: what is said of it; the title is given where it is not."""
        return created(self.owner.client.post("tasks", json=task_body(self.project_id, body)))

    def wait_for(
        self,
        type: str,
        *,
        entity: str | Mapping[str, Any] | None = None,
        after: int | Mapping[str, Any] | None = None,
        timeout: float = calls.TIMEOUT_SECONDS,
    ) -> Json:
        """The first event of this type in the log of the workspace, as soon as it is there.

        ``entity``: of this thing. ``after``: behind this place (`seq`) or event.

        Raises:
            EventNotSeen: it was not, so many seconds later.
        """
        return self._server.call(calls.event(self.workspace_id, type, entity, after, timeout))


def task_body(project_id: str | None, body: Json) -> Json:
    return {"title": "A task", **({"project_id": project_id} if project_id else {}), **body}


def created(answer: httpx2.Response) -> Json:
    """Raises:
    AssertionError: with what the service said.
    """
    assert answer.status_code == 201, f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    made: Json = answer.json()
    return made
