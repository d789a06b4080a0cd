"""What an operator reads when a command fails: one sentence, or a traceback where the program is at fault."""

from taskhub.cli.errors import CommandFailed, explanation
from taskhub.kernel.application.errors import Unavailable
from taskhub.kernel.domain.errors import NotFound
from taskhub.settings import WrongSettings


def test_a_refusal_says_why() -> None:
    assert explanation(NotFound("No account has this email address.")) == "No account has this email address."


def test_a_setting_that_is_wrong_says_so_itself() -> None:
    assert explanation(WrongSettings("TASKHUB_PORT: …")) == "TASKHUB_PORT: …"
    assert explanation(CommandFailed("It is taken.")) == "It is taken."


def test_a_database_that_is_away_is_named_with_its_cause() -> None:
    error = Unavailable()
    error.__cause__ = ConnectionRefusedError(111, "Connect call failed")
    sentence = explanation(error)
    assert sentence is not None
    assert "Connect call failed (ConnectionRefusedError)" in sentence


def test_a_fault_of_the_program_keeps_its_traceback() -> None:
    assert explanation(KeyError("x")) is None
