"""Representations that show what the domain has, so that nothing has to be named twice."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from taskhub.kernel.application.members import NO_DEFAULT, Member, members_of

View = TypeVar("View", bound=msgspec.Struct)


def shows(source: type, *, hidden: Iterable[str] = ()) -> Callable[[type[View]], type[View]]:
    """Adds to a representation those members of a dataclass or a struct that it does not name itself.

    A representation names what is shown as another type, and whatever code asks it for. An old representation, as the log may
    have it, lacks a field that is new: it is read with the field's default.
    """

    def extended(view: type[View]) -> type[View]:
        hints, known = get_type_hints(source), {*view.__struct_fields__, *hidden}
        added = [_member(one, hints[one.name]) for one in members_of(source) if one.name not in known]
        if not added:
            return view
        made: Any = msgspec.defstruct(view.__name__, added, bases=(view,), module=view.__module__, frozen=True)
        made.__doc__, made.__qualname__ = view.__doc__, view.__qualname__
        return made  # type: ignore[no-any-return]  # msgspec makes the class.

    return extended


def _member(one: Member, hint: Any) -> tuple[str, Any] | tuple[str, Any, Any]:
    if get_origin(hint) is tuple:
        hint = list[get_args(hint)[0]]  # type: ignore[misc]  # Known only at run time.
    if one.default is NO_DEFAULT:
        return one.name, hint
    return one.name, hint, msgspec.field(default_factory=list) if one.default == () else one.default
