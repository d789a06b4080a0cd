"""FastAPI's hooks that would do nothing here, or open a way past the checks: they refuse, and say what to do instead."""

from functools import partial
from typing import Any, NoReturn

from fastapi import FastAPI

_ROUTE = "Declare an operation with `Routes.add` in a module's `api`: it has an access rule, and is found in the description."
_MIDDLEWARE = (
    "There are two middlewares, made in `TaskHub.build_middleware_stack`. What is to be done for every request is done there; "
    "to put ASGI middleware around the whole, wrap the application."
)
_ERRORS = "Raise a `DomainError` with a category, a code and a title: `kernel/api/problems.py` makes the response of it."
_OVERRIDES = (
    "No `Depends` is solved here, so nothing would be overridden. Override the provider in the container instead, such as "
    "`app.state.container.clock.override(providers.Object(clock))`."
)
_LIFESPAN = "What starts and stops with the application is done in `_lifespan` of `app.py`."
_ADD_ROUTES = (
    "include_router",
    "add_api_route",
    "add_route",
    "api_route",
    "route",
    "get",
    "put",
    "post",
    "delete",
    "options",
    "head",
    "patch",
    "trace",
    "add_api_websocket_route",
    "add_websocket_route",
    "websocket",
    "websocket_route",
)
"""What adds a route without an access rule, to the application or to its router."""


class HookNotSupported(RuntimeError):
    """A hook of FastAPI that this application does not have; the message says what to do instead."""

    def __init__(self, hook: str, instead: str) -> None:
        super().__init__(f"TaskHub does not support FastAPI's `{hook}`. {instead} See docs/if-you-know-fastapi.md.")


def _refuses(hook: str, instead: str) -> Any:
    def refuse(self: FastAPI, *args: object, **kwargs: object) -> NoReturn:
        raise HookNotSupported(hook, instead)

    refuse.__name__ = hook
    return refuse


class _NoOverrides(dict[Any, Any]):
    """Empty, and stays so."""

    def _refuse(self, *args: object, **kwargs: object) -> NoReturn:
        raise HookNotSupported("dependency_overrides", _OVERRIDES)

    __setitem__ = setdefault = update = __ior__ = _refuse


_NO_OVERRIDES = _NoOverrides()


class FastAPIWithoutHooks(FastAPI):
    """FastAPI as far as this application uses it: the ASGI application, its lifespan, its state and its description.

    `mount` works as it does there: what is mounted answers for itself.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._is_made = True
        for hook in _ADD_ROUTES:
            setattr(self.router, hook, partial(_refuses(hook, _ROUTE), self))
        for hook in ("add_event_handler", "on_event"):
            setattr(self.router, hook, partial(_refuses(hook, _LIFESPAN), self))

    @property
    def dependency_overrides(self) -> _NoOverrides:
        return _NO_OVERRIDES

    @dependency_overrides.setter
    def dependency_overrides(self, overrides: object) -> None:
        if hasattr(self, "_is_made"):  # FastAPI itself sets an empty one.
            raise HookNotSupported("dependency_overrides", _OVERRIDES)

    add_middleware = _refuses("add_middleware", _MIDDLEWARE)
    middleware = _refuses("middleware", _MIDDLEWARE)
    add_exception_handler = _refuses("add_exception_handler", _ERRORS)
    exception_handler = _refuses("exception_handler", _ERRORS)
    on_event = _refuses("on_event", _LIFESPAN)


for _hook in _ADD_ROUTES:
    if hasattr(FastAPI, _hook):  # Some only a router has.
        setattr(FastAPIWithoutHooks, _hook, _refuses(_hook, _ROUTE))
