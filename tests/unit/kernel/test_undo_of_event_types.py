"""Every type of event says how it is taken back, or why that can't be done."""

import pytest

from taskhub.kernel.application.reversal import Undoable
from taskhub.kernel.contract.access import Access
from taskhub.modules.discovery import installed_modules

MODULES = [module for module in installed_modules() if module.package.startswith("taskhub.")]
SHARED = {module.name: module for module in MODULES if module.name != "users"}
"""Those whose events stand in logs of workspaces; an account's own log is read by nobody else."""
TYPES: dict[str, Undoable | None] = {type: module.undo.get(type) for module in SHARED.values() for type in module.events}


def test_there_are_many() -> None:
    assert len(TYPES) > 25


@pytest.mark.parametrize("type", sorted(TYPES))
def test_a_type_of_event_says_whether_and_how_it_is_undone(type: str) -> None:
    undoable = TYPES[type]
    if isinstance(undoable, str):
        assert undoable.endswith("."), "a sentence that is added to the detail of the problem"
    else:
        assert isinstance(undoable, Access), "the right that its opposite takes"


def test_what_is_gone_for_good_is_not_undone() -> None:
    assert {type for type in TYPES if type.endswith(".purged")} <= {type for type, one in TYPES.items() if isinstance(one, str)}
