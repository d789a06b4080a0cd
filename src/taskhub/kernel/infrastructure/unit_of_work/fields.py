"""What a resource says of its fields: how they are stored and shown where that is not a column of their name, as it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Conversion = Callable[[Any], Any] | Mapping[Any, Any] | tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Converted:
    """A field that its column, or its representation, holds as another value.

    A conversion is a function, or a table to look it up in.

    Attributes:
        load: makes the field of the column's value.
        dump: makes the column's value of the field.
        show: makes the member of the representation of the column's value.
        absent: the column's value where the field is None.
    """

    load: Conversion | None = None
    dump: Conversion | None = None
    show: Conversion | None = None
    absent: Any = None


@dataclass(frozen=True, slots=True)
class Compound:
    """A field that is stored in several columns.

    Attributes:
        load: makes the field of the columns' values, given by position.
        columns: for each column, the attribute of the field that it holds, or a function that makes its value of the field.
        computed: such columns too, but `load` needs them not.
        is_optional: the field is None where the first column is null; all columns are null then.
    """

    load: Callable[..., Any]
    columns: Mapping[str, str | Callable[[Any], Any]]
    computed: Mapping[str, str | Callable[[Any], Any]] = field(default_factory=dict)
    is_optional: bool = True


@dataclass(frozen=True, slots=True)
class Shown:
    """A member of the representation that is made of some columns.

    Attributes:
        show: makes it of the columns' values, given by position; or a text that has ``{}`` for each of them.
        is_optional: it is None where the first column is null.
    """

    show: Callable[..., Any] | str
    columns: tuple[str, ...]
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Fields:
    """The exceptions of a resource. Any other field of the aggregate is a column and a member of the representation by its name.

    Attributes:
        part: the field of the aggregate that has fields itself, which are stored and shown as the aggregate's own are.
        stored: fields that are not simply a column.
        shown: members of the representation that are not simply a column.
        computed: columns that are made of the whole aggregate, and not loaded.
        not_loaded: fields that are written and not read: None until the aggregate is given a value.
        foreign: columns that are somebody else's, or filled by the database.
        given: members of the representation that all rows of a read have in common: `show` is given them, they are not selected.
    """

    part: str | None = None
    stored: Mapping[str, Converted | Compound] = field(default_factory=dict)
    shown: Mapping[str, Shown] = field(default_factory=dict)
    computed: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    not_loaded: frozenset[str] = frozenset()
    foreign: frozenset[str] = frozenset()
    given: tuple[str, ...] = ()
