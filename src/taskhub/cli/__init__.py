"""The command line."""

from taskhub.cli.main import main

__all__ = ["main"]
