"""A workspace of its own for a check, with people in every role, and requests about one resource there."""

from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import httpx2

from taskhub.kernel.api.operations import Operation
from taskhub.testing.conformance.resources import Action, Json, Resource
from taskhub.testing.conformance.service import Event, Person, Service

ROLES = ("viewer", "member", "admin", "owner")
SCOPE_OF = {"viewer": "read", "member": "write", "admin": "admin", "owner": "admin"}
MERGE_PATCH = "application/merge-patch+json"
PAGE = 200


class Client:
    """One caller in one workspace: paths are below it, unless they begin with `/`. Names of headers have underscores."""

    def __init__(self, service: Service, workspace: str, person: Person | None, token: str | None) -> None:
        self.http = service.http(token)
        self.workspace = workspace
        self.person = person

    @property
    def id(self) -> str:
        assert self.person is not None, "nobody is signed in"
        return self.person.id

    def path(self, path: str) -> str:
        return path if path.startswith("/") else f"/v1/workspaces/{self.workspace}/{path}"

    async def send(self, method: str, path: str, body: Any = None, **headers: str) -> httpx2.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        content: dict[str, Any] = {} if body is None else {"json": body}
        return await self.http.request(method, self.path(path), headers=named, **content)

    async def get(self, path: str, **headers: str) -> httpx2.Response:
        return await self.send("GET", path, **headers)

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx2.Response:
        return await self.send("POST", path, body, **headers)

    async def put(self, path: str, body: Any = None, **headers: str) -> httpx2.Response:
        return await self.send("PUT", path, body, **headers)

    async def patch(self, path: str, body: Any, **headers: str) -> httpx2.Response:
        return await self.send("PATCH", path, body, **headers)

    async def delete(self, path: str, **headers: str) -> httpx2.Response:
        return await self.send("DELETE", path, **headers)


@dataclass(frozen=True)
class Call:
    """A request about a resource that would succeed.

    ``template`` is its path with parameters in braces, ``params`` are their values; ``own`` are the parameters that name the
    thing and what it is in. ``version`` is that of the thing before.
    """

    name: str
    method: str
    template: str
    params: Mapping[str, Any]
    operation: Operation
    role: str
    body: Json | None = None
    own: tuple[str, ...] = ()
    version: int = 0

    @property
    def path(self) -> str:
        return self.template.format(**self.params)

    def path_with(self, **params: str) -> str:
        return self.template.format(**{**self.params, **params})

    @property
    def changes(self) -> bool:
        """Whether it changes a thing that is there."""
        return self.operation.writes and not self.operation.creates

    async def send(self, client: Client, **headers: str) -> httpx2.Response:
        return await client.send(self.method, self.path, self.body, **headers)

    def __str__(self) -> str:
        return self.name


