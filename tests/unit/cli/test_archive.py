"""The file of a backup: whatever happened to it, what comes out is what went in, or nothing."""

import io
import json
import tarfile
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskhub.cli.archive import DUMP, MANIFEST, _revisions_in, manifest, pack, unpack
from taskhub.deployment import SECRET_FILE
from taskhub.kernel.cli import CommandFailed

FILES = {DUMP: b"PGDMP" + bytes(range(256)) * 6, MANIFEST: b'{"taskhub": "0.1.0", "revision": "0006"}', SECRET_FILE: b"secret\n"}


def packed() -> bytes:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for member, content in FILES.items():
            (folder / member).write_bytes(content)
        pack(folder, folder / "backup.tar")
        return (folder / "backup.tar").read_bytes()


def unpacked(content: bytes) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as name:
        source, target = Path(name) / "backup.tar", Path(name) / "files"
        source.write_bytes(content)
        target.mkdir()
        unpack(source, target)
        return {member: (target / member).read_bytes() for member in FILES if (target / member).exists()}


def tar(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


BACKUP = packed()
LENGTH = BACKUP.rindex(b"secret\n") + len(b"secret\n")
"""Of what matters: what follows fills the last block."""


def test_what_was_packed_comes_out() -> None:
    assert unpacked(BACKUP) == FILES


@settings(deadline=None)  # Files are written: the disk's time is not ours.
@given(st.integers(0, len(BACKUP) * 8 - 1))
def test_no_flipped_bit_goes_unnoticed(bit: int) -> None:
    damaged = bytearray(BACKUP)
    damaged[bit // 8] ^= 1 << bit % 8
    with suppress(CommandFailed):
        assert unpacked(bytes(damaged)) == FILES


def test_a_flipped_bit_in_the_dump_is_told() -> None:
    damaged = bytearray(BACKUP)
    damaged[BACKUP.index(b"PGDMP") + 100] ^= 4
    with pytest.raises(CommandFailed, match="checksums"):
        unpacked(bytes(damaged))


@settings(deadline=None)
@given(st.integers(0, LENGTH - 1))
def test_no_file_that_was_cut_off_is_taken_for_whole(length: int) -> None:
    with pytest.raises(CommandFailed, match="damaged"):
        unpacked(BACKUP[:length])


def test_a_backup_from_before_there_were_checksums_is_read() -> None:
    assert unpacked(tar(FILES)) == FILES


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 10_240, b"PK\x03\x04" + bytes(600), b"buy milk\n", tar({}), tar({"x": b"y"}), tar({DUMP: b"x"})]
)
def test_another_file_is_refused(content: bytes) -> None:
    with pytest.raises(CommandFailed, match="was not made by `taskhub backup`"):
        unpacked(content)


def test_a_link_is_no_file_of_a_backup() -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name in (DUMP, MANIFEST):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(info)
    with pytest.raises(CommandFailed, match="was not made by"):
        unpacked(stream.getvalue())


@pytest.mark.parametrize("told", [b"", b"{}", b"[]", b"null", b"\xff", b"{", b'{"revisions": null}', b'{"revisions": ["0006"]}'])
def test_a_manifest_that_says_nothing_is_refused(told: bytes, tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_bytes(told)
    with pytest.raises(CommandFailed, match="damaged"):
        _revisions_in(tmp_path / MANIFEST, tmp_path)


@pytest.mark.parametrize("revisions", [{"0006"}, {"0010", "tasks_0001", "time_tracking_0003"}, set()])
def test_a_manifest_tells_the_revisions(revisions: set[str], tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text(json.dumps(manifest(revisions)))
    assert _revisions_in(tmp_path / MANIFEST, tmp_path) == revisions


def test_a_manifest_tells_whose_each_revision_is() -> None:
    assert manifest({"time_tracking_0003", "0010"})["revisions"] == {"kernel": "0010", "time_tracking": "time_tracking_0003"}


@pytest.mark.parametrize(("revisions", "refused"), [({"0010"}, "0010"), ({"0010", "tasks_0001"}, "tasks_0001"), (set(), None)])
def test_a_program_from_before_modules_had_revisions_finds_one_that_it_does_not_know(
    revisions: set[str], refused: str | None
) -> None:
    assert manifest(revisions)["revision"] == refused


@pytest.mark.parametrize(("revision", "revisions"), [("0006", {"0006"}), (None, set())])
def test_a_manifest_from_before_modules_had_revisions_tells_one(
    revision: str | None, revisions: set[str], tmp_path: Path
) -> None:
    (tmp_path / MANIFEST).write_text(json.dumps({"revision": revision}))
    assert _revisions_in(tmp_path / MANIFEST, tmp_path) == revisions
