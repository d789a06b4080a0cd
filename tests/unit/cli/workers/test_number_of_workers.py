"""How many workers there are: a number, or as many as there are cores to use."""

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from taskhub.cli.server.workers import run
from taskhub.cli.server.workers.run import renewed, within_embedded_connections
from taskhub.settings import MAX_WORKERS, WrongSettings, read_settings, read_settings_with, usable_cores
from taskhub.testing.service_settings import for_testing


@pytest.mark.parametrize("text", ["0", "-1", "abc", "1.5", "1000", str(MAX_WORKERS + 1), "٣", " auto"])
def test_what_is_no_number_of_workers_is_refused_by_name(text: str) -> None:
    with pytest.raises(WrongSettings, match=r"^TASKHUB_WORKERS: expected a number from 1 to 64, or auto"):
        read_settings({"TASKHUB_WORKERS": text})
    with pytest.raises(WrongSettings, match=r"^--workers: expected a number from 1 to 64, or auto"):
        read_settings_with(text)


@pytest.mark.parametrize(("text", "count"), [("", 1), ("1", 1), ("64", 64), ("auto", 3)])
def test_it_is_a_number_or_that_of_the_cores(text: str, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("taskhub.settings.usable_cores", lambda: 3)
    assert read_settings({"TASKHUB_WORKERS": text}).workers == count


def test_the_command_line_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKHUB_WORKERS", "5")
    assert read_settings_with(None).workers == 5
    assert read_settings_with("2").workers == 2


@pytest.mark.parametrize(
    ("limit", "cores"), [("max 100000", 8), ("250000 100000", 3), ("50000 100000", 1), ("9900000 100000", 8), (None, 8)]
)
def test_a_container_that_may_use_a_part_of_the_machine_has_fewer_cores(
    limit: str | None, cores: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {*range(8)}, raising=False)
    file = tmp_path / "cpu.max"
    if limit is not None:
        file.write_text(f"{limit}\n")
    assert usable_cores(file) == cores


@pytest.mark.parametrize(("workers", "size"), [("2", 20), ("8", 20), ("9", 18), ("64", 2)])
def test_the_pools_of_all_workers_and_a_successor_fit_into_the_embedded_database(workers: str, size: int) -> None:
    settings = within_embedded_connections(read_settings({"TASKHUB_WORKERS": workers}))
    assert settings.database_pool_size == size
    assert settings.database_pool_size * (settings.workers + 1) <= 180


def test_a_reload_keeps_the_number_of_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = []
    monkeypatch.setattr(run, "work_of", lambda settings, *_: taken.append(settings))
    monkeypatch.setattr(run, "check_modules", lambda _: None)
    monkeypatch.setattr(run, "secret_keys", lambda _: ())
    monkeypatch.setattr(run, "replace", lambda deployed, **_: deployed)
    start, now = (read_settings({"TASKHUB_WORKERS": count}) for count in ("2", "3"))
    renewed(start, cast("Any", SimpleNamespace(is_embedded=True)), cast("Any", None), lambda: now)
    assert [settings.workers for settings in taken] == [2]


def test_a_testing_server_refuses_several() -> None:
    with pytest.raises(WrongSettings, match="A testing server has one worker"):
        for_testing(read_settings({"TASKHUB_WORKERS": "2"}))
    assert for_testing(read_settings({"TASKHUB_WORKERS": "1"})).workers == 1
