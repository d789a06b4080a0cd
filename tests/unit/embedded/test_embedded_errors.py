"""Messages of the embedded server say what was tried, what was said and what to do."""

import errno

import pytest

from taskhub.embedded.errors import EmbeddedPostgresError, advice_on, failure, os_errors_explained, since_start


def test_a_message_has_attempt_words_and_advice() -> None:
    error = failure("It did not start.", said="FATAL:  could not write: No space left on device\n")

    assert str(error).splitlines() == [
        "It did not start.",
        "It said:",
        "  FATAL:  could not write: No space left on device",
        "Free space on the volume of the data folder, then start again.",
    ]


def test_unknown_words_still_get_advice() -> None:
    assert "TASKHUB_DATABASE_URL" in advice_on("something new")


def test_errors_of_the_system_are_explained() -> None:
    words = "(?s)It did not start.*Read-only.*/srv/x.*another data folder"
    with pytest.raises(EmbeddedPostgresError, match=words), os_errors_explained("It did not start."):
        raise OSError(errno.EROFS, "Read-only file system", "/srv/x")


def test_a_log_is_quoted_from_the_latest_start_on() -> None:
    first, second = "1 LOG:  starting PostgreSQL 18\n1 FATAL:  full\n", "2 LOG:  starting PostgreSQL 18\n2 FATAL:  locked\n"

    assert since_start(first + second) == second
    assert since_start("FATAL:  bad setting\n") == "FATAL:  bad setting\n"
