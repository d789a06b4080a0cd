"""Which processes are taken for the server's: being wrong means to signal a stranger."""

import pytest

from taskhub.embedded.processes import is_child, is_postmaster

MARKER = "taskhub-fe00-9840b2"
POSTMASTER = f"/a b/bin/postgres -c cluster_name={MARKER} -c port=5432"


def test_the_postmaster_is_the_program_started_with_the_marker() -> None:
    assert is_postmaster(POSTMASTER, MARKER)
    assert not is_child(POSTMASTER, MARKER)


def test_a_child_is_known_by_its_title() -> None:
    title = f"postgres: {MARKER}: taskhub taskhub [local] SELECT"

    assert is_child(title, MARKER)
    assert not is_postmaster(title, MARKER)


@pytest.mark.parametrize(
    "stranger",
    [
        POSTMASTER.replace(MARKER, MARKER + "0"),
        f"postgres: {MARKER}0: checkpointer",
        f"/bin/pg_ctl start --options=-c cluster_name={MARKER}",
        f"grep postgres: {MARKER}:",
        f"vim {MARKER}",
        "postgres: checkpointer",
        "",
    ],
)
def test_others_are_strangers(stranger: str) -> None:
    assert not is_child(stranger, MARKER)
    assert not is_postmaster(stranger, MARKER)
