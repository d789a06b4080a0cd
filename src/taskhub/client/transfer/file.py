"""The file of an export: JSON Lines, each with a kind and a value. The first says what it is, the last that it is complete."""

import json
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from taskhub.client.errors import ClientError
from taskhub.client.transfer.snapshot import KINDS, Snapshot, Thing

FORMAT, VERSION = "taskhub-export", 1
Write = Callable[[str, Any], None]


@contextmanager
def written(target: Path) -> Iterator[tuple[Write, Counter[str]]]:
    """A function that writes a line, and how many lines of each kind there are. The file is there when all of it is.

    Raises:
        ClientError
    """
    if target.exists():
        raise ClientError(f"{target} exists already: choose another name.")
    counts: Counter[str] = Counter()
    draft: Path | None = None

    def write(kind: str, value: Any) -> None:
        counts[kind] += 1
        stream.write(json.dumps({"kind": kind, "value": value}, ensure_ascii=False, separators=(",", ":")) + "\n")

    try:
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")  # Nobody else can read it.
        draft = Path(name)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as stream:
            yield write, counts
            write("end", dict(counts))
        draft.rename(target)
    except OSError as error:
        raise ClientError(f"{target} can't be written: {error.strerror}.") from None
    finally:
        if draft is not None:
            draft.unlink(missing_ok=True)


def read(source: Path) -> tuple[Snapshot, int]:
    """What was exported, and how many changes of its history are in the file.

    Raises:
        ClientError: it is no export, or not all of one.
    """
    snapshot, counts = Snapshot(), Counter[str]()
    is_complete = False
    try:
        with source.open(encoding="utf-8") as stream:
            _check_head(stream, source)
            counts["export"] = 1
            for line in stream:
                kind, value = _line(line, source)
                if kind == "end":
                    is_complete = value == dict(counts)
                counts[kind] += 1
                _take(snapshot, kind, value)
    except OSError as error:
        raise ClientError(f"{source} can't be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise ClientError(f"{source} is no export of TaskHub.") from None
    if not is_complete:
        raise ClientError(f"{source} is not complete: export the workspace again.")
    return snapshot, counts["change"]


def _check_head(stream: TextIO, source: Path) -> None:
    kind, head = _line(stream.readline(), source)
    if kind != "export" or not isinstance(head, dict) or head.get("format") != FORMAT:
        raise ClientError(f"{source} is no export of TaskHub.")
    if head.get("version") != VERSION:
        raise ClientError(f"{source} was written by another version of TaskHub: it has the format {head.get('version')}.")


def _line(line: str, source: Path) -> tuple[str, Any]:
    try:
        parsed = json.loads(line)
        return parsed["kind"], parsed["value"]
    except (ValueError, KeyError, TypeError):
        raise ClientError(f"{source} is no export of TaskHub, or was changed: there is a line that can't be read.") from None


def _take(snapshot: Snapshot, kind: str, value: Thing) -> None:
    if kind == "workspace":
        snapshot.workspace = value
    elif kind in KINDS:
        snapshot.add(kind, value)
