"""Modules are found by their entry points; one that can't be used stops the start, and is named."""

import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.orm import Mapped, mapped_column

from support.fakes.modules import fake_module
from taskhub.cli.errors import explanation
from taskhub.kernel.infrastructure.postgres.rows import Row
from taskhub.kernel.module_api import API_VERSION, Module
from taskhub.modules import refusals
from taskhub.modules.collection import Modules
from taskhub.modules.discovery import installed_modules, loaded
from taskhub.modules.errors import WrongModule


def entry(name: str, value: str, distribution: str | None = None) -> EntryPoint:
    made = EntryPoint(name, value, "taskhub.modules")
    if distribution is not None:
        vars(made)["dist"] = SimpleNamespace(name=distribution, version="1.0")
    return made


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A package that can be imported as `fake_clocks`."""
    made: Any = ModuleType("fake_clocks")
    monkeypatch.setitem(sys.modules, "fake_clocks", made)
    return made


def test_our_own_modules_are_found_as_any_other_is() -> None:
    assert [module.name for module in installed_modules()] == ["users", "workspaces", "activity", "tasks", "webhooks"]


def test_an_entry_point_names_one_object(package: Any) -> None:
    package.module = fake_module("clocks")
    assert loaded([entry("clocks", "fake_clocks:module")]) == [package.module]


def test_what_is_no_module_is_told(package: Any) -> None:
    package.module = "clocks"
    with pytest.raises(WrongModule, match="The module clocks is not a Module: fake_clocks:module is of the type str"):
        loaded([entry("clocks", "fake_clocks:module")])


def test_a_module_has_the_name_of_its_entry_point(package: Any) -> None:
    package.module = fake_module("watches")
    with pytest.raises(
        WrongModule, match="The module of fake_clocks:module has the name watches, but its entry point has the name clocks"
    ):
        loaded([entry("clocks", "fake_clocks:module")])


def test_what_cant_be_imported_is_told_with_the_reason() -> None:
    with pytest.raises(
        WrongModule, match=r"The module clocks can't be loaded from fake_clocks:module: No module named 'fake_clocks'"
    ):
        loaded([entry("clocks", "fake_clocks:module")])


def test_an_operator_is_told_the_distribution_and_what_to_do() -> None:
    with pytest.raises(WrongModule) as refusal:
        loaded([entry("clocks", "fake_clocks:module", "acme-clocks")])
    assert str(refusal.value) == (
        "The module clocks can't be loaded from fake_clocks:module of acme-clocks 1.0: No module named 'fake_clocks'."
        " Install another version of acme-clocks than 1.0, or uninstall it."
    )


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import sys\nsys.exit(0)", r"SystemExit: 0 \(fake_broken\.py, line 2\)"),
        ("def f():\n    return {}['x']\n\nf()", r"KeyError: 'x' \(fake_broken\.py, line 2\)"),
        ("raise ValueError", r"ValueError \(fake_broken\.py, line 1\)"),
        ("def f(:", r"invalid syntax \(fake_broken\.py, line 1\)"),
        ("", "module 'fake_broken' has no attribute 'module'"),
        ("from fake_absent import x", r"ModuleNotFoundError: No module named 'fake_absent' \(fake_broken\.py, line 1\)"),
    ],
)
def test_what_fails_at_import_is_told_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, reason: str
) -> None:
    (tmp_path / "fake_broken.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "fake_broken", raising=False)
    with pytest.raises(WrongModule, match=rf"^The module clocks can't be loaded from fake_broken:module: {reason}\.$"):
        loaded([entry("clocks", "fake_broken:module")])


def test_ours_are_loaded_first_so_that_others_are_told_what_they_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def load(one: EntryPoint) -> Module:
        asked.append(one.name)
        return fake_module(one.name)

    monkeypatch.setattr(EntryPoint, "load", load)
    loaded(
        [entry("clocks", "a:module", "acme-clocks"), entry("users", "b:module", "taskhub"), entry("bells", "c:module", "bells")]
    )
    assert asked == ["users", "bells", "clocks"]


def test_of_modules_that_dont_fit_the_distributions_are_told_that_are_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    installed = [
        entry("clocks", "a:module", "acme-clocks"),
        entry("users", "b:module", "taskhub"),
        entry("bells", "c:m", "bells"),
    ]

    def found(*, group: str, name: str) -> list[EntryPoint]:
        assert group == "taskhub.modules"
        return [one for one in installed if one.name == name]

    monkeypatch.setattr(refusals, "entry_points", found)

    def told(*modules: str) -> str:
        return str(refusals.wrong_module("They don't fit.", *modules))

    assert told("users") == "They don't fit."
    assert told("users", "clocks") == "They don't fit. Install another version of acme-clocks than 1.0, or uninstall it."
    assert told("bells", "clocks") == (
        "They don't fit. Install another version of bells than 1.0 or of acme-clocks than 1.0, or uninstall one of them."
    )


def test_two_distributions_with_a_module_of_one_name_are_told() -> None:
    with pytest.raises(WrongModule, match="Two modules are called clocks: fake_a:module and fake_b:module"):
        loaded([entry("clocks", "fake_b:module"), entry("clocks", "fake_a:module")])


def test_a_table_that_is_there_already_is_told_with_its_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(_: EntryPoint) -> None:
        class ClockRow(Row):
            __tablename__ = "projects"

            id: Mapped[int] = mapped_column(primary_key=True)

    monkeypatch.setattr(EntryPoint, "load", load)
    with pytest.raises(
        WrongModule, match=r"module clocks .* its table projects is there already, as taskhub.tasks.infrastructure"
    ):
        loaded([entry("clocks", "fake_clocks:module")])


@pytest.mark.parametrize(
    ("version", "other"), [((API_VERSION[0] + 1, 0), "a newer"), ((API_VERSION[0] - 1, 9), "an older"), ((1, 99), "a newer")]
)
def test_a_module_for_another_version_of_the_api_is_refused(version: tuple[int, int], other: str) -> None:
    ours = ".".join(map(str, API_VERSION))
    with pytest.raises(
        WrongModule,
        match=rf"The module clocks was written for {other} TaskHub: for version {version[0]}\.{version[1]} .* has {ours}\.",
    ):
        Modules([fake_module("clocks", api=version)])


@pytest.mark.parametrize("name", ["Clocks", "time-tracking", "", "2clocks"])
def test_a_name_that_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(WrongModule, match="needs another name"):
        Modules([fake_module(name)])


def test_modules_stand_after_those_that_they_require_and_else_by_name() -> None:
    modules = [
        fake_module("a", requires=frozenset({"c"})),
        fake_module("b"),
        fake_module("c", requires=frozenset({"d"})),
        fake_module("d"),
    ]
    assert [module.name for module in Modules(modules)] == ["b", "d", "c", "a"]


def test_a_requirement_that_is_not_installed_is_told_with_who_has_it() -> None:
    with pytest.raises(WrongModule, match="The module clocks requires the module towers, which is not installed"):
        Modules([fake_module("clocks", requires=frozenset({"towers"}))])


def test_modules_that_require_each_other_are_told() -> None:
    modules = [
        fake_module("a", requires=frozenset({"b"})),
        fake_module("b", requires=frozenset({"c"})),
        fake_module("c", requires=frozenset({"b"})),
    ]
    with pytest.raises(WrongModule, match="Modules require each other: b requires c requires b"):
        Modules(modules)


def test_an_operator_reads_the_sentence_and_no_traceback() -> None:
    assert explanation(WrongModule("Two modules are called clocks.")) == "Two modules are called clocks."
