"""Events as the service logged them when its schema was at revision 0004: what every later migration has to take along."""

from typing import Any
from uuid import UUID

from taskhub.tasks.application.views import ProjectView, TaskView
from taskhub.workspaces.application.views import MemberView

REVISION = "0004"
VIEWS = {"project": ProjectView, "task": TaskView, "member": MemberView}

_WORKSPACE, _PROJECT, _TASK, _USER = (str(UUID(int=number)) for number in range(1, 5))
_INSTANT, _LATER, _LATEST = "2026-03-01T12:00:00Z", "2026-03-02T12:00:00.000250Z", "2026-03-03T12:00:00Z"
_MADE = {"version": 1, "created_by_id": _USER, "created_at": _INSTANT, "updated_at": _INSTANT, "deleted_at": None}
_OF_PROJECT = {"id": _PROJECT, "workspace_id": _WORKSPACE, "key": "OPS", "name": "Operations", "description": None}
_OF_TASK = {
    "id": _TASK,
    "workspace_id": _WORKSPACE,
    "project_id": _PROJECT,
    "number": 1,
    "key": "OPS-1",
    "title": "Oil the engine",
    "description": None,
    "status": "todo",
    "status_category": "todo",
    "priority": "none",
    "assignee_ids": [_USER],
    "due": None,
    "due_at": None,
    "closed_at": None,
}


def _event(seq: int, type_: str, snapshot: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {
        "stream_id": UUID(_WORKSPACE),
        "seq": seq,
        "id": UUID(int=100 + seq),
        "type": type_,
        "schema": 1,
        "entity_type": type_.partition(".")[0],
        "entity_id": UUID(snapshot.get("id") or snapshot["user_id"]),
        "entity_version": snapshot["version"],
        "changes": changes,
        "snapshot": snapshot,
    }


def _created(seq: int, type_: str, snapshot: dict[str, Any]) -> dict[str, Any]:
    unlogged = {"version", "updated_at"}
    changes = {name: [None, value] for name, value in snapshot.items() if value is not None and name not in unlogged}
    return _event(seq, type_, snapshot, changes)


def _member(version: int, role: str, joined_at: str) -> dict[str, Any]:
    return {"user_id": _USER, "role": role, "version": version, "joined_at": joined_at}


EVENTS = [
    _created(1, "project.created", {**_OF_PROJECT, "archived_at": None, **_MADE}),
    _created(2, "task.created", {**_OF_TASK, **_MADE}),
    _event(3, "task.updated", {**_OF_TASK, **_MADE, "title": "Oil it", "version": 2}, {"title": ["Oil the engine", "Oil it"]}),
    _created(4, "member.joined", _member(1, "viewer", _INSTANT)),
    _event(5, "member.updated", _member(2, "admin", _INSTANT), {"role": ["viewer", "admin"]}),
    _event(6, "member.removed", _member(3, "admin", _INSTANT), {}),
    _event(7, "member.joined", _member(4, "viewer", _LATER), {"role": ["admin", "viewer"], "joined_at": [_INSTANT, _LATER]}),
    _event(8, "member.removed", _member(5, "viewer", _LATER), {}),
    _event(9, "member.joined", _member(6, "viewer", _LATEST), {"joined_at": [_LATER, _LATEST]}),
    _event(10, "member.removed", _member(7, "viewer", _LATEST), {}),
]
"""A project, a task that was changed once, and somebody who left three times. Without an instant of their own."""
