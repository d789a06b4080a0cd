"""Messages of long-running commands: a plain line on a terminal, else a line of the log."""

import sys

import structlog
import typer

log = structlog.get_logger("taskhub")


def announce(sentence: str, **facts: object) -> None:
    if sys.stdout.isatty():
        typer.echo(sentence)
    else:
        log.info(sentence, **facts)
