"""Imports libraries without what a server never uses of them: that is a tenth of what a start imports.

Only for processes that are ours: elsewhere the program that TaskHub runs in may use all of it.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, cast


def import_structlog() -> None:
    """Without rich, which it would show tracebacks with: `configure_logs` says how they are shown."""
    with _absent("rich"):
        import_module("structlog")


def import_frameworks() -> None:
    """FastAPI, whose models of OpenAPI get validators when one is needed, and dependency-injector without Flask's proxies."""
    with _built_when_needed():
        import_module("fastapi")
    with _absent("werkzeug"):  # After FastAPI, which it imports as well.
        import_module("dependency_injector.containers")


@contextmanager
def _absent(name: str) -> Iterator[None]:
    """In the block importing a package fails, as if it was not installed, unless it was imported before."""
    if name in sys.modules:
        yield
        return
    modules = cast("dict[str, Any]", sys.modules)
    modules[name] = None
    try:
        yield
    finally:
        del modules[name]


@contextmanager
def _built_when_needed() -> Iterator[None]:
    """For pydantic's models that are declared in the block."""
    from pydantic import BaseModel

    BaseModel.model_config["defer_build"] = True
    try:
        yield
    finally:
        del BaseModel.model_config["defer_build"]
