"""The conformance kit's service has the settings that the rules are written for, whatever the shell has for others."""

from dataclasses import replace

import pytest

from support.notes.module import notes
from taskhub.kernel.module_api import ModuleSettings
from taskhub.modules.collection import Modules
from taskhub.modules.discovery import installed_modules
from taskhub.testing.conformance.databases import MigratedDatabase
from taskhub.testing.conformance.service import Service

NOWHERE = MigratedDatabase("postgresql://nobody@127.0.0.1:1/nothing")


class NotesSettings(ModuleSettings):
    greeting: str = "Hello"


def test_variables_of_the_shell_mean_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REQUIRE_IF_MATCH", "NOTES_GREETING", "SOMETHING_UNKNOWN"):
        monkeypatch.setenv(f"TASKHUB_{name}", "true")

    service = service_with_settings()

    assert service.app.state.require_if_match is False
    assert service.container.module_settings == {"notes": NotesSettings(greeting="Hello")}


def test_modules_get_the_settings_that_the_fixture_gives() -> None:
    service = service_with_settings(notes_greeting="Good morning", require_if_match=True)

    assert service.container.module_settings == {"notes": NotesSettings(greeting="Good morning")}
    assert service.app.state.require_if_match is False


def service_with_settings(**given: object) -> Service:
    module = replace(notes(), settings=NotesSettings)
    return Service(NOWHERE, Modules([*installed_modules(), module]), module_settings=given)
