"""What the author of a module declares of it: its resources, and what the checks that are not about HTTP need."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from taskhub.kernel.domain.aggregate import Aggregate
from taskhub.kernel.module_api import Module

if TYPE_CHECKING:
    from taskhub.testing.conformance.calls import Client
    from taskhub.testing.conformance.world import World

Json = dict[str, Any]
Given = Callable[["World", Json], Awaitable[Mapping[str, str]]]
Make = Callable[["World", "Client"], Json | Awaitable[Json]]
Patch = Json | Callable[["World"], Json | Awaitable[Json]]
READ, CONTRIBUTE = "viewer", "member"


@dataclass(frozen=True, slots=True)
class Action:
    """An operation on one thing beside `GET`, `PATCH` and `DELETE`, which changes it and answers with it.

    Attributes:
        name: of the operation, for messages.
        method: `POST`, `PUT` or `DELETE`.
        path: below the thing's own, as `archive` or `labels/{label_id}`.
        body: what is sent.
        given: makes what the action needs, after the thing itself: it may change the thing (archive it, before `unarchive`).
            Returns the further parameters of the path, and values for the body under their names.
        role: who may, at least.
    """

    name: str
    method: str
    path: str
    body: Json | None = None
    given: Given | None = None
    role: str = CONTRIBUTE


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of thing that a module has in workspaces, as clients know it.

    Attributes:
        name: the type of the thing in the log (`entity_type`), and in the names of tests.
        collection: the path of its list below the workspace: `labels`, or `tasks/{task_id}/comments`. One that begins with `/`
            begins at the root, and is of things of the caller's own account, such as `/v1/tokens`: they need a session, and the
            log of the user has the names of what changed, no values.
        make: a function, asynchronous or not, that returns the body that creates one by `POST`. It is called again and again
            for the same workspace, so what has to be unique is made of `world.unique()`. The client is who will send it.
        create: instead of `make`, where no `POST` to the list creates one: creates one and returns it as `GET` does.
        patches: bodies of `PATCH`, or functions of the world that return one. Each changes a thing that was just made, and
            another field than the others do.
        item: the path of one thing. `{id}` is its `id`, and so are all other members of it; parameters of the collection too.
        parents: makes what the things are in, once for each workspace: the parameters of the collection.
        actions: what else can be done to it.
        text: a member that a client may set to any line of text. It is what purges are followed by, and what many clients
            change at once.
        roles: who may use a method at least, where that is not `viewer` for `GET` and `member` for the rest.
        is_personal: things are changed and deleted by those who made them.
        added: members of answers that are not in the log.
        secrets: members that the answer to the `POST` alone has. They are stored nowhere as they are.
        has_version: whether answers show `version`. Where they don't, only the create has an `ETag`, and no deployment requires
            `If-Match`; one that is sent is heeded.
        has_etag: whether answers have an `ETag`. Those that show each caller something else have none.
        is_retryable: whether writes heed `Idempotency-Key`. Those whose body or answer holds a secret don't.
        is_kept: whether `GET` answers with a deleted thing as well. It is there as long as its workspace.
        entity_id: the id of a thing in the log, where that is not its `id`.
        belongs_to: the path of what it is purged with, such as `tasks/{task_id}`, made of its members.
        rows_left: tables that keep a row with the id of a purged thing and without its values, each with the reason why.
        retention_days: how long a deleted thing stays in the trash; None where it is gone at once.
        round_trips: how often a warm request may go to the database, by method (`LIST` is the list's), where that is not
            1 for `GET` and `LIST`, 2 for `POST` and `PATCH`. Actions and `DELETE` have no limit unless one is given.
    """

    name: str
    collection: str
    make: Make | None = None
    patches: Sequence[Patch] = ()
    item: str = ""
    create: Callable[["World"], Awaitable[Json]] | None = None
    parents: Callable[["World"], Awaitable[Mapping[str, str]]] | None = None
    actions: Sequence[Action] = ()
    text: str | None = None
    roles: Mapping[str, str] = field(default_factory=dict)
    is_personal: bool = False
    added: frozenset[str] = frozenset()
    secrets: frozenset[str] = frozenset()
    has_version: bool = True
    has_etag: bool = True
    is_retryable: bool = True
    is_kept: bool = False
    entity_id: Callable[[Json], str] = itemgetter("id")
    belongs_to: str | None = None
    rows_left: Mapping[str, str] = field(default_factory=dict)
    retention_days: int | None = None
    round_trips: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        assert (self.make is None) != (self.create is None), f"{self.name}: say how to make one, by `make` or by `create`"

    @property
    def item_path(self) -> str:
        return self.item or f"{self.collection}/{{id}}"

    @property
    def is_of_account(self) -> bool:
        return self.collection.startswith("/")

    def without_secrets(self, answer: Json) -> Json:
        return {name: value for name, value in answer.items() if name not in self.secrets}

    def role_for(self, method: str) -> str:
        return self.roles.get(method, READ if method == "GET" else CONTRIBUTE)


@dataclass(frozen=True, slots=True)
class Fake:
    """A repository in memory that tests of use cases run on, to be compared with the real one.

    Attributes:
        repository: the name of the repository in the module's unit of work.
        store: makes an empty store, which units of work are opened on.
        unit_of_work: opens a unit of work in memory on a store.
        new: makes an aggregate in a workspace, as a use case would: `new(workspace_id, id)`.
        change: changes it, as a use case would.
        remove: records on the aggregate that it is removed; None where none is removed.
    """

    repository: str
    store: Callable[[], Any]
    unit_of_work: Callable[[Any], Any]
    new: Callable[..., Aggregate]
    change: Callable[[Any], None]
    remove: Callable[[Any], None] | None = None


@dataclass(frozen=True, slots=True)
class ModuleUnderTest:
    """A module with all that its author declares of it. See `Conformance`, whose attributes these are."""

    module: Module
    resources: Sequence[Resource] = ()
    fakes: Sequence[Fake] = ()
    across_workspaces: Mapping[str, str] = field(default_factory=dict)
    triggers: Sequence[Callable[["World"], Awaitable[None]]] = ()
