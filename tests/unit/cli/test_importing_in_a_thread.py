"""A module is imported in another thread while the block does something else, and its failure is told to whoever waits for it."""

import sys
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path

import pytest

from taskhub.cli.server.done_in_thread import done_in_thread

NAME = "slow_to_import"
MAY_GO_ON = threading.Event()
"""Waited for by the module that is imported."""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(tmp_path)
    MAY_GO_ON.clear()
    monkeypatch.setitem(sys.modules, "slow_to_import_gate", sys.modules[__name__])
    yield tmp_path / f"{NAME}.py"
    sys.modules.pop(NAME, None)


def test_the_block_goes_on_while_the_module_is_imported(module: Path) -> None:
    module.write_text("import slow_to_import_gate\nassert slow_to_import_gate.MAY_GO_ON.wait(30)\nIS_READY = True\n")
    with done_in_thread(lambda: import_module(NAME)) as wait_for_import:
        MAY_GO_ON.set()
        wait_for_import()
        assert sys.modules[NAME].IS_READY


def test_what_can_not_be_imported_is_told_where_it_is_waited_for(module: Path) -> None:
    module.write_text("raise ValueError('no')\n")
    with done_in_thread(lambda: import_module(NAME)) as wait_for_import, pytest.raises(ValueError, match="no"):
        wait_for_import()


def test_a_block_that_fails_before_it_waits_tells_its_own_failure(module: Path) -> None:
    module.write_text("raise ValueError('no')\n")
    with pytest.raises(KeyError), done_in_thread(lambda: import_module(NAME)):
        raise KeyError


@pytest.mark.parametrize("error", [None, KeyError])
def test_threads_take_turns_more_often_while_it_is_done_and_not_after(error: type[Exception] | None) -> None:
    usual = sys.getswitchinterval()
    with nullcontext() if error is None else pytest.raises(error), done_in_thread(lambda: None):
        assert sys.getswitchinterval() < usual
        if error is not None:
            raise error
    assert sys.getswitchinterval() == usual
