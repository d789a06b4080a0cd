"""The file of a backup: a tar of the database's dump, the secret, and a note of what made it."""

import asyncio
import io
import json
import os
import shutil
import tarfile
import tempfile
from importlib.metadata import version
from pathlib import Path

from taskhub.cli.errors import CommandFailed
from taskhub.deployment import SECRET_FILE, data_dir, database
from taskhub.embedded import back_up, restore
from taskhub.kernel.infrastructure.database import Database
from taskhub.migrate import refuse_newer, revision_of
from taskhub.settings import Settings, read_settings

DUMP, NOTE = "database.dump", "backup.json"


def write_backup(target: Path) -> None:
    """Raises:
    CommandFailed
    EmbeddedPostgresError
    """
    settings = _settings_of_embedded()
    folder = data_dir(settings)
    if target.exists():
        raise CommandFailed(f"{target} exists already: choose another name.")
    if not folder.is_dir():
        raise CommandFailed(f"There is nothing to back up in {folder}: check TASKHUB_DATA_DIR.")
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as name:
        drafts = Path(name)
        back_up(folder, drafts / DUMP)
        note = {"taskhub": version("taskhub"), "revision": _revision(settings)}
        (drafts / NOTE).write_text(json.dumps(note), "utf-8")
        files = {DUMP: drafts / DUMP, NOTE: drafts / NOTE, SECRET_FILE: folder / SECRET_FILE}
        draft = drafts / target.name
        draft.touch(mode=0o600)
        with draft.open("wb") as stream:
            with tarfile.open(fileobj=stream, mode="w") as archive:
                for member, file in files.items():
                    if file.exists():
                        archive.add(file, member)
            stream.flush()
            os.fsync(stream.fileno())
        draft.rename(target)


def read_backup(source: Path, *, replace: bool) -> None:
    """Raises:
    CommandFailed
    WrongSchema: the backup was made by a newer program.
    EmbeddedPostgresError
    """
    folder = data_dir(_settings_of_embedded())
    with tempfile.TemporaryDirectory(prefix="taskhub-restore.") as name:
        files = Path(name)
        _unpack(source, files)
        refuse_newer(json.loads((files / NOTE).read_text("utf-8"))["revision"])
        restore(folder, files / DUMP, replace=replace)
        secret = files / SECRET_FILE
        if secret.exists():
            _put_in_place(secret, folder / SECRET_FILE)


def _settings_of_embedded() -> Settings:
    settings = read_settings()
    if settings.database_url is not None:
        raise CommandFailed("TASKHUB_DATABASE_URL is set: back that database up, and restore it, with pg_dump and pg_restore.")
    return settings


def _revision(settings: Settings) -> str | None:
    async def read(url: str) -> str | None:
        async with Database(url, pool_size=1).opened() as opened:
            return await revision_of(opened)

    with database(settings) as url:
        return asyncio.run(read(url))


def _unpack(source: Path, folder: Path) -> None:
    try:
        with tarfile.open(source, "r:") as archive:
            members = set(archive.getnames()) & {DUMP, NOTE, SECRET_FILE}
            for name in members:
                with archive.extractfile(name) or io.BytesIO() as content, (folder / name).open("xb") as file:
                    shutil.copyfileobj(content, file)
    except tarfile.TarError as error:
        raise CommandFailed(f"{source} was not made by `taskhub backup`, or is damaged ({error}).") from error
    if not {DUMP, NOTE} <= members:
        raise CommandFailed(f"{source} was not made by `taskhub backup`.")


def _put_in_place(secret: Path, target: Path) -> None:
    draft = target.with_suffix(".restored")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    with draft.open("wb") as stream:
        stream.write(secret.read_bytes())
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(target)
