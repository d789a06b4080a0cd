"""What an operator reads when a command fails: one sentence, or a traceback where the program is at fault."""

from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.exc import ProgrammingError

from taskhub.cli.errors import explanation
from taskhub.kernel.application.errors import Unavailable
from taskhub.kernel.cli import CommandFailed
from taskhub.kernel.domain.errors import NotFound
from taskhub.schema.locks import MigrationBlocked
from taskhub.settings import WrongSettings, read_settings


def test_a_refusal_says_why() -> None:
    assert explanation(NotFound("No account has this email address.")) == "No account has this email address."


def test_a_setting_that_is_wrong_says_so_itself() -> None:
    assert explanation(WrongSettings("TASKHUB_PORT: …")) == "TASKHUB_PORT: …"
    assert explanation(CommandFailed("It is taken.")) == "It is taken."


def test_a_setting_that_has_the_wrong_form_says_what_is_expected() -> None:
    with pytest.raises(WrongSettings) as refusal:
        read_settings({"TASKHUB_SECRET_KEY": "short"})
    assert str(refusal.value) == "TASKHUB_SECRET_KEY: needs at least 32 characters; `taskhub secret rotate` makes one"


def test_a_database_that_is_away_is_named_with_its_cause() -> None:
    error = Unavailable()
    error.__cause__ = ConnectionRefusedError(111, "Connect call failed")
    sentence = explanation(error)
    assert sentence is not None
    assert "Connect call failed (ConnectionRefusedError)" in sentence


def test_a_migration_that_failed_tells_what_the_server_said_without_the_statement() -> None:
    said = asyncpg.InsufficientPrivilegeError("must be owner of table tasks")
    wrapped = Exception("<class 'asyncpg...'>: must be owner of table tasks")
    wrapped.__cause__ = said
    sentence = explanation(ProgrammingError("ALTER TABLE tasks ADD COLUMN x int", None, wrapped))
    assert sentence is not None
    assert sentence.startswith("The schema could not be changed: must be owner of table tasks.")
    assert not any(word in sentence for word in ("ALTER", "sqlalche", "asyncpg"))


def test_a_migration_that_is_blocked_says_so_itself() -> None:
    assert explanation(MigrationBlocked("Revision 0006 changes tables …")) == "Revision 0006 changes tables …"


def test_a_url_that_the_driver_refuses_is_named() -> None:
    sentence = explanation(asyncpg.ClientConfigurationError("`sslmode` parameter must be one of: disable, allow."))
    assert sentence == "TASKHUB_DATABASE_URL can't be used: `sslmode` parameter must be one of: disable, allow."


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://localhost:notaport/x",
        "postgresql://[::1",
        "postgresql://[::1]x/y",
        "postgresql://u:p@h:99999/x",
        "postgresql://h:1,h2:two/x",
        "postgresql://::1/x",
    ],
)
def test_a_url_that_cant_be_read_is_a_wrong_setting_that_tells_no_password(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKHUB_DATABASE_URL", url)
    with pytest.raises(WrongSettings, match=r"TASKHUB_DATABASE_URL: .*host or port can't be read") as refusal:
        read_settings()
    assert url not in str(refusal.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://db/taskhub",
        "postgresql+asyncpg://u:p%40ss:word@db:5432/taskhub?sslmode=require",
        "postgresql://u@[::1]:5432/x",
        "postgresql://h:1,h2:2,[::1]:3/x",
        "postgresql:///x?host=/run/postgresql",
        "postgresql://",
        "postgresql://u:p@:5432/x",
    ],
)
def test_a_url_that_the_driver_reads_is_taken(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKHUB_DATABASE_URL", url)
    assert read_settings().database_url is not None


def test_a_file_of_settings_that_is_no_text_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WrongSettings, match=r"\.env is no text in UTF-8"):
        read_settings()


def test_a_fault_of_the_program_keeps_its_traceback() -> None:
    assert explanation(KeyError("x")) is None
