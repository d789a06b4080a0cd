"""A start imports what it serves with, and nothing that some requests or some starts need: imports are nearly all of its time."""

import json
import subprocess
import sys
from functools import cache
from typing import Any

import pytest

from support.harness.waiting import PROGRAM_SECONDS

PROGRAM = """
import json, sys, types

from taskhub.cli.commands.serve import serve

sys.modules["taskhub.cli.server.run"] = types.SimpleNamespace(run=lambda **options: None)
serve()
del sys.modules["taskhub.cli.server.run"]

from taskhub.cli.server.run import import_application
import_application()

import taskhub.cli.server.worker
from taskhub.kernel.api.bodies import Body
from taskhub.kernel.api.query_params import QueryParams
from taskhub.modules.discovery import installed_modules
from pydantic import BaseModel

assert installed_modules().revisions.heads

def below(kind):
    for one in kind.__subclasses__():
        yield one
        yield from below(one)

models = [*below(Body), *below(QueryParams)]
built = [one.__name__ for one in models if one.__pydantic_complete__]
openapi = [one for one in below(BaseModel) if one.__module__ == "fastapi.openapi.models"]
print(json.dumps({
    "modules": [*sys.modules],
    "models": len(models),
    "built": built,
    "openapi": [one.__name__ for one in openapi],
    "built_openapi": [one.__name__ for one in openapi if one.__pydantic_complete__],
    "deferred": BaseModel.model_config.get("defer_build", False),
}))
"""
UNUSED = ("alembic", "cryptography", "httpcore2", "httpx2", "jwt", "mako", "pygments", "pytest", "rich", "werkzeug")


@cache
def start() -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(
        subprocess.check_output([sys.executable, "-c", PROGRAM], text=True, timeout=PROGRAM_SECONDS)
    )
    return answer


@pytest.mark.parametrize("package", UNUSED)
def test_a_start_imports_no(package: str) -> None:
    assert [name for name in start()["modules"] if name.split(".")[0] == package] == []


def test_a_start_imports_of_the_client_only_what_help_needs() -> None:
    assert "taskhub.client.connection" not in start()["modules"]


def test_a_start_makes_no_validators_of_bodies_and_queries() -> None:
    """They are made when the first request needs them."""
    assert start()["models"]
    assert start()["built"] == []


def test_a_start_makes_no_validator_of_an_openapi_document() -> None:
    assert "OpenAPI" in start()["openapi"]
    assert "OpenAPI" not in start()["built_openapi"]


def test_models_of_modules_are_made_as_they_say() -> None:
    assert start()["deferred"] is False


def test_what_a_start_left_out_can_be_imported_later() -> None:
    program = f"{PROGRAM}\nimport rich, werkzeug\nfrom fastapi.openapi.models import OpenAPI\n"
    program += 'assert OpenAPI(openapi="3.1.0", info={"title": "A", "version": "1"}).info.title == "A"'
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, timeout=PROGRAM_SECONDS)


def test_what_was_imported_before_a_start_stays() -> None:
    program = "import rich\nfrom taskhub.cli.server.libraries import import_structlog\nimport_structlog()\n"
    program += "import sys\nassert sys.modules['rich'] is rich"
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, timeout=PROGRAM_SECONDS)
