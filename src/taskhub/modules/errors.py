"""What stops the start."""


class WrongModule(Exception):
    """A module can't be used, or two don't fit together; the message names them and says why."""
