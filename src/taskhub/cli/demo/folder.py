"""The data folder of the demo. A file in it says that it is one, so that nothing else is ever removed."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from taskhub.deployment import data_dir
from taskhub.embedded import make_data_dir, remove
from taskhub.kernel.cli import CommandFailed
from taskhub.settings import Settings

_FILE = "demo.json"


@dataclass(frozen=True)
class Demo:
    """``password``: of all its people. ``is_complete``: whether its story was told to the end."""

    folder: Path
    password: str
    is_complete: bool


def demo_folder(settings: Settings) -> Path:
    """Beside the data folder, never within it."""
    folder = data_dir(settings)
    return folder.with_name(f"{folder.name}-demo")


def prepared_demo(folder: Path) -> Demo:
    """The demo of an earlier start, or an empty one. What was interrupted while it was made is made anew.

    Raises:
        CommandFailed: the folder is no demo's.
        EmbeddedPostgresError: the demo is being made by another process.
    """
    known = _read(folder)
    if known is not None and known.is_complete:
        return known
    if known is not None:
        remove(folder)
    demo = Demo(folder, secrets.token_urlsafe(12), is_complete=False)
    make_data_dir(folder)
    _write(demo)
    return demo


def completed(demo: Demo) -> None:
    _write(Demo(demo.folder, demo.password, is_complete=True))


def remove_demo(folder: Path) -> bool:
    """Whether there was one.

    Raises:
        CommandFailed: the folder is no demo's.
        EmbeddedPostgresError: it is used.
    """
    if _read(folder) is None:
        return False
    remove(folder)
    return True


def _read(folder: Path) -> Demo | None:
    if not folder.exists() or not any(folder.iterdir()):
        return None
    try:
        known = json.loads((folder / _FILE).read_text("utf-8"))
        return Demo(folder, known["password"], known["is_complete"])
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError):
        raise CommandFailed(f"{folder} has something else in it than a demo: move it away, or set TASKHUB_DATA_DIR.") from None


def _write(demo: Demo) -> None:
    facts = asdict(demo)
    del facts["folder"]
    draft = demo.folder / f"{_FILE}.{os.getpid()}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(facts, file)
    draft.replace(demo.folder / _FILE)
