"""`taskhub migrate` looks at modules before it changes a schema: no process would start with those that can't be used."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from support.fakes.modules import fake_module
from taskhub import container
from taskhub.cli.main import app
from taskhub.kernel.module_api import Module, ModuleSettings
from taskhub.modules.collection import Modules
from taskhub.modules.errors import WrongModule
from taskhub.settings import WrongSettings


class Precision(ModuleSettings):
    precision: int = 1


@pytest.fixture(autouse=True)
def nothing_is_migrated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("taskhub.deployment.database", never)


def refusal_with(module: Module, monkeypatch: pytest.MonkeyPatch) -> BaseException | None:
    """What `migrate` raises where only this module is installed."""
    monkeypatch.setattr(container, "installed_modules", lambda: Modules([module]))
    monkeypatch.setattr("taskhub.settings.entry_points", lambda **_: [module])
    return CliRunner().invoke(app, ["migrate"]).exception


def test_a_module_that_cant_be_used_is_told_before(monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = refusal_with(fake_module("clocks", lambda _: object()), monkeypatch)
    assert isinstance(refusal, WrongModule)
    assert str(refusal).startswith("The container of the module clocks has no `runner`")


def test_so_is_a_setting_that_a_module_does_not_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKHUB_CLOCKS_PRECISON", "1")
    refusal = refusal_with(fake_module("clocks", settings=Precision), monkeypatch)
    assert isinstance(refusal, WrongSettings)
    assert str(refusal).startswith("TASKHUB_CLOCKS_PRECISON is not a setting of TaskHub.")
