"""`.env.example` is the list of all settings: it says of each what `Settings` says."""

import re
from pathlib import Path
from typing import Any

import pytest

from taskhub.settings import PREFIX, Settings

EXAMPLE = Path(__file__).parents[3] / ".env.example"
LINES = EXAMPLE.read_text("utf-8").splitlines()
GIVEN = dict(line.removeprefix("#").split("=", 1) for line in LINES if line.startswith(f"#{PREFIX}"))


def written(default: Any) -> str:
    """A default as it stands in an environment variable."""
    if default is None or default == ():
        return ""
    return str(default).lower() if isinstance(default, bool) else str(default)


def test_every_setting_stands_in_the_example_with_its_default() -> None:
    assert {f"{PREFIX}{name.upper()}": written(field.get_default()) for name, field in Settings.model_fields.items()} == GIVEN


def test_every_setting_has_one_line_of_meaning_before_it() -> None:
    for number, line in enumerate(LINES):
        if line.startswith(f"#{PREFIX}"):
            assert LINES[number - 1].startswith("# "), line
            assert not LINES[number - 2], line


def test_the_example_used_as_it_is_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / ".env"
    file.write_text("\n".join(f"{name}={value}" for name, value in GIVEN.items()), "utf-8")
    for name in GIVEN:
        monkeypatch.delenv(name, raising=False)
    assert Settings(_env_file=file) == Settings(_env_file=None)


def test_the_readme_has_a_table_of_the_same() -> None:
    readme = EXAMPLE.with_name("README.md").read_text("utf-8")
    rows = re.findall(rf"^\| `({PREFIX}\w+)` \| (?:`(.*?)`)? *\|", readme, re.MULTILINE)
    assert dict(rows) == GIVEN


def test_compose_passes_every_setting_to_all_services() -> None:
    """But for those that it decides itself: the database, and the address and port inside of the container."""
    compose = EXAMPLE.with_name("compose.yaml").read_text("utf-8")
    (shared,) = re.findall(r"environment: &environment\n((?:    .+\n)+)", compose)
    passed = re.findall(rf"^    ({PREFIX}\w+): \$\{{\1(?::-|:\?.+)\}}$", shared, re.MULTILINE)
    assert {*passed} == {*GIVEN} - {f"{PREFIX}{name}" for name in ("DATABASE_URL", "DATA_DIR", "HOST", "PORT")}
    own = re.findall(r"^    environment:(.*)\n((?:      .+\n)*)", compose.partition("services:")[2], re.MULTILINE)
    assert all("<<: *environment" in lines for _, lines in own if PREFIX in lines)


def test_compose_publishes_on_this_machine_alone_unless_told_otherwise() -> None:
    compose = EXAMPLE.with_name("compose.yaml").read_text("utf-8")
    assert re.findall(r'ports: \["(.+?):\d+"\]', compose) == ["${TASKHUB_HOST:-127.0.0.1}:${API_PORTS:-8000-8001}"]
