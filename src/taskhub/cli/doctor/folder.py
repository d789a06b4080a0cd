"""What can be seen without the database: the secret, and the room on the disk."""

import shutil
import sys
from pathlib import Path

from taskhub.cli.doctor.findings import Finding, fail, ok, warn
from taskhub.deployment import SECRET_FILE, data_dir
from taskhub.settings import Settings

FEW_BYTES, VERY_FEW_BYTES = 2_000_000_000, 200_000_000
FEWEST_KINDS = 12
"""Of characters: 32 random hexadecimal digits have 14 different ones or so, a phrase typed twice fewer."""


def secret(settings: Settings) -> Finding:
    if settings.secret_key is not None:
        return _configured(settings)
    if settings.database_url is not None:
        return fail("secret", "TASKHUB_SECRET_KEY is required with TASKHUB_DATABASE_URL; `taskhub secret rotate` makes one.")
    file = data_dir(settings) / SECRET_FILE
    if not file.exists():
        return ok("secret", "will be made at the first start")
    if sys.platform != "win32" and file.stat().st_mode & 0o077:
        return fail("secret", f"others may read {file}, and sign in as anyone: chmod 600 it, then `taskhub secret rotate` twice.")
    return ok("secret", f"in {file}")


def _configured(settings: Settings) -> Finding:
    assert settings.secret_key is not None
    if len(set(settings.secret_key.get_secret_value())) < FEWEST_KINDS:
        return warn("secret", "TASKHUB_SECRET_KEY does not look random: replace it, `taskhub secret rotate` says how.")
    if settings.secret_key_previous is not None:
        return warn("secret", "TASKHUB_SECRET_KEY_PREVIOUS still counts: unset it after 30 days, at once if it leaked.")
    return ok("secret", "from TASKHUB_SECRET_KEY")


def disk_space(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    text = f"{free / 1e9:.1f} GB free at {folder}"
    if free < VERY_FEW_BYTES:
        return fail("disk", f"{text}: make room, writes are about to fail.")
    return warn("disk", f"{text}: make room soon.") if free < FEW_BYTES else ok("disk", text)
