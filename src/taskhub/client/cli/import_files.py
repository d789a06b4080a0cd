"""What imports do, and say."""

from collections.abc import Callable, Sequence
from dataclasses import asdict

import typer

from taskhub.client.output import note, print_json, print_table
from taskhub.client.sources.importer import Imported, Importer
from taskhub.client.sources.model import Source
from taskhub.client.text import one_line
from taskhub.client.transfer.restore import Restored
from taskhub.client.workspace import opened
from taskhub.client.writer import Refusal

COUNTED = ("created", "changed", "unchanged")


def bring(workspace: str | None, project: str | None, read: Callable[[str], Source], *, dry_run: bool, json: bool) -> None:
    """Ends the command. ``read`` is given the time zone of the workspace.

    Raises:
        ClientError
    """
    with opened(workspace, project) as found:
        key = found.needed_project()
        source = read(found.get()["time_zone"])
        done = Importer(found, source, key, dry_run=dry_run).run()
    if json:
        refused = [{"where": one.operation.about, "why": one.why} for one in done.refusals]
        print_json(
            {"dry_run": dry_run, **_counts(done), "refused": refused, "left_out": [asdict(loss) for loss in source.losses]}
        )
    else:
        _tell(source, done, dry_run=dry_run)
    raise typer.Exit(1 if done.refusals else 0)


def _counts(done: Imported) -> dict[str, int]:
    return {name: done.counts[name] for name in (*COUNTED, "comments", "labels")}


def _tell(source: Source, done: Imported, *, dry_run: bool) -> None:
    for loss in source.losses:
        note(f"not taken over: {one_line(loss.where)}: {one_line(loss.what)}")
    for refusal in done.refusals:
        note(f"refused: {one_line(refusal.operation.about)}: {refusal.why}")
    counts = _counts(done)
    tasks = ", ".join(f"{counts[name]} {name}" for name in COUNTED)
    more = f"{counts['comments']} comments added; {len(done.refusals)} refused; {len(source.losses)} things not taken over"
    typer.echo(f"{'Nothing was changed. It would be: ' if dry_run else ''}tasks: {tasks}; {more}.")


def _refused(refusals: Sequence[Refusal]) -> list[dict[str, str]]:
    return [{"where": one.operation.about, "why": one.why} for one in refusals]


def tell_restored(done: Restored, *, dry_run: bool, json: bool) -> None:
    """What became of an exported workspace. Ends the command."""
    count = done.writes - len(done.refusals)
    if json:
        losses = [asdict(loss) for loss in done.losses]
        print_json({"dry_run": dry_run, "writes": count, "refused": _refused(done.refusals), "not_the_same": losses})
    elif dry_run:
        typer.echo(f"It takes {count} writes. Nothing was changed.")
    else:
        for refusal in done.refusals:
            note(f"refused: {one_line(refusal.operation.about)}: {refusal.why}")
        typer.echo(f"{count} writes were done, {len(done.refusals)} were refused. Not the same as in the file:")
        rows = [(loss.kind, loss.field, str(loss.count), loss.why) for loss in done.losses]
        print_table(("KIND", "FIELD", "COUNT", "WHY"), rows, empty="Nothing.")
    raise typer.Exit(1 if done.refusals else 0)
