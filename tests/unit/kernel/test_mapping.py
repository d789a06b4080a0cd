"""One mapping serves all: commits tell by it what has changed."""

from copy import deepcopy

from taskhub.tasks.infrastructure.mappings import PROJECTS


def test_a_container_that_copies_what_it_is_given_does_not_copy_a_mapping() -> None:
    assert deepcopy(PROJECTS) is PROJECTS
