"""What one module claims no other may: two that do stop the start with a sentence that names both."""

from types import SimpleNamespace
from typing import Any

import pytest

from support.fakes.modules import error_of, fake_module, fake_row
from taskhub.kernel.api.documentation import Advice, Documentation, Word
from taskhub.kernel.api.operations import Routes
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.contract.access import PUBLIC
from taskhub.kernel.module_api import Module, ModuleSettings
from taskhub.modules.collection import Modules
from taskhub.modules.discovery import installed_modules
from taskhub.modules.errors import WrongModule


class Precision(ModuleSettings):
    precision: int = 1


class TowerPrecision(ModuleSettings):
    tower_precision: int = 1


def routes(*paths: str, method: str = "GET", tag: str = "Clocks", name: str = "") -> list[Routes]:
    """Routes that nobody calls."""
    made = Routes(tag)
    for path in paths:

        async def endpoint(request: ApiRequest) -> Any:
            raise AssertionError

        endpoint.__name__ = name or f"of_{tag}_{path}"
        made.add(method, path, PUBLIC)(endpoint)
    return [made]


def documented(*tags: str, **others: Any) -> Documentation:
    return Documentation(tags=dict.fromkeys(tags, "…"), **others)


WORD, ADVICE = Word("…"), Advice("…", "…")
ROWS: dict[Any, Any] = {fake_row("gears"): frozenset()}
MAPPING = SimpleNamespace(name="gears", lock_rank=7)
CLASHES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "table": ({"rows": ROWS}, {"rows": ROWS}, "The table `gears` is claimed twice: by the module a and by the module b"),
    "event type": (
        {"events": {"gear.turned": 1}},
        {"events": {"gear.turned": 2}},
        "The event type `gear.turned` .* module a .* module b",
    ),
    "lock rank": (
        {"mappings": [MAPPING]},
        {"mappings": [MAPPING]},
        "lock rank `7` .* `gears` of the module a and by `gears` of the module b",
    ),
    "setting": (
        {"settings": TowerPrecision, "name": "clock"},
        {"settings": Precision, "name": "clock_tower"},
        "The setting `TASKHUB_CLOCK_TOWER_PRECISION` .* module clock and .* module clock_tower",
    ),
    "tag": (
        {"documentation": documented("Gears")},
        {"documentation": documented("Gears")},
        "The tag `Gears` .* module a .* module b",
    ),
    "word": (
        {"documentation": documented(words={"teeth": WORD})},
        {"documentation": documented(words={"teeth": WORD})},
        "The word `teeth` .* module a .* module b",
    ),
    "fault code": (
        {"documentation": documented(fault_codes={"rusty": "…"})},
        {"documentation": documented(fault_codes={"rusty": "…"})},
        "The fault code `rusty` .* module a .* module b",
    ),
    "schema": (
        {"documentation": documented(schemas={"GearSeen": "Gear"})},
        {"documentation": documented(schemas={"GearSeen": "Wheel"})},
        "The name of a schema `GearSeen` .* module a .* module b",
    ),
    "operation": (
        {"routes": routes("/v1/gears", tag="A", name="list_gears"), "documentation": documented("A")},
        {"routes": routes("/v1/wheels", tag="B", name="list_gears"), "documentation": documented("B")},
        "The operation `list_gears` .* module a .* module b",
    ),
    "path": (
        {"routes": routes("/v1/gears/{gear}", tag="A"), "documentation": documented("A")},
        {"routes": routes("/v1/gears/{wheel}", tag="B"), "documentation": documented("B")},
        r"`GET /v1/gears/\{gear\}` of the module a would get no request: `/v1/gears/\{wheel\}` of the module b takes them",
    ),
    "path within": (
        {"routes": routes("/v1/gears/largest", tag="A"), "documentation": documented("A")},
        {"routes": routes("/v1/gears/{wheel}", tag="B"), "documentation": documented("B")},
        "The path `GET /v1/gears/largest` of the module a would get no request",
    ),
}


def two(clash: str) -> list[Module]:
    first, second, _ = CLASHES[clash]
    return [
        fake_module(first.get("name", "a"), **without_name(first)),
        fake_module(second.get("name", "b"), **without_name(second)),
    ]


def without_name(told: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in told.items() if key != "name"}


@pytest.mark.parametrize("clash", CLASHES)
def test_two_that_claim_the_same_are_told_both(clash: str) -> None:
    with pytest.raises(WrongModule, match=CLASHES[clash][2]):
        Modules(two(clash))


@pytest.mark.parametrize("clash", CLASHES)
def test_either_of_them_is_well_alone(clash: str) -> None:
    for module in two(clash):
        assert [*Modules([module])] == [module]


