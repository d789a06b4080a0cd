"""What `taskhub doctor` says about each fact."""

from pathlib import Path

import pytest

from taskhub.cli.doctor import checks
from taskhub.settings import Settings

SOUND = {
    "version": 180004,
    "version_name": "18.4",
    "is_standby": False,
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
}
RANDOM = "kT3vX9-qLm2_Zr8Yw5NcBd7HsJf4Pg6A"


def settings(**given: object) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[arg-type]  # Read from text, as from the environment.


@pytest.mark.parametrize(
    ("facts", "level"),
    [({}, "ok"), ({"version": 150000}, "warn"), ({"is_standby": True}, "fail")],
)
def test_the_server_has_to_be_a_primary_of_a_tested_version(facts: dict[str, object], level: str) -> None:
    assert checks.version({**SOUND, **facts}).level == level


@pytest.mark.parametrize(
    ("facts", "level"),
    [({}, "ok"), ({"synchronous_commit": "off"}, "warn"), ({"fsync": "off"}, "fail"), ({"full_page_writes": "off"}, "fail")],
)
def test_what_is_acknowledged_has_to_be_on_disk(facts: dict[str, object], level: str) -> None:
    assert checks.durability({**SOUND, **facts}).level == level


@pytest.mark.parametrize(("limit", "level"), [(97, "ok"), (40, "ok"), (39, "warn"), (19, "fail")])
def test_a_pool_of_20_has_to_fit_twice(limit: int, level: str) -> None:
    assert checks.connections(limit, 20).level == level


@pytest.mark.parametrize(("workers", "level"), [(1, "ok"), (2, "warn"), (3, "warn"), (4, "fail")])
def test_several_workers_are_one_more_in_a_reload(workers: int, level: str) -> None:
    assert checks.connections(97, 20, workers).level == level


@pytest.mark.parametrize(("seconds", "level"), [(0.2, "ok"), (3.0, "warn"), (600.0, "fail")])
def test_clocks_have_to_agree(seconds: float, level: str) -> None:
    assert checks.clock(seconds).level == level


def test_parked_events_are_counted_by_subscriber() -> None:
    assert checks.parked_events({}).level == "ok"
    finding = checks.parked_events({"release": 3})
    assert finding.level == "warn"
    assert "3 of release" in finding.text


@pytest.mark.parametrize(
    ("given", "level"),
    [
        ({"secret_key": RANDOM}, "ok"),
        ({"secret_key": "password" * 5}, "warn"),
        ({"secret_key": RANDOM, "secret_key_previous": RANDOM[::-1]}, "warn"),
        ({"database_url": "postgresql://db/taskhub"}, "fail"),
    ],
)
def test_the_secret_has_to_be_there_and_look_random(given: dict[str, str], level: str) -> None:
    assert checks.secret(settings(**given)).level == level


def test_a_generated_secret_must_be_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "secret.key"
    file.touch(mode=0o600)
    assert checks.secret(settings(data_dir=tmp_path)).level == "ok"
    file.chmod(0o644)
    assert checks.secret(settings(data_dir=tmp_path)).level == "fail"
