"""A file of an export is complete, or it is not taken."""

import json
from pathlib import Path

import pytest

from taskhub.client.errors import ClientError
from taskhub.client.transfer.file import read, written

HEAD = {"format": "taskhub-export", "version": 1}
LABEL = {"id": "1", "name": "Grüße", "color": "#808080"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "room.jsonl"
    with written(file) as (write, _):
        write("export", HEAD)
        write("workspace", {"id": "w"})
        write("label", LABEL)
        write("change", {"seq": 1})
        write("something new", {})
    return file


def test_what_was_written_is_read(file: Path) -> None:
    snapshot, changes = read(file)
    assert (snapshot.workspace, snapshot.all("label"), changes) == ({"id": "w"}, [LABEL], 1)
    assert [*file.parent.iterdir()] == [file]


@pytest.mark.parametrize("line", range(1, 6))
def test_a_line_that_is_missing_is_noticed(file: Path, line: int) -> None:
    lines = file.read_text("utf-8").splitlines(keepends=True)
    file.write_text("".join(lines[:line] + lines[line + 1 :]), "utf-8")
    with pytest.raises(ClientError, match="is not complete"):
        read(file)


@pytest.mark.parametrize("text", ["", "{}", "\n", "[1]\n", '{"kind": "export", "value": {}}\n'])
def test_another_file_is_none(file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(ClientError, match="is no export of TaskHub"):
        read(file)


def test_a_file_that_is_no_text_is_none(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ClientError, match="is no export of TaskHub"):
        read(file)


def test_another_format_is_told(file: Path) -> None:
    file.write_text(json.dumps({"kind": "export", "value": {**HEAD, "version": 2}}) + "\n")
    with pytest.raises(ClientError, match="another version of TaskHub: it has the format 2"):
        read(file)


def test_nothing_is_left_of_a_file_that_was_not_finished(tmp_path: Path) -> None:
    with pytest.raises(TypeError), written(tmp_path / "room.jsonl") as (write, _):
        write("export", object())
    assert [*tmp_path.iterdir()] == []


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ClientError, match="can't be written"), written(tmp_path / "nowhere" / "room.jsonl"):
        raise AssertionError
