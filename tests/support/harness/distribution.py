"""A distribution as others install it: a folder on Python's path, with what `pip` would write beside it."""

from pathlib import Path
from textwrap import dedent


def write_distribution(folder: Path, name: str, source: str, **entry_points: str) -> None:
    """Puts a distribution into a folder that is to be on the path: one file, with the underscored name, and its entry points.

    ``entry_points``: by group, with `_` for the dot: `taskhub_modules="clocks = fake_clocks:module"`.
    """
    (folder / f"{name.replace('-', '_')}.py").write_text(dedent(source), "utf-8")
    info = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", "utf-8")
    groups = (f"[{group.replace('_', '.', 1)}]\n{lines}\n" for group, lines in entry_points.items())
    (info / "entry_points.txt").write_text("\n".join(groups), "utf-8")
