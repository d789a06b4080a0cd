"""The containers of modules are built in turn, and joined by the Protocols that they need and provide."""

import re
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, Protocol
from uuid import uuid4

import pytest

from support.fakes.modules import FakeContainer, fake_module, fake_row
from taskhub.background import Background
from taskhub.container import Container
from taskhub.kernel.application.due_work import Pending
from taskhub.kernel.application.empty_purged_workspace import ROWS_AT_ONCE
from taskhub.kernel.contract.events import WORKSPACE_PURGED, Event
from taskhub.kernel.infrastructure.background.purge import Purge
from taskhub.kernel.module_api import Module, ModuleContext, ModuleSettings, keeps_nothing
from taskhub.modules.collection import Modules
from taskhub.modules.errors import WrongModule
from taskhub.modules.settings import read_module_settings
from taskhub.settings import Settings, WrongSettings, read_settings


class Tower(Protocol):
    def height(self) -> int: ...


class Nothing(FakeContainer):
    async def purge(self, *_: Any) -> int:
        return 0


def container_of(*modules: Module) -> Container:
    return Container(
        settings=Settings(_env_file=None), database_url="postgresql://nowhere", secret_keys=(b"x",), installed=Modules(modules)
    )


def needing(kind: str, protocol: type, found: list[Any]) -> Any:
    """A container that asks for something of another module."""

    def build(context: ModuleContext) -> FakeContainer:
        found.append(getattr(context, kind)(protocol))
        return FakeContainer()

    return build


@pytest.mark.parametrize("provider", ["a", "z"])
def test_a_port_works_over_the_callers_unit_of_work_wherever_its_provider_stands(provider: str) -> None:
    found: list[Any] = []
    modules = [
        fake_module("m", needing("port", Tower, found)),
        fake_module(provider, FakeContainer(ports={Tower: lambda uow: (uow, 96)})),
    ]
    assert container_of(*modules).modules.keys() == {"m", provider}

    assert found[0]("the unit of work") == ("the unit of work", 96)


def test_a_service_is_one_for_the_whole_application() -> None:
    found: list[Any] = []
    tower = object()
    container = container_of(
        fake_module("m", needing("service", Tower, found)), fake_module("z", FakeContainer(services={Tower: lambda: tower}))
    )
    assert container.service(Tower) is tower
    assert found[0]() is tower


@pytest.mark.parametrize("kind", ["port", "service"])
def test_what_nobody_provides_stops_the_start(kind: str) -> None:
    with pytest.raises(WrongModule, match="The module m needs the port `Tower`, and no installed module provides it"):
        _ = container_of(fake_module("m", needing(kind, Tower, []))).modules


def test_a_service_is_no_port() -> None:
    provider = fake_module("z", FakeContainer(services={Tower: object}))
    with pytest.raises(WrongModule, match="The module m needs the port `Tower`"):
        _ = container_of(fake_module("m", needing("port", Tower, [])), provider).modules


def test_two_that_provide_the_same_stop_the_start() -> None:
    modules = [fake_module(name, FakeContainer(ports={Tower: object})) for name in "ab"]
    with pytest.raises(WrongModule, match="The port `Tower` is provided twice: by the modules a and b"):
        _ = container_of(*modules).modules


@pytest.mark.parametrize("member", ["empty", "runner", "subscribers", "purges", "background", "ports", "services"])
def test_a_container_without_what_is_required_stops_the_start(member: str) -> None:
    whole = FakeContainer()
    parts = {name: getattr(whole, name) for name in dir(whole) if not name.startswith("_") and name != member}
    with pytest.raises(WrongModule, match=f"The container of the module m has no `{member}`"):
        _ = container_of(fake_module("m", SimpleNamespace(**parts))).modules


def test_a_container_that_cant_be_built_stops_the_start() -> None:
    def build(context: Any) -> Any:
        return context.nothing

    with pytest.raises(
        WrongModule,
        match=r"The container of the module m can't be built: AttributeError: .*'nothing' \(test_containers\.py, line \d+\)\.$",
    ):
        _ = container_of(fake_module("m", build)).modules


