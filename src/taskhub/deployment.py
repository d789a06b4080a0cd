"""Database and secret keys of a deployment. Without any configuration: an embedded PostgreSQL and a generated secret."""

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from taskhub.embedded import EmbeddedPostgres, tool
from taskhub.settings import Settings, WrongSettings

SECRET_FILE = "secret.key"  # noqa: S105  # The name of a file, not what is in it.


@dataclass(frozen=True, slots=True)
class Deployment:
    """What the application gets from its environment. The first secret key signs, all of them verify."""

    database_url: str
    secret_keys: tuple[bytes, ...]
    is_embedded: bool


@contextmanager
def deployment(settings: Settings) -> Iterator[Deployment]:
    """The database and the secrets of these settings, for as long as the block lasts.

    Raises:
        WrongSettings
        EmbeddedPostgresError
    """
    if settings.database_url is not None and settings.secret_key is None:
        raise WrongSettings("TASKHUB_SECRET_KEY is required with TASKHUB_DATABASE_URL; `taskhub secret rotate` makes one.")
    with database(settings) as url:
        yield Deployment(url, secret_keys(settings), is_embedded=settings.database_url is None)


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """The URL of the database, which is started if it is the embedded one.

    Raises:
        EmbeddedPostgresError
    """
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
        return
    tool("postgres")  # Where it is missing, as in the image, this fails before anything is created.
    with EmbeddedPostgres(data_dir(settings)).running() as address:
        yield address.url()


def data_dir(settings: Settings) -> Path:
    """The folder of the embedded database and the generated secret."""
    return (settings.data_dir or user_data_path("taskhub", appauthor=False)).expanduser()


def secret_keys(settings: Settings) -> tuple[bytes, ...]:
    if settings.secret_key is None:
        return generated_secrets(data_dir(settings))
    keys = (settings.secret_key, settings.secret_key_previous)
    return tuple(key.get_secret_value().encode() for key in keys if key is not None)


def generated_secrets(folder: Path) -> tuple[bytes, ...]:
    """The generated secrets of a data folder, the newest first. Generated on first use, readable by the owner only."""
    file = folder / SECRET_FILE
    if not file.exists():
        # A link is atomic and never replaces a file: two first starts at once agree on one secret.
        draft = _write_key_file(folder, new_secret())
        with suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
    return tuple(file.read_bytes().split())


def rotate_generated_secret(folder: Path) -> None:
    """Adds a new secret before the current one, which still verifies what it has signed. Older ones are dropped."""
    current = generated_secrets(folder)[0]
    _write_key_file(folder, new_secret(), current.decode()).replace(folder / SECRET_FILE)


def _write_key_file(folder: Path, *keys: str) -> Path:
    descriptor, name = tempfile.mkstemp(prefix=f"{SECRET_FILE}.", dir=folder)
    with os.fdopen(descriptor, "w") as stream:
        stream.write("".join(f"{key}\n" for key in keys))
        stream.flush()
        os.fsync(descriptor)
    return Path(name)


def new_secret() -> str:
    """256 random bits, as text."""
    return secrets.token_urlsafe(32)
