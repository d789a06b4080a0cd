"""What a module adds to the reference beside its routes: tags, descriptions of fields, and advice for its error codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Word:
    """A description and an example. ``...``: the example is made from the examples of the fields inside."""

    meaning: str
    example: Any = ...

    def on_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Its keywords in a JSON Schema."""
        examples = {} if self.example is ... or "examples" in schema else {"examples": [self.example]}
        return {"description": self.meaning, **examples}


@dataclass(frozen=True, slots=True)
class Advice:
    """What a problem means and what to do about it: the text of its page."""

    meaning: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Documentation:
    """What the reference says about a module, in addition to what its routes declare.

    Attributes:
        tags: the tags of its operations in their order, each with its description.
        words: descriptions and examples by the name of a field or parameter (``name``), or for one schema or operation only
            (``owner.name``).
        advice: by error code, for every code that the module declares.
        fault_codes: the codes that it uses in ``errors``, each with its meaning.
        schemas: the names of views in the document, by class name, where clients know a view under another name.
        refusals: error codes that operations of other modules (by operation id) return because a port, or the reversal, of this
            module raises them.
    """

    tags: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Word] = field(default_factory=dict)
    advice: Mapping[str, Advice] = field(default_factory=dict)
    fault_codes: Mapping[str, str] = field(default_factory=dict)
    schemas: Mapping[str, str] = field(default_factory=dict)
    refusals: Mapping[str, Sequence[str]] = field(default_factory=dict)
