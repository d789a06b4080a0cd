"""Secrets are asked for, or read from standard input. They are never arguments, which others on the computer can see."""

import sys

import typer

from taskhub.client.errors import WrongUsage


def secret_from(what: str) -> str:
    """Raises:
    WrongUsage: it is empty.
    """
    text = typer.prompt(what, hide_input=True) if sys.stdin.isatty() else sys.stdin.readline()
    secret: str = text.rstrip("\r\n")
    if not secret:
        raise WrongUsage(f"{what}: there is none on standard input.")
    return secret