class Reaction:
    """Subscribes to what happens to clocks."""

    def __init__(self, name: str, *types: str) -> None:
        self.name = name
        self.types = frozenset(types)

    async def handle(self, event: Event, uow: Any) -> bool:
        raise AssertionError


class Winding:
    """Work of the background that has a name."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def run(self) -> None: ...

    async def catch_up(self) -> None: ...

    async def pending(self) -> list[Pending]:
        return []


def with_names(*, subscribers: Sequence[str] = (), background: Sequence[str] = ()) -> Container:
    """An application with one module, ``a``, whose parts have these names."""
    parts = {"subscribers": [*map(Reaction, subscribers)], "background": [*map(Winding, background)]}
    return container_of(fake_module("a", FakeContainer(**parts)))


def test_names_that_begin_with_their_modules_and_a_dot_are_fine() -> None:
    assert [*with_names(subscribers=["a.reaction"], background=["a.winding"]).modules] == ["a"]


@pytest.mark.parametrize("kind", ["subscribers", "background"])
@pytest.mark.parametrize("name", ["reaction", "ab.reaction", "a_reaction", "b.a.reaction"])
def test_a_name_that_does_not_begin_with_its_modules_stops_the_start(kind: str, name: str) -> None:
    with pytest.raises(WrongModule, match=rf"`{re.escape(name)}` has to begin with its module's: `a\.`"):
        _ = with_names(**{kind: [name]}).modules


@pytest.mark.parametrize(
    "names",
    [
        {"subscribers": ["a.reaction", "a.reaction"]},
        {"subscribers": ["a.reaction"], "background": ["a.reaction"]},
        {"background": ["a.reaction", "a.reaction"]},
    ],
)
def test_two_subscribers_or_background_works_of_one_name_stop_the_start(names: dict[str, list[str]]) -> None:
    with pytest.raises(WrongModule, match=r"Two subscribers or background works of the module a are called `a\.reaction`"):
        _ = with_names(**names).modules


def test_no_subscriber_has_the_name_of_the_one_that_empties_the_module() -> None:
    with pytest.raises(WrongModule, match=r"are called `a\.empty_purged_workspace`"):
        _ = with_names(subscribers=["a.empty_purged_workspace"]).modules


def test_two_purges_of_one_name_stop_the_start() -> None:
    purge = Purge("gears", Nothing().purge)
    modules = [fake_module(name, FakeContainer(purges=[purge])) for name in "ab"]
    with pytest.raises(WrongModule, match="Two purges are called `gears`: give the one of the module b another name"):
        _ = container_of(*modules).modules


def test_no_purge_has_the_name_of_one_of_our_own() -> None:
    purge = Purge("retry_keys", Nothing().purge)
    with pytest.raises(WrongModule, match="Two purges are called `retry_keys`: give the one of the module a another name"):
        _ = container_of(fake_module("a", FakeContainer(purges=[purge]))).modules


# -- what is left of things that are gone for good ---------------------------------------------------


def gears(*owners: str, container: Any = None) -> Container:
    """A module with gears, which belong to what these events tell the end of, beside one that has such events."""
    clocks = fake_module("clocks", events=dict.fromkeys(["clock.purged", WORKSPACE_PURGED], "It is gone for good."))
    return container_of(clocks, fake_module("a", container, rows={fake_row("gears"): {*owners}}))


def keeping(*subscribers: Reaction) -> FakeContainer:
    """A container that keeps nothing of purged workspaces, as it says."""
    container = FakeContainer(subscribers=subscribers)
    container.empty = keeps_nothing  # type: ignore[method-assign]  # What a module without rows of workspaces has.
    return container


def test_a_module_that_leaves_rows_of_a_purged_thing_stops_the_start() -> None:
    with pytest.raises(
        WrongModule,
        match=r"The rows of the table `gears` of the module a are to be removed after `clock\.purged`, and nothing does it: "
        "give the module's container a subscriber with this type of event",
    ):
        _ = gears("clock.purged", container=FakeContainer(subscribers=[Reaction("a.reaction", "clock.stopped")])).modules


def test_a_module_that_leaves_rows_of_a_purged_workspace_stops_the_start() -> None:
    with pytest.raises(
        WrongModule, match=r"after `workspace\.purged`, and nothing does it: the `empty` of the module's container"
    ):
        _ = gears(WORKSPACE_PURGED, container=keeping()).modules


def test_a_module_that_removes_what_it_has_of_purged_things_starts() -> None:
    removing = FakeContainer(subscribers=[Reaction("a.reaction", "clock.stopped", "clock.purged")])
    assert "a" in gears("clock.purged", WORKSPACE_PURGED, container=removing).modules


def test_rows_that_belong_to_nothing_of_others_need_no_subscriber() -> None:
    assert "a" in gears(container=keeping()).modules


async def test_every_module_is_emptied_of_a_workspace_that_was_purged() -> None:
    clocks = FakeContainer()
    clocks.rows = ROWS_AT_ONCE + 1
    ((module, subscriber),) = container_of(fake_module("clocks", clocks)).subscribers()
    event: Any = SimpleNamespace(stream_id=uuid4())

    assert (module, subscriber.name, subscriber.types) == (
        "clocks",
        "clocks.empty_purged_workspace",
        frozenset({"workspace.purged"}),
    )
    assert [await subscriber.handle(event, None) for _ in range(3)] == [False, False, True]
    assert clocks.rows == 0


def test_a_module_that_keeps_nothing_of_workspaces_is_not_asked() -> None:
    assert [*container_of(fake_module("clocks", keeping())).subscribers()] == []


def test_what_runs_beside_the_requests_is_that_of_all_modules() -> None:
    async def tick() -> None: ...

    purge = Purge("gears", Nothing().purge)
    container = container_of(fake_module("a", FakeContainer(background=[tick])), fake_module("b", FakeContainer(purges=[purge])))

    assert tick in container.background()
    assert purge in container.purges()
    assert len(Background(container).subscriptions) == 2


class TowerSettings(ModuleSettings):
    bells: int = 1


@pytest.fixture
def tower(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Modules:
    monkeypatch.chdir(tmp_path)
    return Modules([fake_module("tower", settings=TowerSettings)])


def test_a_module_is_given_its_own_settings(tower: Modules, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKHUB_TOWER_BELLS", "5")
    assert read_module_settings(tower) == {"tower": TowerSettings(bells=5)}


def test_its_settings_may_stand_in_the_file(tower: Modules, tmp_path: Any) -> None:
    (tmp_path / ".env").write_text("TASKHUB_TOWER_BELLS=3\nTASKHUB_PORT=9000\nOTHER=1\n")
    assert read_module_settings(tower) == {"tower": TowerSettings(bells=3)}


def test_an_empty_setting_of_a_module_is_unset(tower: Modules, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKHUB_TOWER_BELLS", "")
    assert read_module_settings(tower) == {"tower": TowerSettings(bells=1)}


def test_a_wrong_setting_of_a_module_is_named(tower: Modules, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKHUB_TOWER_BELLS", "many")
    with pytest.raises(WrongSettings, match="TASKHUB_TOWER_BELLS: Input should be a valid integer"):
        read_module_settings(tower)


def test_a_setting_that_a_module_does_not_have_is_named(tower: Modules, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKHUB_TOWER_BELS", "2")
    with pytest.raises(WrongSettings, match=r"TASKHUB_TOWER_BELS is not a setting of TaskHub.*TASKHUB_TOWER_BELLS"):
        read_module_settings(tower)


def test_what_begins_with_the_name_of_an_installed_module_is_left_to_it(tower: Modules, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKHUB_TASKS_SURPRISE", "1")
    assert read_settings().port == 8000
    with pytest.raises(WrongSettings, match="TASKHUB_TASKS_SURPRISE is not a setting of TaskHub"):
        read_module_settings(tower)
