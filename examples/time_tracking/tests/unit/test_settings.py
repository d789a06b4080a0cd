"""The settings of this module, as the application reads them."""

import pytest
from taskhub.modules.discovery import installed_modules
from taskhub.modules.settings import read_module_settings
from taskhub.settings import WrongSettings

from taskhub_time_tracking.module import module


def test_its_settings_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKHUB_TIME_TRACKING_MAX_HOURS", "10")

    assert read_module_settings(installed_modules())[module.name].model_dump() == {"max_hours": 10}


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKHUB_TIME_TRACKING_MAX_HOURS", "0")
    with pytest.raises(WrongSettings, match="TASKHUB_TIME_TRACKING_MAX_HOURS"):
        read_module_settings(installed_modules())
