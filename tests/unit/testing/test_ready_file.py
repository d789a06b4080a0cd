"""Where a server writes its secret: a file of its owner alone, whatever stood there before."""

import stat
from pathlib import Path

from taskhub.cli.server.serve_testing import write_ready_file


def test_what_stood_there_is_replaced_and_not_written_through(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("of somebody else")
    ready = tmp_path / "ready.json"
    ready.symlink_to(elsewhere)
    write_ready_file(ready, "secret")
    assert elsewhere.read_text() == "of somebody else"
    assert (ready.read_text(), ready.is_symlink(), stat.S_IMODE(ready.stat().st_mode)) == ("secret", False, 0o600)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["elsewhere", "ready.json"]


def test_an_open_file_is_closed_to_others(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    ready.touch(mode=0o644)
    write_ready_file(ready, "secret")
    assert stat.S_IMODE(ready.stat().st_mode) == 0o600
