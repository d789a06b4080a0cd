"""A start imports what it serves with, and nothing that some requests or some starts need: imports are nearly all of its time."""

import json
import subprocess
import sys
from functools import cache

import pytest

from support.harness.waiting import PROGRAM_SECONDS

PROGRAM = """
import json, sys

import taskhub.cli.server.worker
from taskhub.cli.server.run import import_application
from taskhub.kernel.api.bodies import Body
from taskhub.kernel.api.query_params import QueryParams
from taskhub.modules.discovery import installed_modules

import_application()
assert installed_modules().revisions.heads

def below(kind):
    for one in kind.__subclasses__():
        yield one
        yield from below(one)

models = [*below(Body), *below(QueryParams)]
built = [one.__name__ for one in models if one.__pydantic_complete__]
print(json.dumps({"modules": [*sys.modules], "models": len(models), "built": built}))
"""
UNUSED = ("alembic", "cryptography", "httpcore2", "httpx2", "jwt", "mako", "pytest")


@cache
def start() -> dict[str, list[str]]:
    answer: dict[str, list[str]] = json.loads(
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
