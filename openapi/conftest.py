"""The tools that read the document, and a service for the clients that they make."""

import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from openapi.document import current_document
from support.harness.program import Installation

FOLDER = Path(__file__).parent
TOOLS = FOLDER.parent / ".venv" / "openapi" / "bin"
BUILD = FOLDER / "build"

Run = Callable[..., str]


@pytest.fixture(scope="session")
def run() -> Run:
    """Runs a tool in this folder. What it says stands in the failure where it does not succeed."""
    path = os.pathsep.join([str(FOLDER / "node_modules" / ".bin"), str(TOOLS), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}

    def run(*command: str | Path) -> str:
        done = subprocess.run(
            [*map(str, command)],
            cwd=FOLDER,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        assert done.returncode == 0, f"{command[0]} ended with {done.returncode}:\n{done.stdout}"
        return done.stdout

    return run


@pytest.fixture(scope="session")
def document() -> Path:
    """The document as it is now."""
    BUILD.mkdir(exist_ok=True)
    path = BUILD / "openapi.json"
    path.write_text(json.dumps(current_document()), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def service_url() -> Iterator[str]:
    """A service with a database of its own."""
    with tempfile.TemporaryDirectory(prefix="taskhub-openapi-") as folder:
        Path(folder).chmod(0o711)  # As root the database runs under another account, which has to reach its data here.
        with Installation(Path(folder)).serving() as served:
            yield served.url