def test_an_error_code_belongs_to_one_module() -> None:
    first, second = error_of("fake_one.errors", "rusty"), error_of("fake_other.errors", "rusty")
    advised = documented(advice={"rusty": ADVICE})

    with pytest.raises(WrongModule, match="The error code `rusty` is claimed twice: by the module a and by the module b"):
        Modules(
            [
                fake_module("a", package="fake_one", documentation=advised),
                fake_module("b", package="fake_other", documentation=advised),
            ]
        )
    assert first is not second


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"rows": {fake_row("events"): frozenset()}}, "The table `events` .* TaskHub itself and by the module a"),
        ({"documentation": documented("Service")}, "The tag `Service` .* TaskHub itself and by the module a"),
        ({"documentation": documented(words={"cursor": WORD})}, "The word `cursor` .* TaskHub itself and by the module a"),
        (
            {"routes": routes("/v1", tag="A"), "documentation": documented("A")},
            "The path `GET /v1` of TaskHub itself would get no request: `/v1` of the module a takes them",
        ),
    ],
)
def test_what_the_application_has_no_module_may_claim(told: dict[str, Any], sentence: str) -> None:
    with pytest.raises(WrongModule, match=sentence):
        Modules([fake_module("a", **told)])


def test_the_settings_of_the_application_are_its_own() -> None:
    class Wrong(ModuleSettings):
        writes_per_user: int = 1

    with pytest.raises(
        WrongModule, match=r"The setting `TASKHUB_LIMIT_WRITES_PER_USER` .* TaskHub itself and by the module limit"
    ):
        Modules([fake_module("limit", settings=Wrong)])


def test_the_same_path_may_have_methods_of_two_modules() -> None:
    first = fake_module("a", routes=routes("/v1/gears", tag="A"), documentation=documented("A"))
    second = fake_module("b", routes=routes("/v1/gears", method="POST", tag="B"), documentation=documented("B"))
    assert len(Modules([first, second]).operations) == 2 + len(Modules([]).operations)


def test_a_table_says_what_its_rows_belong_to() -> None:
    with pytest.raises(WrongModule, match="`rows` of the module a does not say what its rows belong to: write a mapping"):
        Modules([fake_module("a", rows=[*ROWS])])


def test_rows_belong_to_what_a_module_may_tell_the_end_of() -> None:
    rows = {fake_row("gears"): {"clock.purged", "clock.purgd"}}
    clocks = fake_module("clocks", events={"clock.purged": "It is gone for good."})
    with pytest.raises(
        WrongModule,
        match=r"The rows of the table `gears` of the module a are to be removed after `clock\.purgd`, and no installed module",
    ):
        Modules([clocks, fake_module("a", rows=rows)])


def test_an_error_code_needs_advice() -> None:
    rusty = error_of("fake_unadvised.errors", "rusty")
    with pytest.raises(WrongModule, match="The documentation of the module a has no advice for its error code `rusty`"):
        Modules([fake_module("a", package="fake_unadvised")])
    assert rusty.code == "rusty"


def test_the_tag_of_a_route_is_described() -> None:
    with pytest.raises(WrongModule, match="The documentation of the module a does not describe the tag `Clocks`"):
        Modules([fake_module("a", routes=routes("/v1/gears"))])


def test_what_others_add_is_matched_after_all_that_is_ours() -> None:
    added = fake_module("a", routes=routes("/v1/gears", tag="A"), documentation=documented("A"), requires=frozenset({"tasks"}))
    paths = [operation.path for operation in Modules([*installed_modules(), added]).operations]
    ours = [operation.path for operation in installed_modules().operations]
    assert [path for path in paths if path != "/v1/gears"] == ours
    assert paths.index("/v1/gears") > max(index for index, path in enumerate(paths) if path.startswith("/v1/workspaces"))


def test_routes_of_tasks_come_first_for_they_are_called_most() -> None:
    assert [routes.tag for routes in installed_modules().routes][:2] == ["Tasks", "Tasks"]


def test_the_reference_knows_what_a_module_says_of_itself() -> None:
    rusty = error_of("fake_advised.errors", "rusty")
    told = documented("Gears", words={"teeth": WORD}, advice={"rusty": ADVICE}, refusals={"get_task": ("rusty",)})
    catalogue = Modules(
        [*installed_modules(), fake_module("a", package="fake_advised", documentation=told, requires=frozenset({"webhooks"}))]
    ).catalogue

    assert list(catalogue.tags)[-2:] == ["Gears", "Service"]
    assert catalogue.problems["rusty"].advice == ADVICE
    assert (catalogue.word("teeth", "Gear"), catalogue.refusals["get_task"]) == (WORD, ("rusty",))
    assert "rusty" not in installed_modules().catalogue.problems
    assert rusty.title == "Refused"


def test_events_of_all_modules_are_known_by_their_types() -> None:
    assert Modules([fake_module("a", events={"gear.turned": "Turned"})]).events == {"gear.turned": "Turned"}
