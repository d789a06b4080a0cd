"""What distributions add to the application as entry points. `taskhub --help` needs this, so it imports next to nothing."""

import traceback
from collections.abc import Iterable
from importlib.metadata import Distribution, EntryPoint
from pathlib import Path
from typing import TypeVar

from taskhub.modules.errors import WrongModule

T = TypeVar("T")

_OURS = "taskhub"


def load(entry: EntryPoint, kind: type[T], called: str, expected: str) -> T:
    """The object that an entry point names. ``called`` and ``expected``: what that is, and of what kind, to an operator.

    Raises:
        WrongModule: it can't be imported, or is not of this kind.
    """
    try:
        found = entry.load()
    except (Exception, SystemExit) as error:
        raise cant_be_loaded(entry, called, reason(error)) from error
    if not isinstance(found, kind):
        seen = f"{described(entry)} is of the type {type(found).__name__}"
        raise WrongModule(f"{called} is not a {expected}: {seen}. {what_to_do(entry)}".rstrip())
    return found


def cant_be_loaded(entry: EntryPoint, called: str, reason: str) -> WrongModule:
    return WrongModule(f"{called} can't be loaded from {described(entry)}: {reason}. {what_to_do(entry)}".rstrip())


def described(entry: EntryPoint) -> str:
    """Where an entry point points to, and whose it is."""
    return f"{entry.value} of {entry.dist.name} {entry.dist.version}" if entry.dist else entry.value


def is_ours(entry: EntryPoint) -> bool:
    """Whether it is of the distribution that this program is from."""
    return entry.dist is not None and entry.dist.name == _OURS


def what_to_do(*entries: EntryPoint) -> str:
    """What an operator can do about distributions that don't fit; nothing about our own."""
    others = {entry.dist.name: entry.dist for entry in entries if entry.dist and not is_ours(entry)}
    return " ".join(_remedies(others.values()))


def _remedies(distributions: Iterable[Distribution]) -> Iterable[str]:
    names = [f"{one.name} than {one.version}" for one in distributions]
    if names:
        yield f"Install another version of {' or of '.join(names)}, or uninstall {'one of them' if len(names) > 1 else 'it'}."


def reason(error: BaseException) -> str:
    """What went wrong while something was imported, and in which line. The import system's own errors name what is missing."""
    text = str(error).rstrip(".")
    *_, last = traceback.extract_tb(error.__traceback__)
    if "importlib" in last.filename and text:
        return text
    named = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return f"{named} ({Path(last.filename).name}, line {last.lineno})"
