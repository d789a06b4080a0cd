"""`taskhub import workspace`: an export into an empty workspace."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from taskhub.client.errors import ClientError
from taskhub.client.output import Progress
from taskhub.client.transfer.file import read as read_file
from taskhub.client.transfer.history import beginning
from taskhub.client.transfer.plan import Plan
from taskhub.client.transfer.report import Loss, losses
from taskhub.client.transfer.snapshot import Snapshot
from taskhub.client.transfer.snapshot import read as read_workspace
from taskhub.client.workspace import Workspace
from taskhub.client.writer import Refusal, write

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Restored:
    """``writes``: how many were needed; ``losses`` are empty for a preview, which writes nothing."""

    writes: int
    refusals: list[Refusal]
    losses: list[Loss]


def restore(workspace: Workspace, source: Path, now: datetime, *, dry_run: bool) -> Restored:
    """Makes the workspace what the file says. Run again, it does what is left to do.

    Raises:
        ClientError: the workspace has things that are not in the file, or the file is none.
    """
    exported, changes = read_file(source)
    plan = Plan(exported, _as_it_is(workspace, now))
    if foreign := plan.foreign():
        shown = ", ".join(foreign[:SHOWN]) + ("" if len(foreign) <= SHOWN else f" and {len(foreign) - SHOWN} more")
        raise ClientError(f"The workspace is not empty: it has {shown}. Make a new one with `taskhub workspaces add`.")
    operations = plan.operations()
    if dry_run:
        return Restored(len(operations), [], [])
    _set_time_zone(workspace, exported.workspace["time_zone"])
    progress = Progress("writes", len(operations))
    _, refusals = write(workspace, operations, progress.add)
    progress.end()
    there = _as_it_is(workspace, now)
    return Restored(len(operations), refusals, [*losses(exported, there, plan.people, changes)])


def _as_it_is(workspace: Workspace, now: datetime) -> Snapshot:
    return read_workspace(workspace, beginning(workspace, now), lambda _: None)


def _set_time_zone(workspace: Workspace, time_zone: str) -> None:
    held = workspace.get()
    if held["time_zone"] != time_zone:
        workspace.send("PATCH", "", {"time_zone": time_zone}, version=held["version"])
