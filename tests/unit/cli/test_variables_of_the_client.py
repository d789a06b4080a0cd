"""The variables that say where the client works stop no service that is started beside it."""

import inspect

import pytest

from taskhub.client import sign_in
from taskhub.client.cli import options
from taskhub.settings import CLIENT_VARIABLES, WrongSettings, read_settings


def test_they_are_no_unknown_settings() -> None:
    assert read_settings(dict.fromkeys(CLIENT_VARIABLES, "x")) == read_settings({})


def test_they_are_those_that_the_client_reads() -> None:
    named = {sign_in.URL_VARIABLE, sign_in.TOKEN_VARIABLE}
    offered = {name for name in CLIENT_VARIABLES if f'"{name}"' in inspect.getsource(options)}
    assert named | offered == CLIENT_VARIABLES
    assert inspect.getsource(options).count("envvar=") == len(offered)


def test_a_misspelt_setting_is_still_told() -> None:
    with pytest.raises(WrongSettings, match="TASKHUB_TOKENS is not a setting"):
        read_settings({"TASKHUB_TOKENS": "x"})
