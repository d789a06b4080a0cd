"""`taskhub worker`"""


def worker() -> None:
    """Do the background work alone: react to events, purge what is over.

    \b
    Example:
        TASKHUB_DATABASE_URL=postgresql://... TASKHUB_SECRET_KEY=... taskhub worker

    `taskhub serve` does the same beside its requests; a worker goes on where nothing is served. Any number may run at once. On
    SIGTERM it leaves at once: what it was doing is undone and taken up by another. Safe to kill in any way.
    """
    from taskhub.cli.server.worker import run

    run()
