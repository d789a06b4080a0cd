"""What `taskhub doctor` says about modules, their settings and their commands."""

from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.responses import Response

from support.fakes.modules import fake_module
from taskhub import container
from taskhub.cli.doctor import modules as doctor_modules
from taskhub.cli.doctor.modules import module_findings
from taskhub.kernel.api.bodies import Body
from taskhub.kernel.api.documentation import Documentation
from taskhub.kernel.api.operations import Routes
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.responses import JsonResponse
from taskhub.kernel.contract.access import PUBLIC
from taskhub.kernel.module_api import Module, ModuleSettings
from taskhub.modules.collection import Modules
from taskhub.settings import Settings

Findings = list[tuple[str, str, str]]


class OddBody(Body):
    spring: Routes


class Precision(ModuleSettings):
    precision: int = 1


@pytest.fixture
def findings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Findings]:
    """What is found where these modules are installed."""
    monkeypatch.chdir(tmp_path)

    def find(*modules: Module, wrong_groups: tuple[str, ...] = ()) -> Findings:
        for user in (container, doctor_modules):
            monkeypatch.setattr(user, "installed_modules", lambda: Modules(modules))
        found = module_findings(Settings(_env_file=None), wrong_groups)
        return [(one.level, one.subject, one.text) for one in found]

    return find


def test_modules_that_fit_together_are_named(findings: Callable[..., Findings]) -> None:
    assert findings(fake_module("bells"), fake_module("clocks")) == [
        ("ok", "settings", "all known and valid"),
        ("ok", "modules", "bells, clocks: they fit together"),
    ]


def test_one_that_does_not_fit_is_told(findings: Callable[..., Findings]) -> None:
    assert findings(fake_module("clocks", requires=frozenset({"towers"}))) == [
        ("fail", "modules", "The module clocks requires the module towers, which is not installed: install it.")
    ]


def test_so_is_one_without_a_part_that_is_required(findings: Callable[..., Findings]) -> None:
    ((level, subject, text),) = findings(fake_module("clocks", lambda _: object()))
    assert (level, subject) == ("fail", "modules")
    assert text.startswith("The container of the module clocks has no `runner`")


def test_a_body_that_no_request_can_have_is_told(findings: Callable[..., Findings]) -> None:
    routes = Routes("Clocks")

    @routes.post("/clocks", PUBLIC)
    async def wind(request: ApiRequest, body: OddBody) -> Response:
        """As any."""
        return JsonResponse(200, b"{}")

    documentation = Documentation(tags={"Clocks": "What ticks."})
    _, (level, subject, text) = findings(fake_module("clocks", routes=[routes], documentation=documentation))
    assert (level, subject) == ("fail", "modules")
    assert text.startswith("POST /clocks: OddBody can't be validated: Unable to generate")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("TASKHUB_CLOCKS_PRECISION", "high", "TASKHUB_CLOCKS_PRECISION: Input should be a valid integer"),
        ("TASKHUB_CLOCKS_PRECISON", "1", "TASKHUB_CLOCKS_PRECISON is not a setting of TaskHub."),
    ],
)
def test_a_setting_of_a_module_that_is_wrong_or_unknown_is_told(
    findings: Callable[..., Findings], monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(name, value)
    ((level, subject, text),) = findings(fake_module("clocks", settings=Precision))
    assert (level, subject) == ("fail", "settings")
    assert text.startswith(sentence)


def test_commands_that_cant_be_used_are_told(findings: Callable[..., Findings]) -> None:
    assert findings(fake_module("clocks"), wrong_groups=("It can't be loaded.",))[2:] == [
        ("fail", "commands", "It can't be loaded.")
    ]
