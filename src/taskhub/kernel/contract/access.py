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

    @property
    def refuses_known_callers(self) -> bool:
        """Whether callers with a valid credential of the required scope may still be refused."""
        return False

    @property
    def in_words(self) -> str:
        """A sentence that says which role and scope a caller needs."""
        return f"API tokens need the scope `{self.scope.name.lower()}`."


@dataclass(frozen=True, slots=True)
class Public(Access):
    """Open to everyone, signed in or not."""

    @property
    def in_words(self) -> str:
        return "No authentication required."


PUBLIC = Public(Scope.READ)
