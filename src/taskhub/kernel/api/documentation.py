"""What a module says about itself to those who read the reference: tags, words, and advice for its error codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Word:
    """The meaning of a member or parameter, and a typical value. Without one (``...``) the value is made of its members'."""

    meaning: str
    example: Any = ...

    def on_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The keywords that tell it in a schema."""
        examples = {} if self.example is ... or "examples" in schema else {"examples": [self.example]}
        return {"description": self.meaning, **examples}


@dataclass(frozen=True, slots=True)
class Advice:
    """What a problem means, and what to do about it, in words for people."""

    meaning: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Documentation:
    """What the reference says of a module beyond what its routes declare.

    Attributes:
        tags: the groups of its operations with their descriptions, in the order in which the reference shows them.
        words: by the name of a member or parameter, ``name``; or as it is meant in one schema or operation, ``owner.name``.
        advice: by error code, for each that the module declares.
        fault_codes: the codes that its faults have in ``errors``, with their meanings.
        schemas: the name of a view's schema, by the view's, where that tells more than a client needs.
        refusals: error codes that operations of other modules (by operation id) get through a port of this one.
    """

    tags: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Word] = field(default_factory=dict)
    advice: Mapping[str, Advice] = field(default_factory=dict)
    fault_codes: Mapping[str, str] = field(default_factory=dict)
    schemas: Mapping[str, str] = field(default_factory=dict)
    refusals: Mapping[str, Sequence[str]] = field(default_factory=dict)
