"""All operations of the service, ready to be called: with real ids in their paths and bodies of the right shape."""

import re
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from support import resources_of_tasks, resources_of_users, resources_of_webhooks, resources_of_workspaces
from support.harness.api import MERGE_PATCH, Api, ok
from taskhub.kernel.api.operations import Operation
from taskhub.kernel.contract.access import Public
from taskhub.modules.discovery import installed_modules
from taskhub.service.reference.document import document_of

OPERATIONS = installed_modules().operations
PROTECTED = [operation for operation in OPERATIONS if not isinstance(operation.access, Public)]
WITH_BODY = [operation for operation in OPERATIONS if operation.body is not None]
WITHOUT_BODY = [operation for operation in OPERATIONS if operation.body is None and operation.writes]
READS = [operation for operation in OPERATIONS if not operation.writes]
WITH_ANY_QUERY = [operation for operation in OPERATIONS if operation.any_query]
"""The pages of the board, which read their own addresses."""

_PATHS = document_of(OPERATIONS, "", installed_modules().catalogue)["paths"]


def _shape(path: str) -> str:
    """A path without the names of its parameters."""
    return re.sub(r"{[^}]*}", "{}", path)


_RESOURCES = (
    *resources_of_tasks.RESOURCES,
    *resources_of_users.RESOURCES,
    *resources_of_webhooks.RESOURCES,
    *resources_of_workspaces.RESOURCES,
)
_OF_RESOURCES = {
    (method, _shape(path if one.is_of_account else f"/v1/workspaces/{{}}/{path}"))
    for one in _RESOURCES
    for method, path in (
        *(("GET", one.collection), ("POST", one.collection)),
        *((method, one.item_path) for method in ("GET", "PATCH", "DELETE")),
        *((action.method, f"{one.item_path}/{action.path}") for action in one.actions),
    )
}


def beside_resources(operations: list[Operation]) -> list[Operation]:
    """Those of these operations that the conformance kit does not ask the same of."""
    return [one for one in operations if (one.method, _shape(one.path)) not in _OF_RESOURCES]


def each(operations: list[Operation]) -> pytest.MarkDecorator:
    """Runs a test once for each of these operations."""
    return pytest.mark.parametrize("operation", operations, ids=lambda one: one.operation_id)


def example_body(operation: Operation) -> Any:
    """The documented example of the request body, or None where there is none to send."""
    if operation.body is None:
        return None
    (content,) = _PATHS[operation.path][operation.method.lower()]["requestBody"]["content"].values()
    return content["example"]


@dataclass(frozen=True)
class SampleData:
    """A user with a workspace and one of everything in it, under the names that paths have for them."""

    api: Api
    ids: dict[str, str]

    @classmethod
    async def create(cls, api: Api) -> "SampleData":
        """Everything is made by a client that has signed in."""
        await api.open_workspace()
        await api.open_project()
        task, blocker = await api.add_task(external_keys=["crm-17"]), await api.add_task()
        label = ok(await api.post("labels", {"name": "urgent"}))
        comment = ok(await api.post(f"tasks/{task['id']}/comments", {"body": "Done yet?"}))
        token = ok(await api.post("/v1/tokens", {"name": "CI", "scopes": ["read"]}))
        invitation = ok(await api.post("invitations", {"role": "member"}))
        # Its receiver is in a network that is not allowed: nothing is sent to anybody.
        webhook = ok(await api.post("webhooks", {"url": "http://127.0.0.1/", "types": ["label.deleted"]}))
        delivery = ok(await api.post(f"webhooks/{webhook['id']}/test"))
        created = await api.add_task()
        ids = {
            "workspace_id": api.workspace["id"],
            "project_id": api.project["id"],
            "task": task["id"],
            "blocker": blocker["id"],
            "key": "crm-17",
            "label_id": label["id"],
            "comment_id": comment["id"],
            "user_id": api.user["id"],
            "session": "current",
            "token_id": token["id"],
            "invitation_id": invitation["id"],
            "webhook_id": webhook["id"],
            "delivery_id": delivery["id"],
            "digest": "0",
            "name": "pages.css",
            "tag": "0",
            "file": "main.js",
            "place": "sign-in",
            "code": "not_found",
            "seq": str(ok(await api.get("changes", entity_id=created["id"]))["items"][0]["seq"]),
        }
        return cls(api, ids)

    def path(self, operation: Operation, **others: str) -> str:
        return operation.path_format.format(**{**self.ids, **others})

    async def call(
        self,
        operation: Operation,
        *,
        api: Api | None = None,
        headers: dict[str, str] | None = None,
        path: str = "",
        **request: Any,
    ) -> httpx2.Response:
        """Sends a request of the right shape, but for what is said otherwise. ``api`` is who calls, if not who made the world."""
        client = (api or self.api).client
        if operation.body is not None and not {"json", "content"} & {*request}:
            request["json"] = example_body(operation)
        headers = headers or {}
        if operation.body is not None:
            kind = MERGE_PATCH if operation.method == "PATCH" else "application/json"
            headers = {"content-type": kind, **headers}
        return await client.request(operation.method, path or self.path(operation), headers=headers, **request)
