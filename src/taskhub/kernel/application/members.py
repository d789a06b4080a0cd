"""The members of what the domain is made of: aggregates are dataclasses, values may be structs, which are made much faster."""

import dataclasses
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

NO_DEFAULT = msgspec.NODEFAULT


class Member(NamedTuple):
    """``default``: `NO_DEFAULT` where it has to be given. ``is_named``: it can't be given by its position."""

    name: str
    default: Any
    is_named: bool


def members_of(kind: Any) -> Sequence[Member]:
    if issubclass(kind, msgspec.Struct):
        return [Member(one.name, one.default, is_named=True) for one in msgspec.structs.fields(kind)]
    return [
        Member(one.name, NO_DEFAULT if one.default is dataclasses.MISSING else one.default, one.kw_only is True)
        for one in dataclasses.fields(kind)
    ]
