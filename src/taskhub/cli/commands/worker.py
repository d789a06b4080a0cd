"""`taskhub worker`"""


def worker() -> None:
    """Run the background work without an API: subscribers to events, and purges of expired data.

    \b
    Example:
        TASKHUB_DATABASE_URL=postgresql://... TASKHUB_SECRET_KEY=... taskhub worker

    `taskhub serve` does this work too; a worker does it where no process serves. Any number may run at once. On SIGTERM it stops
    at once: what it was doing is rolled back, and another process does it. It may be killed at any time.
    """
    from taskhub.cli.server.worker import run

    run()
