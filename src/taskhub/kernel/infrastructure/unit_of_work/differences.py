"""What differs between two representations of a thing."""

from typing import Any

import msgspec

from taskhub.kernel.application.event_types import UNLOGGED


def changes_between(before: msgspec.Struct | None, after: msgspec.Struct) -> dict[str, list[Any]]:
    """The members that differ, as ``[before, after]``. A new thing starts from nulls."""
    names, values = after.__struct_fields__, msgspec.structs.astuple(after)
    if before is None:
        return {
            name: [None, value] for name, value in zip(names, values, strict=True) if value is not None and name not in UNLOGGED
        }
    return {
        name: [old, new]
        for name, old, new in zip(names, msgspec.structs.astuple(before), values, strict=True)
        if old != new and name not in UNLOGGED
    }
