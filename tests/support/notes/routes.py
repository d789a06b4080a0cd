"""Routes of notes, sound or with faults."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, Field
from starlette.responses import Response

from support.notes.note import NoteView
from support.notes.storage import COPY, NEWEST_FIRST, NoteSort
from taskhub.kernel.api.bodies import Body, Patch
from taskhub.kernel.api.list_validators import OfLog
from taskhub.kernel.api.operations import Routes
from taskhub.kernel.api.pages import Pages
from taskhub.kernel.api.preconditions import IfMatch
from taskhub.kernel.api.query_params import Flag, PageParams, QueryParams
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.responses import Page
from taskhub.kernel.api.types import Cursor, Name, NewId
from taskhub.kernel.application.commands import Reply
from taskhub.kernel.application.errors import Busy
from taskhub.kernel.contract.access import Access
from taskhub.kernel.contract.ids import new_id
from taskhub.kernel.domain.errors import NotAllowed, NotFound
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.workspaces.contract.access import CONTRIBUTE, LEAVE, MANAGE, READ

LIST, ITEM = "/v1/workspaces/{workspace_id}/notes", "/v1/workspaces/{workspace_id}/notes/{note_id}"
_page_of = Pages({NoteSort.CREATED_AT: tuple[datetime, UUID]}).of
Weight = Annotated[int, Field(ge=0, le=1000)]


class NewNote(Body):
    id: NewId = Field(default_factory=new_id)
    heading: Name
    weight: Weight = 0


class AnyNewNote(Body):
    """A fault: a weight of any kind."""

    id: NewId = Field(default_factory=new_id)
    heading: Name
    weight: Any = 0


class OddNewNote(Body):
    """A fault: a member of a type that nothing can be read as."""

    heading: Routes


class NotePatch(Patch):
    heading: Name = ""
    weight: Weight = 0


class AnyPageParams(QueryParams):
    """A fault: pages of any size."""

    limit: Annotated[int, BeforeValidator(int)] = 50
    cursor: Cursor | None = None


class TrashParams(QueryParams):
    deleted: Flag = False


@dataclass(frozen=True)
class Declared:
    """What routes say of themselves."""

    faults: frozenset[str]
    _patches: Iterator[int] = field(default_factory=count)

    def refuse_patch(self) -> None:
        """Refuses a patch where a fault says so; `busy_at_first`, which is none, the first one and every other."""
        if "refuses_patches" in self.faults:
            raise NotAllowed("planted")
        if "always_busy" in self.faults or ("busy_at_first" in self.faults and next(self._patches) % 2 == 0):
            raise Busy

    @property
    def creates(self) -> Access:
        return LEAVE if "viewers_create" in self.faults else MANAGE if "admins_create" in self.faults else CONTRIBUTE

    @property
    def body(self) -> type[Body]:
        return AnyNewNote if "takes_any_weight" in self.faults else OddNewNote if "odd_type" in self.faults else NewNote

    @property
    def kept(self) -> dict[str, Any]:
        return {"retryable": False} if "forgets_keys" in self.faults else {}

    @property
    def tagged(self) -> dict[str, Any]:
        return {"answers": NoteView, **({"etag": False} if "no_etag" in self.faults else {})}

    @property
    def conditional(self) -> dict[str, Any]:
        return {"if_match": IfMatch.OPTIONAL} if "needs_no_version" in self.faults else {}

    @property
    def produces(self) -> dict[str, Any]:
        return {"produces": "text/html"} if "answers_html" in self.faults else {}


def container_of(request: ApiRequest) -> Any:
    return request.container.modules["notes"]


async def changed(request: ApiRequest, key: tuple[UUID, UUID], values: Any, status: int = 200) -> Response:
    command = (key, request.expected, values)
    return request.answer(await request.run(container_of(request).change, command, Reply(status)))


def routes_of(faults: frozenset[str]) -> Routes:
    routes, declared = Routes("Notes"), Declared(faults)
    add_reads(routes, declared)
    add_create(routes, declared)
    add_changes(routes, declared)
    return routes


def add_reads(routes: Routes, declared: Declared) -> None:
    faults = declared.faults

    async def list_notes(request: ApiRequest, workspace_id: UUID, query: Any) -> Response:
        """The newest comes first."""
        found = await container_of(request).queries.list(workspace_id, _page_of(request, query, NEWEST_FIRST))
        return request.page(found.items, found.after, "always" if "one_tag" in faults else found.log_head)

    list_notes.__annotations__["query"] = AnyPageParams if "any_limit" in faults else PageParams
    listing = {"summary": "List notes", "answers": Page[NoteView], "validator": OfLog(), **declared.produces}
    routes.get(LIST, READ, **listing)(list_notes)

    @routes.get(ITEM, READ, summary="Read a note", **declared.tagged)
    async def get_note(request: ApiRequest, workspace_id: UUID, note_id: UUID, query: TrashParams) -> Response:
        """As any."""
        queries = container_of(request).queries
        view = await queries.find(workspace_id, note_id, deleted=query.deleted)
        if view is None:
            if "tells_foreign" in faults and await _is_elsewhere(queries.database, note_id):
                raise NotFound("It is in another workspace.")
            raise NotFound
        response = request.show(view)
        if "no_etag" in faults:
            response.raw_headers = [one for one in response.raw_headers if one[0] != b"etag"]
        return response


async def _is_elsewhere(database: Database, id: UUID) -> bool:
    async with database.connection() as connection:
        return bool(await connection._driver.fetchval("SELECT EXISTS (SELECT FROM notes WHERE id = $1)", id))


def add_create(routes: Routes, declared: Declared) -> None:
    faults = declared.faults

    async def create_note(request: ApiRequest, workspace_id: UUID, body: Any) -> Response:
        """As any."""
        container, values = container_of(request), {"workspace_id": workspace_id, **body.model_dump()}
        if isinstance(values["weight"], list):
            raise TypeError("planted")
        if "writes_past" in faults:
            await container.queries.database.fetch(COPY, {"workspace_id": workspace_id})
        reply = Reply(201, LIST.format(workspace_id=workspace_id) + f"/{values['id']}")
        if "forgets_keys" in faults:
            return await _created_without_key(request, values, reply)
        if "commits_alone" in faults:
            context = replace(request.command_context(), joins=None)
            return request.answer(await container.create().run(values, context, reply))
        return request.answer(await request.run(container.create, values, reply))

    create_note.__annotations__["body"] = declared.body
    told = {"summary": "Write a note", "status_code": 201, **declared.tagged, **declared.kept}
    routes.post(LIST, declared.creates, **told)(create_note)


async def _created_without_key(request: ApiRequest, values: dict[str, Any], reply: Reply) -> Response:
    made = await request.perform(container_of(request).create, values)
    response: Response = request.show(await container_of(request).queries.find(values["workspace_id"], made.id))
    response.status_code = 201
    response.raw_headers.append((b"location", str(reply.location).encode()))
    return response


def add_changes(routes: Routes, declared: Declared) -> None:
    change = {**declared.tagged, **declared.conditional, **declared.kept}

    @routes.patch(ITEM, CONTRIBUTE, summary="Change a note", **change)
    async def change_note(request: ApiRequest, workspace_id: UUID, note_id: UUID, body: NotePatch) -> Response:
        """As any."""
        declared.refuse_patch()
        values = {name: getattr(body, name) for name in body.model_fields_set}
        if "last_write_wins" in declared.faults:
            view = await container_of(request).queries.find(workspace_id, note_id)
            values = {"heading": view.heading, "weight": view.weight, **values} if view else values
        return await changed(request, (workspace_id, note_id), values)

    @routes.post(f"{ITEM}/pin", CONTRIBUTE, summary="Pin a note", **change)
    async def pin_note(request: ApiRequest, workspace_id: UUID, note_id: UUID) -> Response:
        """As any."""
        return await changed(request, (workspace_id, note_id), "pin")

    @routes.post(f"{ITEM}/restore", CONTRIBUTE, summary="Restore a note", **change)
    async def restore_note(request: ApiRequest, workspace_id: UUID, note_id: UUID) -> Response:
        """As any."""
        return await changed(request, (workspace_id, note_id), "restore")

    deleting = {"summary": "Delete a note", "status_code": 204, **declared.conditional, **declared.kept}

    @routes.delete(ITEM, CONTRIBUTE, **deleting)
    async def delete_note(request: ApiRequest, workspace_id: UUID, note_id: UUID) -> Response:
        """As any."""
        return await changed(request, (workspace_id, note_id), "trash", 204)
