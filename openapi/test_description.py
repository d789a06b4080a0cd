"""The OpenAPI document as linters, generators of clients and the clients of the last release see it: ``make check-openapi``.

Tools leave what they make under ``build``.
"""

import json
import shutil
from pathlib import Path
from uuid import uuid4

import pytest

from openapi.conftest import BUILD, FOLDER, TOOLS, Run
from openapi.document import NOT_BREAKING, RELEASED

DAYS_FROM_DEPRECATION_TO_SUNSET = 365
"""As docs/api.md promises."""


def arguments(service_url: str) -> tuple[str, str]:
    """Where a client finds the service, and as whom it registers."""
    return service_url, f"{uuid4().hex}@example.com"


def test_redocly_has_nothing_to_say(run: Run, document: Path) -> None:
    assert "warning" not in run("redocly", "lint", "--config", "redocly.yaml", document)


def test_spectral_has_nothing_to_say(run: Run, document: Path) -> None:
    run("spectral", "lint", "--ruleset", "spectral.yaml", "--fail-severity", "warn", "--quiet", document)


def test_typescript_clients_type_check_and_work(run: Run, document: Path, service_url: str) -> None:
    """By the defaults of openapi-typescript, and of @hey-api/openapi-ts."""
    run("openapi-typescript", document, "--output", BUILD / "openapi-typescript" / "schema.d.ts")
    run("openapi-ts", "--input", document, "--output", BUILD / "hey-api", "--client", "@hey-api/client-fetch", "--no-log-file")
    run("tsc")
    for client in ("openapi_fetch", "hey_api"):
        run("node", BUILD / "javascript" / "clients" / f"{client}.js", *arguments(service_url))


def test_a_python_client_type_checks_and_works(run: Run, document: Path, service_url: str) -> None:
    """By openapi-python-client."""
    folder = BUILD / "taskhub_client"
    shutil.rmtree(folder, ignore_errors=True)
    run("openapi-python-client", "generate", "--path", document, "--meta", "none", "--output-path", folder, "--fail-on-warning")
    script = FOLDER / "clients" / "openapi_python_client.py"
    run("mypy", "--python-executable", TOOLS / "python", "--config-file", "mypy.ini", folder, script)
    run("env", f"PYTHONPATH={BUILD}", TOOLS / "python", script, *arguments(service_url))


def test_what_would_break_a_client_is_seen(run: Run, document: Path) -> None:
    changed = json.loads(document.read_text(encoding="utf-8"))
    del changed["components"]["schemas"]["Task"]["properties"]["title"]
    broken = document.with_name("broken.json")
    broken.write_text(json.dumps(changed), encoding="utf-8")

    with pytest.raises(AssertionError, match="response-required-property-removed"):
        run("oasdiff", "breaking", "--fail-on", "WARN", document, broken)


def test_nothing_breaks_a_client_of_the_last_release(run: Run, document: Path) -> None:
    known = ("--deprecation-days-stable", str(DAYS_FROM_DEPRECATION_TO_SUNSET))
    told = ("--err-ignore", NOT_BREAKING, "--warn-ignore", NOT_BREAKING)
    run("oasdiff", "breaking", "--fail-on", "WARN", *known, *told, RELEASED, document)
