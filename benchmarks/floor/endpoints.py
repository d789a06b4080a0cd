"""From a request to what is asked of the store, and from what it gave to the answer."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from benchmarks.floor import bodies, views
from benchmarks.floor.auth import Claims, Refused, Tokens
from benchmarks.floor.pages import Signer
from benchmarks.floor.store import Batch, Change, Draft, Drafts, Filter, Move, Remark, Store
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from uuid_utils.compat import uuid7

TASKS = "/v1/workspaces/{workspace_id}/tasks"
TASK = TASKS + "/{task_id}"
Headers = Mapping[str, str]

_NONE: Headers = {}
_HEADERS = {"cache-control": "private, no-cache", "vary": "Authorization"}


class Endpoints:
    def __init__(self, tokens: Tokens, signer: Signer) -> None:
        self.tokens = tokens
        self.signer = signer

    def routes(self) -> list[Route]:
        return [
            Route(TASK, self.get_task, methods=["GET"]),
            Route(TASK, self.change_task, methods=["PATCH"]),
            Route(TASKS, self.list_tasks, methods=["GET"]),
            Route(TASKS, self.create_task, methods=["POST"]),
            Route(f"{TASK}/move", self.move_task, methods=["POST"]),
            Route(f"{TASKS}/bulk_create", self.create_tasks, methods=["POST"]),
            Route(f"{TASKS}/bulk_update", self.change_tasks, methods=["POST"]),
            Route(f"{TASK}/comments", self.comment, methods=["POST"]),
        ]

    async def get_task(self, request: Request) -> Response:
        claims = self._claims(request)
        workspace_id, task_id = UUID(request.path_params["workspace_id"]), UUID(request.path_params["task_id"])
        row = await _store(request).task(claims, workspace_id, task_id)
        return _shown(request, views.task_of(row))

    async def list_tasks(self, request: Request) -> Response:
        claims = self._claims(request)
        workspace_id = UUID(request.path_params["workspace_id"])
        limit = min(int(request.query_params.get("limit", "50")), 200)
        after = self.signer.read(request)
        rows = await _store(request).page(claims, workspace_id, _filter(request), after, limit + 1)
        items = [views.task_of(row) for row in rows[:limit]]
        if len(rows) <= limit:
            return _answer(request, 200, views.encode(views.Page(items, None)))
        cursor, link = self.signer.make(request, items[-1])
        return _answer(request, 200, views.encode(views.Page(items, cursor)), {"link": link})

    async def create_task(self, request: Request) -> Response:
        body = bodies.read_new_task(await request.body())
        task = await _store(request).create(Draft(**self._cause(request), body=body))
        return _shown(request, task, 201, {"location": _path(task)})

    async def create_tasks(self, request: Request) -> Response:
        items = bodies.read_new_tasks(await request.body()).items
        project_id = items[0].project_id
        if any(item.project_id != project_id for item in items):
            raise Refused(422)
        drafts = Drafts(**self._cause(request), project_id=project_id, bodies={uuid7(): item for item in items})
        tasks = await _store(request).create_many(drafts)
        return _answer(request, 200, views.encode(views.Several(tasks)))

    async def change_task(self, request: Request) -> Response:
        version = int(request.headers["if-match"].strip('"'))
        changes = bodies.read_patch(await request.body()).changes()
        change = Change(**self._cause(request), task_id=_task_id(request), version=version, changes=changes)
        return _at_its_path(request, await _store(request).change(change))

    async def move_task(self, request: Request) -> Response:
        before, other_id = bodies.read_move(await request.body()).place()
        move = Move(**self._cause(request), task_id=_task_id(request), before=before, other_id=other_id)
        return _at_its_path(request, await _store(request).move(move))

    async def change_tasks(self, request: Request) -> Response:
        dates = bodies.read_changes(await request.body()).dates()
        tasks = await _store(request).change_many(Batch(**self._cause(request), dates=dates))
        return _answer(request, 200, views.encode(views.Several(tasks)))

    async def comment(self, request: Request) -> Response:
        body = bodies.read_comment(await request.body()).body
        comment = await _store(request).comment(Remark(**self._cause(request), task_id=_task_id(request), body=body))
        place = f"{request.url.path}/{comment.id}"
        return _shown(request, comment, 201, {"location": place, "content-location": place})

    def _claims(self, request: Request) -> Claims:
        return self.tokens.claims(request.headers["authorization"])

    def _cause(self, request: Request) -> dict[str, Any]:
        claims = self._claims(request)
        workspace_id = UUID(request.path_params["workspace_id"])
        return {"workspace_id": workspace_id, "claims": claims, "request_id": _request_id(request)}


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store


def _task_id(request: Request) -> UUID:
    return UUID(request.path_params["task_id"])


def _filter(request: Request) -> Filter | None:
    """Labels, assignees and statuses together, as they are asked for here."""
    given = request.query_params
    if "label_id" not in given:
        return None
    label_ids, assignee_ids = ([UUID(id) for id in given.getlist(name)] for name in ("label_id", "assignee_id"))
    return Filter(label_ids, assignee_ids, given.getlist("status"))


def _path(task: views.Task) -> str:
    return f"/v1/workspaces/{task.workspace_id}/tasks/{task.id}"


def _request_id(request: Request) -> str:
    request_id: str = request.headers.get("x-request-id") or uuid4().hex
    request.state.id = request_id
    return request_id


def _at_its_path(request: Request, task: views.Task) -> Response:
    return _shown(request, task, 200, {"content-location": _path(task)})


def _shown(request: Request, thing: views.Task | views.Comment, status: int = 200, headers: Headers = _NONE) -> Response:
    return _answer(request, status, views.encode(thing), {**headers, "etag": f'"{thing.version}"'})


def _answer(request: Request, status: int, body: bytes, headers: Headers = _NONE) -> Response:
    request_id = getattr(request.state, "id", None) or _request_id(request)
    return Response(body, status, {**_HEADERS, **headers, "x-request-id": request_id}, "application/json")
