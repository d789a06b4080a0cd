"""A workspace of its own for a check, with people in every role, and requests about one resource there."""

from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import httpx2

from taskhub.testing.conformance.calls import Client, ResourceCall
from taskhub.testing.conformance.resources import Action, Json, Resource
from taskhub.testing.conformance.service import Event, Person, Service

ROLES = ("viewer", "member", "admin", "owner")
SCOPE_OF = {"viewer": "read", "member": "write", "admin": "admin", "owner": "admin"}
MERGE_PATCH = "application/merge-patch+json"
PAGE = 200
SESSION = "session"
"""In the place of a scope: not by a token, but signed in."""


@dataclass
class World:
    """One workspace, with its owner for whoever asks for no role. Its clients are made when they are first asked for.

    Where it is made for a resource of accounts, that is the owner's own one, and clients have signed in unless a scope is named.
    """

    service: Service
    id: str
    owner: Person
    is_of_account: bool = False
    _clients: dict[tuple[str, str], Client] = field(default_factory=dict)
    _parents: dict[str, Mapping[str, str]] = field(default_factory=dict)
    _count: int = 0

    @classmethod
    async def create(cls, service: Service, resource: Resource | None = None) -> "World":
        is_of_account = resource is not None and resource.is_of_account
        owner = await service.new_person("owner") if is_of_account else await service.person("owner")
        founder = Client(service, "", owner, owner.tokens["admin"])
        made = shown(await founder.post("/v1/workspaces", {"name": "Engine room"}))
        return cls(service, made["id"], owner, is_of_account)

    @property
    def stream_id(self) -> str:
        """The log that its things are in."""
        return self.owner.id if self.is_of_account else self.id

    def unique(self) -> int:
        """A number that was not given in this workspace before."""
        self._count += 1
        return self._count

    # -- people ----------------------------------------------------------------------------------

    async def client(self, role: str = "owner", scope: str = "") -> Client:
        """Somebody of this role in the workspace, with a token of this scope; where none is named, with one that may do all."""
        scope = scope or (SESSION if self.is_of_account else "admin")
        if (role, scope) not in self._clients:
            person = self.owner if role == "owner" else await self.service.person(role)
            if person is not self.owner and not any(known == role for known, _ in self._clients):
                await self._admit(Client(self.service, self.id, person, person.tokens["admin"]), role)
            token = await self.service.session(person) if scope == SESSION else person.tokens[scope]
            self._clients[role, scope] = Client(self.service, self.id, person, token)
        return self._clients[role, scope]

    async def newcomer(self, role: str) -> Json:
        """Somebody who has just joined, as the member that they are."""
        person = await self.service.new_person("guest", scopes=())
        return await self._admit(Client(self.service, self.id, person, await self.service.session(person)), role)

    async def stranger(self) -> Client:
        """Somebody who is no member."""
        person = await self.service.person("stranger")
        return Client(self.service, self.id, person, person.tokens["admin"])

    def nobody(self, token: str | None = None) -> Client:
        return Client(self.service, self.id, None, token)

    async def _admit(self, guest: Client, role: str) -> Json:
        invitation = await self.add("invitations", {"role": role})
        return shown(await guest.post("/v1/invitations/accept", {"token": invitation["token"]}))

    async def add(self, path: str, body: Json) -> Json:
        """Makes something by `POST`, as the owner."""
        return shown(await (await self.client()).post(path, body))

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
        """One new thing, as others see it."""
        if resource.create is not None:
            return await resource.create(self)
        client = by or await self.client()
        made = shown(await client.post(await self.collection(resource), await self.body(resource, client)))
        return resource.without_secrets(made)

    async def body(self, resource: Resource, by: Client | None = None) -> Json:
        """What is sent to make another thing."""
        assert resource.make is not None, f"{resource.name}: `POST {resource.collection}` makes one, and `make` is not given"
        return await _awaited(resource.make(self, by or await self.client()))

    async def item(self, resource: Resource, thing: Json) -> str:
        return resource.item_path.format(**{**await self.parents(resource), **thing})

    async def read(self, resource: Resource, thing: Json) -> Json:
        """A thing as it is now, in the trash or not."""
        client, call = await self.client(), await self.call(resource, "GET", thing)
        if call is None:
            (listed,) = await self.listed(resource, thing)
            return listed
        answer = await call.send(client)
        if answer.status_code == 404:
            answer = await client.get(f"{call.path}?deleted=true")
        return shown(answer)

    async def listed(self, resource: Resource, thing: Json) -> list[Json]:
        """A thing as the list shows it, as often as it does."""
        path = await self.item(resource, thing)
        return [one for one in await self.items(resource) if await self.item(resource, one) == path]

    async def items(self, resource: Resource, query: str = "") -> list[Json]:
        """All things of the list, walked."""
        client, items = await self.client(), []
        path = f"{client.path(await self.collection(resource))}?limit={PAGE}{query}"
        while path:
            answer = await client.get(path)
            items += shown(answer)["items"]
            path = answer.links.get("next", {}).get("url", "")
        return items

    async def log(self) -> list[Event]:
        return await self.service.log(self.stream_id)

    async def events(self, resource: Resource, thing: Json) -> list[Event]:
        """What the log has of a thing."""
        id = resource.entity_id(thing)
        return [event for event in await self.log() if event["entity_id"] == id]

    async def version(self, resource: Resource, thing: Json) -> int:
        """The version that a thing has, told by itself or by the log."""
        if resource.has_version:
            return int(thing.get("version", 0))
        return max((event["entity_version"] for event in await self.events(resource, thing)), default=0)

    # -- requests --------------------------------------------------------------------------------

    async def call(
        self, resource: Resource, method: str, thing: Json | None = None, body: Json | None = None
    ) -> ResourceCall | None:
        """A request without further parameters, on a thing or on the list; None where there is no such operation."""
        template = resource.collection if thing is None else resource.item_path
        params = {**await self.parents(resource), **(thing or {})}
        return await self._call(f"{method} {template}", method, template, params, resource, body, thing)

    async def patching(self, resource: Resource, thing: Json, number: int = 0) -> ResourceCall | None:
        """The `PATCH` of that number, on a thing; None where there is none."""
        if number >= len(resource.patches):
            return None
        patch = resource.patches[number]
        body = await _awaited(patch(self)) if callable(patch) else patch
        return await self.call(resource, "PATCH", thing, body)

    async def creating(self, resource: Resource, by: Client | None = None) -> ResourceCall | None:
        call = await self.call(resource, "POST")
        return None if call is None else replace(call, body=await self.body(resource, by))

    async def acting(self, resource: Resource, action: Action, thing: Json) -> ResourceCall:
        """An action on a thing, after what it needs was made."""
        given = dict(await action.given(self, thing)) if action.given else {}
        now = await self.read(resource, thing)
        template = f"{resource.item_path}/{action.path}"
        body = None if action.body is None else {**action.body, **{k: given[k] for k in action.body if k in given}}
        params = {**await self.parents(resource), **given, **now}
        call = await self._call(action.name, action.method, template, params, resource, body, now, role=action.role)
        assert call is not None, f"{resource.name}: no operation answers {action.method} {template}"
        return call

    async def writes(self, resource: Resource) -> AsyncIterator[ResourceCall]:
        """A write of each kind that a resource has: each on a thing that is made when it is asked for."""
        creating = await self.creating(resource)
        if creating is not None:
            yield creating
        async for call in self.changes(resource):
            yield call

    async def changes(self, resource: Resource) -> AsyncIterator[ResourceCall]:
        """A change of each kind that a resource has: each of a thing that is made when it is asked for."""
        patching = await self.patching(resource, await self.make(resource))
        if patching is not None:
            yield patching
        for action in resource.actions:
            yield await self.acting(resource, action, await self.make(resource))
        deleting = await self.call(resource, "DELETE", await self.make(resource))
        if deleting is not None:
            yield deleting

    async def _call(
        self,
        name: str,
        method: str,
        template: str,
        params: Mapping[str, Any],
        resource: Resource,
        body: Json | None,
        thing: Json | None,
        role: str = "",
    ) -> ResourceCall | None:
        path = Client(self.service, self.id, None, None).path(template.format(**params))
        operation = self.service.operation(method, path)
        if operation is None:
            return None
        own = tuple(name for name in _names(resource.item_path if thing else resource.collection))
        version = await self.version(resource, thing) if thing and operation.writes else 0
        return ResourceCall(name, method, template, params, operation, role or resource.role_for(method), body, own, version)


async def _awaited(made: Json | Awaitable[Json]) -> Json:
    return made if isinstance(made, dict) else await made


def _names(template: str) -> Iterator[str]:
    for part in template.split("{")[1:]:
        yield part.partition("}")[0]


def shown(answer: httpx2.Response) -> Json:
    assert answer.is_success, f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    shown: Json = answer.json()
    return shown


class Case(NamedTuple):
    """One resource, in a workspace that nothing else is done in."""

    world: World
    resource: Resource
