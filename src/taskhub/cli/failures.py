"""How the program ends with an error."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def failures_told() -> Iterator[None]:
    """Of an error in the block one sentence goes to standard error, and the exit code is 1. A bug is shown with its traceback."""
    try:
        yield
    except Exception as error:
        from taskhub.cli.errors import explanation

        sentence = explanation(error)
        if sentence is None:
            raise
        sys.stderr.write(f"taskhub: {sentence}\n")
        sys.exit(1)
