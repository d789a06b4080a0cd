"""The file of a backup: a tar of the database's dump, the secret, a manifest, and the checksums of all of them."""

import asyncio
import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from importlib.metadata import version
from pathlib import Path

from taskhub.deployment import SECRET_FILE, data_dir, database
from taskhub.embedded import back_up, restore
from taskhub.kernel.cli import CommandFailed
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.schema.heads import refuse_newer, revision_of
from taskhub.settings import Settings, read_settings

DUMP, MANIFEST, SUMS = "database.dump", "backup.json", "SHA256SUMS"


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
        manifest = {"taskhub": version("taskhub"), "revision": _revision(settings)}
        (drafts / MANIFEST).write_text(json.dumps(manifest), "utf-8")
        if (folder / SECRET_FILE).exists():
            (drafts / SECRET_FILE).write_bytes((folder / SECRET_FILE).read_bytes())
        draft = drafts / "unfinished"
        draft.touch(mode=0o600)
        pack(drafts, draft)
        draft.rename(target)


def pack(folder: Path, target: Path) -> None:
    """Writes the files of a backup, and before them their checksums."""
    names = [name for name in (DUMP, MANIFEST, SECRET_FILE) if (folder / name).exists()]
    (folder / SUMS).write_text("".join(f"{_digest(folder / name)}  {name}\n" for name in names), "utf-8")
    with target.open("wb") as stream:
        with tarfile.open(fileobj=stream, mode="w") as archive:
            for name in (SUMS, *names):
                archive.add(folder / name, name)
        stream.flush()
        os.fsync(stream.fileno())


def read_backup(source: Path, *, replace: bool) -> None:
    """Raises:
    CommandFailed
    WrongSchema: the backup was made by a newer program.
    EmbeddedPostgresError
    """
    folder = data_dir(_settings_of_embedded())
    with tempfile.TemporaryDirectory(prefix="taskhub-restore.") as name:
        files = Path(name)
        unpack(source, files)
        refuse_newer(_revision_in(files / MANIFEST, source))
        secret = files / SECRET_FILE
        restore(folder, files / DUMP, replace=replace, files={SECRET_FILE: secret} if secret.exists() else {})


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


def unpack(source: Path, folder: Path) -> None:
    """Reads the files of a backup, and makes sure that they are as they were written. Older backups have no checksums.

    Raises:
        CommandFailed
    """
    try:
        with tarfile.open(source, "r:") as archive:
            members = {member.name: member for member in archive if member.isreg()}
            for name in members.keys() & {DUMP, MANIFEST, SECRET_FILE, SUMS}:
                content = archive.extractfile(members[name])
                assert content is not None, "a regular file has content"
                with content, (folder / name).open("xb") as file:
                    shutil.copyfileobj(content, file)
    except tarfile.TarError as error:
        raise CommandFailed(
            f"{source} was not made by `taskhub backup`, or is damaged ({error}). Nothing was changed."
        ) from error
    if SUMS in members:
        _check_sums(source, folder)
    if not {DUMP, MANIFEST} <= members.keys():
        raise CommandFailed(f"{source} was not made by `taskhub backup`, or is damaged. Nothing was changed.")


def _check_sums(source: Path, folder: Path) -> None:
    for line in (folder / SUMS).read_text("utf-8", errors="replace").splitlines():
        digest, _, name = line.partition("  ")
        file = folder / name
        if name not in (DUMP, MANIFEST, SECRET_FILE) or not file.is_file() or _digest(file) != digest:
            raise CommandFailed(f"{source} is damaged: its checksums don't match. Take another backup. Nothing was changed.")


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _revision_in(manifest: Path, source: Path) -> str | None:
    try:
        revision = json.loads(manifest.read_text("utf-8"))["revision"]
    except (ValueError, KeyError, TypeError) as error:
        raise CommandFailed(f"{source} is damaged: nothing says what made it. Nothing was changed.") from error
    return None if revision is None else str(revision)
