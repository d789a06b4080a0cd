"""`taskhub export`: a workspace as a file."""

import json
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from taskhub.client.output import Progress
from taskhub.client.transfer.file import FORMAT, VERSION, written
from taskhub.client.transfer.history import START, beginning
from taskhub.client.transfer.snapshot import KINDS, read
from taskhub.client.workspace import Workspace


def export(workspace: Workspace, target: Path, now: datetime) -> tuple[dict[str, int], list[str]]:
    """Returns how many things of each kind are in the file, and a sentence for each thing that could not be had.

    Raises:
        ClientError
    """
    since = beginning(workspace, now)
    progress = Progress("changes")
    with written(target) as (write, counts), tempfile.TemporaryFile("w+", encoding="utf-8") as history:
        last: dict[str, Any] = {}

        def keep(change: dict[str, Any]) -> None:
            history.write(json.dumps(change, ensure_ascii=False) + "\n")
            last.update(seq=change["seq"])
            progress.add()

        snapshot = read(workspace, since, keep)
        progress.end()
        service = workspace.connection.get("")
        write(
            "export",
            {
                "format": FORMAT,
                "version": VERSION,
                "service": {"url": workspace.connection.url, "version": service["version"]},
                "exported_at": now.isoformat(),
                "seq": last.get("seq"),
                "history_from": since,
                "unreadable": snapshot.unreadable,
            },
        )
        write("workspace", snapshot.workspace)
        for kind in KINDS:
            for thing in snapshot.all(kind):
                write(kind, thing)
        history.seek(0)
        for line in history:
            write("change", json.loads(line))
        done = dict(counts)
    lacks = [f"Your role or token does not show the {kind}." for kind in snapshot.unreadable]
    if since != START:
        lacks.append(f"The service does not keep the history before {since}. Comments on tasks in the trash may be missing.")
    return done, lacks
