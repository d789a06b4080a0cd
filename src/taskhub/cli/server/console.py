"""Messages of long-running commands: plain lines where people watch, else lines of the log."""

import structlog
import typer

from taskhub.kernel.logs import LogFormat, is_for_people

log = structlog.get_logger("taskhub")


def announce(format: LogFormat, sentence: str, details: str = "", **facts: object) -> None:
    """``details``: what only people want to read behind it."""
    if is_for_people(format):
        typer.echo(f"{sentence}{details}")
    else:
        log.info(sentence, **facts)
