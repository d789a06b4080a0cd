"""Runs other programs in a minimal environment."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_INHERITED = ("PATH", "SYSTEMROOT", "TEMP", "TMP")

Completed = subprocess.CompletedProcess[str]


def environment(**settings: str) -> dict[str, str]:
    """Environment variables without our secrets, and without the PG… variables that would redirect PostgreSQL's programs."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {**inherited, "LC_ALL": "C", "TZ": "UTC", **settings}


def run(command: Sequence[str | Path], settings: Mapping[str, str] | None = None, **options: Any) -> Completed:
    """Run a program to its end, without a shell, and without a check of its exit code. `options` are those of `subprocess`.

    Raises OSError when it can't be executed.
    """
    arguments = [str(part) for part in command]
    defaults: dict[str, Any] = {"input": "", "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": os.sep}
    defaults |= {"env": environment(**(settings or {})), "text": True, "errors": "replace", "check": False}
    done: Completed = subprocess.run(arguments, **(defaults | options))  # noqa: PLW1510, S603  # Callers name it.
    return done
