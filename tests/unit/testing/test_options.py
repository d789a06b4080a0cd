"""How a testing server is started."""

from pathlib import Path

import pytest

from taskhub.testing.client.launch import as_environment
from taskhub.testing.options import TestingOptions


def test_what_is_not_given_is_loopback_and_a_secret_and_a_run_of_its_own() -> None:
    one, other = TestingOptions.take({}), TestingOptions.take({})
    assert (one.host, one.ready_file, one.idle_seconds, one.idle_lock, one.parent) == ("127.0.0.1", None, None, None, None)
    assert len(one.secret) >= 32
    assert one.secret != other.secret
    assert one.run != other.run


def test_they_are_taken_out_of_the_environment(tmp_path: Path) -> None:
    environment = {"TASKHUB_TESTING_PORT": "0", "TASKHUB_TESTING_READY_FILE": str(tmp_path), "TASKHUB_PORT": "9000"}
    options = TestingOptions.take(environment)
    assert (options.port, options.ready_file) == (0, tmp_path)
    assert environment == {"TASKHUB_PORT": "9000"}, "the secret is not inherited by what the server starts"


@pytest.mark.parametrize("name", ["PORT", "PARENT"])
def test_a_number_that_is_none_is_an_error(name: str) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        TestingOptions.take({f"TASKHUB_TESTING_{name}": "http"})


def test_settings_become_variables() -> None:
    settings = {
        "rate_limits": "on",
        "require_if_match": True,
        "limit_writes_per_user": 5,
        "cors_origins": ["http://a", "http://b"],
    }
    assert as_environment(settings) == {
        "TASKHUB_RATE_LIMITS": "on",
        "TASKHUB_REQUIRE_IF_MATCH": "true",
        "TASKHUB_LIMIT_WRITES_PER_USER": "5",
        "TASKHUB_CORS_ORIGINS": "http://a,http://b",
    }
