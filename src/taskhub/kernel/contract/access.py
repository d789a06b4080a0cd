"""What a route demands of its caller."""

from dataclasses import dataclass

from taskhub.kernel.contract.caller import Scope


@dataclass(frozen=True, slots=True)
class Access:
    """The right that a route needs: a credential of this scope. Modules refine it; a route without one can't be made."""

    scope: Scope


@dataclass(frozen=True, slots=True)
class Public(Access):
    """Open to everyone, signed in or not."""


PUBLIC = Public(Scope.READ)
