"""What a route demands of its caller."""

from dataclasses import dataclass

from taskhub.kernel.contract.caller import Scope


@dataclass(frozen=True, slots=True)
class Access:
    """The right that a route needs: a credential of this scope. Modules refine it; a route without one can't be made."""

    scope: Scope

    @property
    def refuses_known_callers(self) -> bool:
        """Whether it may be refused to a caller whose credential is good and of the scope."""
        return False

    @property
    def in_words(self) -> str:
        """What a caller needs, for the reference."""
        return f"Needs, of a token, the scope `{self.scope.name.lower()}`."


@dataclass(frozen=True, slots=True)
class Public(Access):
    """Open to everyone, signed in or not."""

    @property
    def in_words(self) -> str:
        return "Open to everyone."


PUBLIC = Public(Scope.READ)
