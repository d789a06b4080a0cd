"""Schemathesis: whatever the document allows or forbids, the service answers as the document says.

With these examples about 3,000 requests in all: the boundaries of every parameter and member, and random ones.
"""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode

from support.harness.api import ok
from support.harness.operations import OPERATIONS
from taskhub.modules.discovery import installed_modules
from taskhub.service.reference.document import document_of

EXAMPLES = 20
ANSWERS_TO_VALID_DATA = ["2xx", "304", "401", "403", "404", "409", "412", "413", "415", "422", "428"]
ANSWERS_TO_INVALID_DATA = ["400", "401", "403", "404", "405", "406", "409", "413", "415", "422", "428"]

SCHEMA = schemathesis.openapi.from_dict(
    document_of(OPERATIONS, "1.0.0", installed_modules().catalogue),
    config=SchemathesisConfig.from_dict(
        {
            "checks": {
                "positive_data_acceptance": {"expected-statuses": ANSWERS_TO_VALID_DATA},
                "negative_data_rejection": {"expected-statuses": ANSWERS_TO_INVALID_DATA},
            },
            "generation": {"deterministic": True, "no-shrink": True, "with-security-parameters": False},
        }
    ),
)


class Visitor:
    """Somebody with a workspace, who makes anew what an operation uses up."""

    def __init__(self, url: str) -> None:
        self.client = httpx2.Client(base_url=url)
        email = f"{uuid4().hex}@example.com"
        self.credentials = {"email": email, "password": uuid4().hex}
        self.user = self.make("/v1/users", name="Ada", **self.credentials)
        self.token = self.make("/v1/sessions", **self.credentials)["access_token"]
        self.client.headers["authorization"] = f"Bearer {self.token}"
        self.workspace = self.make_workspace()
        self.project = self.make_project()
        self.task = self.make_task()
        self.neighbour = self.make_task()
        self.label = self.make_label()

    def make(self, path: str, **body: Any) -> Any:
        return ok(self.client.post(path, json=body))

    def make_workspace(self) -> str:
        return str(self.make("/v1/workspaces", name="Engine room")["id"])

    def make_project(self) -> str:
        key = "P" + uuid4().hex[:9].upper()
        return str(self.make(f"/v1/workspaces/{self.workspace}/projects", key=key, name="Operations")["id"])

    def make_task(self) -> str:
        return str(self.make(f"/v1/workspaces/{self.workspace}/tasks", project_id=self.project, title="Oil the engine")["id"])

    def make_label(self) -> str:
        return str(self.make(f"/v1/workspaces/{self.workspace}/labels", name=uuid4().hex)["id"])

    def make_comment(self) -> str:
        return str(self.make(f"/v1/workspaces/{self.workspace}/tasks/{self.task}/comments", body="Done yet?")["id"])

    def make_change(self) -> int:
        changes = f"/v1/workspaces/{self.workspace}/changes"
        return int(ok(self.client.get(changes, params={"entity_id": self.make_task()}))["items"][0]["seq"])

    def place(self, name: str, operation: str) -> str:
        """A value for a path parameter of an operation: of something that it may use up."""
        invitations = f"/v1/workspaces/{self.workspace}/invitations"
        places: dict[str, Callable[[], Any]] = {
            "workspace_id": self.make_workspace if operation == "delete_workspace" else lambda: self.workspace,
            "project_id": self.make_project,
            "task": self.make_task if operation == "delete_task" else lambda: self.task,
            "blocker": lambda: self.neighbour,
            "label_id": self.make_label,
            "comment_id": self.make_comment,
            "user_id": lambda: self.user["id"],
            "session": lambda: self.make("/v1/sessions", **self.credentials)["session_id"],
            "token_id": lambda: self.make("/v1/tokens", name="CI", scopes=["read"])["id"],
            "invitation_id": lambda: self.make(invitations, role="viewer")["id"],
            "code": lambda: "not_found",
            "seq": self.make_change,
        }
        return str(places[name]())

    def settle(self, case: Case[Any]) -> None:
        """Puts what is really there into the parts of a case that are meant to be right."""
        operation = str(case.operation.definition.raw["operationId"])
        if _is_right(case, ParameterLocation.PATH):
            case.path_parameters = {name: self.place(name, operation) for name in case.path_parameters}
        if _is_right(case, ParameterLocation.BODY) and isinstance(case.body, dict):
            case.body = self._with_what_is_there(case.body)
        if _is_right(case, ParameterLocation.QUERY):
            # A cursor is good only where it came from.
            case.query = {name: value for name, value in case.query.items() if name != "cursor"}
            if "as_of" in case.query:  # A moment that the log has.
                case.query["as_of"] = 1 if str(case.query["as_of"]).isdecimal() else "2999-01-01T00:00:00Z"
            # Its answer is described by the parameter (decision 39).
            case.query.pop("dry_run", None)
            if "wait" in case.query:  # For what does not come.
                case.query["wait"] = 0
        for name in ("If-Match", "If-None-Match"):
            # Schemathesis means the tag "0" and takes its quotes for those of a JSON string.
            if case.headers and case.headers.get(name) == "0":
                case.headers[name] = '"1"'

    def _with_what_is_there(self, body: Any) -> Any:
        """The same body about real things, items of a batch too."""
        if isinstance(body, list):
            return [self._with_what_is_there(item) for item in body]
        if not isinstance(body, dict):
            return body
        real = {
            "project_id": self.project,
            "assignee_ids": [self.user["id"]],
            "label_ids": [self.label],
            "parent_id": self.neighbour,
            "blocked_by_ids": [self.neighbour],
            "before": self.neighbour,
            "after": self.neighbour,
            "status": "done",
            "time_zone": "Europe/Berlin",
            **({"id": self.task} if "patch" in body else {}),
        }
        return {name: real.get(name, self._with_what_is_there(value)) for name, value in body.items()}


def _is_right(case: Case[Any], location: ParameterLocation) -> bool:
    assert case.meta is not None
    component = case.meta.components.get(location)
    return bool(case.get_container(location)) and (component is None or component.mode is GenerationMode.POSITIVE)


@pytest.fixture(scope="module")
def visitor(server_url: str) -> Iterator[Visitor]:
    visitor = Visitor(server_url)
    yield visitor
    visitor.client.close()


@SCHEMA.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[*HealthCheck])
def test_every_answer_is_as_the_document_says(case: Case[Any], visitor: Visitor, server_url: str) -> None:
    visitor.settle(case)

    case.call_and_validate(base_url=server_url, headers={"Authorization": f"Bearer {visitor.token}"})