@dataclass
class World:
    """One workspace, with its owner for whoever asks for no role. Its clients are made when they are first asked for."""

    service: Service
    id: str = ""
    clients: dict[tuple[str, str], Client] = field(default_factory=dict)
    _parents: dict[str, Mapping[str, str]] = field(default_factory=dict)
    _count: int = 0

    @classmethod
    async def create(cls, service: Service) -> "World":
        world = cls(service)
        owner = await service.person("owner")
        http = service.http(owner.tokens["admin"])
        answer = await http.post("/v1/workspaces", json={"name": "Engine room"})
        assert answer.is_success, answer.text
        world.id = answer.json()["id"]
        return world

    def unique(self) -> int:
        """A number that was not given in this workspace before."""
        self._count += 1
        return self._count

    # -- people ----------------------------------------------------------------------------------

    async def client(self, role: str = "owner", scope: str = "admin") -> Client:
        """Somebody of this role in the workspace, with a token of this scope."""
        if (role, scope) not in self.clients:
            person = await self.service.person(role)
            if role != "owner" and not any(known == role for known, _ in self.clients):
                await self._admit(person, role)
            self.clients[role, scope] = Client(self.service, self.id, person, person.tokens[scope])
        return self.clients[role, scope]

    async def stranger(self) -> Client:
        """Somebody who is no member."""
        person = await self.service.person("stranger")
        return Client(self.service, self.id, person, person.tokens["admin"])

    def nobody(self, token: str | None = None) -> Client:
        return Client(self.service, self.id, None, token)

    async def _admit(self, person: Person, role: str) -> None:
        owner = await self.client()
        invitation = await owner.post("invitations", {"role": role})
        assert invitation.is_success, invitation.text
        guest = Client(self.service, self.id, person, person.tokens["admin"])
        accepted = await guest.post("/v1/invitations/accept", {"token": invitation.json()["token"]})
        assert accepted.is_success, accepted.text

    async def add(self, path: str, body: Json) -> Json:
        """Makes something by `POST`, as the owner."""
        return _shown(await (await self.client()).post(path, body))

    # -- things ----------------------------------------------------------------------------------

    async def parents(self, resource: Resource) -> Mapping[str, str]:
        if resource.parents is None:
            return {}
        if resource.name not in self._parents:
            self._parents[resource.name] = await resource.parents(self)
        return self._parents[resource.name]

    async def collection(self, resource: Resource) -> str:
        return resource.collection.format(**await self.parents(resource))

    async def make(self, resource: Resource, by: Client | None = None) -> Json:
        """One new thing, as its `POST` answered."""
        client = by or await self.client()
        return _shown(await client.post(await self.collection(resource), await self.body(resource, client)))

    async def body(self, resource: Resource, by: Client | None = None) -> Json:
        """What is sent to make another thing."""
        return await _awaited(resource.make(self, by or await self.client()))

    async def item(self, resource: Resource, thing: Json) -> str:
        return resource.item_path.format(**{**await self.parents(resource), **thing})

    async def read(self, resource: Resource, thing: Json) -> Json:
        """A thing as it is now, in the trash or not."""
        client, path = await self.client(), await self.item(resource, thing)
        answer = await client.get(path)
        if answer.status_code == 404:
            answer = await client.get(f"{path}?deleted=true")
        return _shown(answer)

    async def items(self, resource: Resource, query: str = "") -> list[Json]:
        """All things of the list, walked."""
        client, items = await self.client(), []
        path = f"{client.path(await self.collection(resource))}?limit={PAGE}{query}"
        while path:
            answer = await client.get(path)
            items += _shown(answer)["items"]
            path = answer.links.get("next", {}).get("url", "")
        return items

    async def log(self) -> list[Event]:
        return await self.service.log(self.id)

    async def stream(self, resource: Resource, thing: Json) -> str:
        """The log that a thing is in: that of the workspace, or of the thing itself where it is one."""
        return self.id if not resource.collection.startswith("/") else str(thing["id"])

    # -- requests --------------------------------------------------------------------------------

    async def call(
        self, resource: Resource, method: str, thing: Json | None = None, body: Json | None = None, by: Client | None = None
    ) -> Call | None:
        """A request without further parameters, on a thing or on the list; None where there is no such operation."""
        template = resource.collection if thing is None else resource.item_path
        parents = await self.parents(resource)
        return self._call(f"{method} {template}", method, template, {**parents, **(thing or {})}, resource, body, thing)

    async def patching(self, resource: Resource, thing: Json, number: int = 0) -> Call | None:
        """The `PATCH` of that number, on a thing; None where there is none."""
        if number >= len(resource.patches):
            return None
        patch = resource.patches[number]
        body = await _awaited(patch(self)) if callable(patch) else patch
        return await self.call(resource, "PATCH", thing, body)

    async def creating(self, resource: Resource, by: Client | None = None) -> Call | None:
        return await self.call(resource, "POST", body=await self.body(resource, by))

    async def acting(self, resource: Resource, action: Action, thing: Json) -> Call:
        """An action on a thing, after what it needs was made."""
        given = dict(await action.given(self, thing)) if action.given else {}
        now = await self.read(resource, thing)
        template = f"{resource.item_path}/{action.path}"
        body = None if action.body is None else {**action.body, **{k: given[k] for k in action.body if k in given}}
        params = {**await self.parents(resource), **given, **now}
        call = self._call(action.name, action.method, template, params, resource, body, now, role=action.role)
        assert call is not None, f"{resource.name}: no operation answers {action.method} {template}"
        return call

    async def writes(self, resource: Resource) -> AsyncIterator[Call]:
        """A write of each kind that a resource has: each on a thing that is made when it is asked for."""
        creating = await self.creating(resource)
        if creating is not None:
            yield creating
        async for call in self.changes(resource):
            yield call

    async def changes(self, resource: Resource) -> AsyncIterator[Call]:
        """A change of each kind that a resource has: each of a thing that is made when it is asked for."""
        patching = await self.patching(resource, await self.make(resource))
        if patching is not None:
            yield patching
        for action in resource.actions:
            yield await self.acting(resource, action, await self.make(resource))
        deleting = await self.call(resource, "DELETE", await self.make(resource))
        if deleting is not None:
            yield deleting

    def _call(
        self,
        name: str,
        method: str,
        template: str,
        params: Mapping[str, Any],
        resource: Resource,
        body: Json | None,
        thing: Json | None,
        role: str = "",
    ) -> Call | None:
        path = Client(self.service, self.id, None, None).path(template.format(**params))
        operation = self.service.operation(method, path)
        if operation is None:
            return None
        own = tuple(name for name in _names(resource.item_path if thing else resource.collection))
        version = int((thing or {}).get("version", 0))
        return Call(name, method, template, params, operation, role or resource.role_for(method), body, own, version)


async def _awaited(made: Json | Awaitable[Json]) -> Json:
    return made if isinstance(made, dict) else await made


def _names(template: str) -> Iterator[str]:
    for part in template.split("{")[1:]:
        yield part.partition("}")[0]


def _shown(answer: httpx2.Response) -> Json:
    assert answer.is_success, f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    shown: Json = answer.json()
    return shown


class Case(NamedTuple):
    """One resource, in a workspace that nothing else is done in."""

    world: World
    resource: Resource
