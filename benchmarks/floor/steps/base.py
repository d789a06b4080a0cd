"""What the parts of the first floor stand on."""

from typing import Any


class Part:
    def __init__(self, pool: Any) -> None:
        self.pool = pool
