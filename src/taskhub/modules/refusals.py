"""What an operator is told of modules that don't fit: which ones, why, and which distributions to change."""

from importlib.metadata import entry_points

from taskhub.modules.entry_points import what_to_do
from taskhub.modules.errors import WrongModule
from taskhub.settings import MODULES_GROUP


def wrong_module(sentence: str, *modules: str) -> WrongModule:
    """``modules``: the names of those that it is about. Their distributions are looked up only now that something is wrong."""
    entries = (entry for module in dict.fromkeys(modules) for entry in entry_points(group=MODULES_GROUP, name=module))
    return WrongModule(f"{sentence} {what_to_do(*entries)}".rstrip())
