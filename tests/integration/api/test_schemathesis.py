"""Schemathesis: whatever the document allows or forbids, the service answers as the document says."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode
from schemathesis.core.parameters import ParameterLocation

from support.api import PASSWORD, made
from support.operations import OPERATIONS
from taskhub.service.reference.document import document_of

EXAMPLES = 30
REFUSALS_OF_VALID_DATA = ["2xx", "304", "401", "403", "404", "406", "409", "412", "415", "422", "428"]

SCHEMA = schemathesis.openapi.from_dict(
    document_of(OPERATIONS, "1.0.0"),
    config=SchemathesisConfig.from_dict(
        {
            "checks": {"positive_data_acceptance": {"expected-statuses": REFUSALS_OF_VALID_DATA}},
            "generation": {"deterministic": True, "no-shrink": True, "database": "none"},
        }
    ),
)


class Visitor:
    """Somebody with a workspace, who makes anew what an operation uses up."""

    def __init__(self, url: str) -> None:
        self.client = httpx2.Client(base_url=url)
        email = f"{uuid4().hex}@example.com"
        self.credentials = {"email": email, "password": PASSWORD}
        self.user = self.make("/v1/users", name="Ada", **self.credentials)
        self.token = self.make("/v1/sessions", **self.credentials)["access_token"]
        self.client.headers["authorization"] = f"Bearer {self.token}"
        self.workspace = self.make("/v1/workspaces", name="Engine room")["id"]
        self.project = self.make_project()
        self.task = self.make_task()

    def make(self, path: str, **body: Any) -> Any:
        return made(self.client.post(path, json=body))  # type: ignore[arg-type]

    def make_project(self) -> str:
        key = "P" + uuid4().hex[:9].upper()
        return str(self.make(f"/v1/workspaces/{self.workspace}/projects", key=key, name="Operations")["id"])

    def make_task(self) -> str:
        return str(self.make(f"/v1/workspaces/{self.workspace}/tasks", project_id=self.project, title="Oil the engine")["id"])

    def place(self, name: str, operation: str) -> str:
        """A value for a path parameter of an operation: of something that it may use up."""
        invitations = f"/v1/workspaces/{self.workspace}/invitations"
        places = {
            "workspace_id": lambda: self.make("/v1/workspaces", name="x")["id"] if operation == "delete_workspace" else self.workspace,
            "project_id": self.make_project,
            "task": self.make_task if operation == "delete_task" else lambda: self.task,
            "user_id": lambda: self.user["id"],
            "session": lambda: self.make("/v1/sessions", **self.credentials)["session_id"],
            "token_id": lambda: self.make("/v1/tokens", name="CI", scopes=["read"])["id"],
            "invitation_id": lambda: self.make(invitations, role="viewer")["id"],
            "code": lambda: "not_found",
        }
        return str(places[name]())

    def settle(self, case: Case) -> None:
        """Puts what is really there into a case that is meant to be right."""
        operation = str(case.operation.definition.raw["operationId"])
        if _is_right(case, ParameterLocation.PATH) and case.path_parameters:
            case.path_parameters = {name: self.place(name, operation) for name in case.path_parameters}
        if _is_right(case, ParameterLocation.BODY) and isinstance(case.body, dict):
            known = {"project_id": self.project, "assignee_ids": [self.user["id"]], "status": "done", "time_zone": "Europe/Berlin"}
            case.body = {name: known.get(name, value) for name, value in case.body.items()}


def _is_right(case: Case, location: ParameterLocation) -> bool:
    component = case.meta.components.get(location) if case.meta else None
    return component is not None and component.mode is GenerationMode.POSITIVE


@pytest.fixture(scope="module")
def visitor(server_url: str) -> Iterator[Visitor]:
    visitor = Visitor(server_url)
    yield visitor
    visitor.client.close()

COUNT = {}
STAT = {}
@SCHEMA.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[*HealthCheck])
def test_answers_as_the_document_says(case: Case, visitor: Visitor, server_url: str) -> None:
    visitor.settle(case)
    r = case.call_and_validate(base_url=server_url, headers={"Authorization": f"Bearer {visitor.token}"})
    k = str(case.operation.definition.raw["operationId"])
    COUNT[k] = COUNT.get(k,0)+1
    STAT.setdefault(k,{}).setdefault(r.status_code,0); STAT[k][r.status_code]+=1

def test_zz():
    print(sum(COUNT.values())); 
    for k in COUNT: print(k, COUNT[k], STAT[k])
