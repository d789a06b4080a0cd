"""The file of a backup: a tar of the database's dump, the secret, a manifest, and the checksums of all of them."""

import asyncio
import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Set
from importlib.metadata import version
from pathlib import Path
from typing import Any

from taskhub.deployment import SECRET_FILE, data_dir, database
from taskhub.embedded import back_up, restore
from taskhub.kernel.cli import CommandFailed
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.modules.discovery import installed_modules
from taskhub.schema.heads import SchemaState, read_revisions
from taskhub.schema.revisions import KERNEL, branch_of
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
        (drafts / MANIFEST).write_text(json.dumps(manifest(_revisions(settings))), "utf-8")
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


def read_backup(source: Path, *, replace: bool) -> SchemaState:
    """Returns what the backup has in comparison with this installation.

    Raises:
        CommandFailed
        WrongModule
        WrongSchema: the backup was made by a newer program, or with a newer version of a module.
        EmbeddedPostgresError
    """
    folder = data_dir(_settings_of_embedded())
    with tempfile.TemporaryDirectory(prefix="taskhub-restore.") as name:
        files = Path(name)
        unpack(source, files)
        state = SchemaState.of(_revisions_in(files / MANIFEST, source), installed_modules().revisions)
        state.refuse_newer()
        secret = files / SECRET_FILE
        restore(folder, files / DUMP, replace=replace, files={SECRET_FILE: secret} if secret.exists() else {})
    return state


def _settings_of_embedded() -> Settings:
    settings = read_settings()
    if settings.database_url is not None:
        raise CommandFailed("TASKHUB_DATABASE_URL is set: back that database up, and restore it, with pg_dump and pg_restore.")
    return settings


def manifest(revisions: Set[str]) -> dict[str, Any]:
    """What a backup tells of itself. ``revisions``: those of the schema."""
    by_branch = {branch_of(revision) or KERNEL: revision for revision in sorted(revisions)}
    # A program from before modules had revisions looks at one of them, and refuses what it does not know.
    return {"taskhub": version("taskhub"), "revision": next(reversed(by_branch.values()), None), "revisions": by_branch}


def _revisions(settings: Settings) -> Set[str]:
    async def read(url: str) -> Set[str]:
        async with Database(url, pool_size=1).opened() as opened:
            return await read_revisions(opened)

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


def _revisions_in(manifest: Path, source: Path) -> Set[str]:
    try:
        told = json.loads(manifest.read_text("utf-8"))
        # Backups from before modules had revisions of their own tell one.
        revisions = told["revisions"].values() if "revisions" in told else [told["revision"]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CommandFailed(f"{source} is damaged: nothing says what made it. Nothing was changed.") from error
    return {str(revision) for revision in revisions if revision is not None}
