"""What is prepared is found again by whoever can use it, and by nobody else."""

from pathlib import Path

import pytest

from taskhub.testing import prepared_cluster


def test_each_account_prepares_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The data is readable by its owner alone, also where several accounts share a cache."""
    ours = prepared_cluster.fingerprint()
    monkeypatch.setattr(prepared_cluster, "_account", lambda: 4711)
    assert prepared_cluster.fingerprint.__wrapped__() != ours


def test_it_is_of_the_migrations_of_all_modules(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ours = prepared_cluster.fingerprint()
    revisions = list(prepared_cluster._migrations())
    assert {"users", "workspaces", "tasks"} <= {file.parents[1].name for file in revisions}
    assert prepared_cluster.fingerprint.__wrapped__() == ours
    changed = tmp_path / revisions[-1].name
    changed.write_bytes(revisions[-1].read_bytes() + b"\n")
    monkeypatch.setattr(prepared_cluster, "_migrations", lambda: iter([*revisions[:-1], changed]))
    assert prepared_cluster.fingerprint.__wrapped__() != ours


def test_what_was_taken_out_of_it_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    for name in ("1", "2"):
        (tmp_path / "base" / name).write_text("some")
    whole = prepared_cluster._contents(tmp_path)
    (tmp_path / "base" / "2").write_text("")
    emptied = prepared_cluster._contents(tmp_path)
    (tmp_path / "base" / "2").unlink()
    assert len({whole, emptied, prepared_cluster._contents(tmp_path)}) == 3
