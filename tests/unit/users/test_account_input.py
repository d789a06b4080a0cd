"""What operators type is held to the rules of the API."""

import io
from typing import NoReturn

import pytest

from taskhub.kernel.cli import CommandFailed
from taskhub.users.cli.accounts import create_account, new_password, set_password

EMAIL = "ada@example.com"


class NeverOpened:
    """What is wrong is told before anybody is asked for a password, or a database opened."""

    def run(self, *_: object) -> NoReturn:
        raise AssertionError


NEVER = NeverOpened()


@pytest.mark.parametrize(
    "name", ["", " ", "\u200b", "\u2800\u3164", "Ada\nLovelace", "Ada\x1b[31m", "Ada\u2028Lovelace", "x" * 201]
)
def test_a_name_is_one_line_in_which_something_can_be_seen(name: str) -> None:
    with pytest.raises(CommandFailed, match=r"^--name: "):
        create_account(NEVER, EMAIL, name, "UTC")


@pytest.mark.parametrize("email", ["no email", "ada\ufe0f@example.com", "a\u200bda@example.com"])
def test_a_new_address_can_be_seen(email: str) -> None:
    with pytest.raises(CommandFailed, match=r"^EMAIL: "):
        create_account(NEVER, email, "Ada", "UTC")


def test_a_lost_password_is_set_only_for_an_address() -> None:
    with pytest.raises(CommandFailed, match=r"^EMAIL: "):
        set_password(NEVER, "no email", revoke_tokens=False)


@pytest.mark.parametrize("typed", ["short", "tab\tin the middle", "e\u0301" * 11])
def test_a_new_password_is_one_that_the_api_would_take(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
    with pytest.raises(CommandFailed, match=r"^The password: "):
        new_password()
