"""What a route demands of its caller."""

from dataclasses import dataclass
from typing import ClassVar

from taskhub.kernel.contract.caller import Scope


@dataclass(frozen=True, slots=True)
class Access:
    """The right that a route needs: a credential of this scope. Modules refine it; a route without one can't be made.

    Attributes:
        stream_parameter: the parameter of the path that names the stream which a route reads or changes; None where that is the
            caller's own.
    """

    stream_parameter: ClassVar[str | None] = None

    scope: Scope


@dataclass(frozen=True, slots=True)
class Public(Access):
    """Open to everyone, signed in or not."""


PUBLIC = Public(Scope.READ)
