"""Connects modules: what one needs of another, under a Protocol."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork
from taskhub.modules.refusals import wrong_module

P = TypeVar("P")


class PortRegistry:
    """What modules need of each other. They ask before all of them are there, so it is looked up when it is used."""

    def __init__(self) -> None:
        self._ports: dict[type, Callable[[SqlUnitOfWork], Any]] = {}
        self._services: dict[type, Callable[[], Any]] = {}
        self._providers: dict[type, str] = {}
        self._wanted: list[tuple[str, type, Mapping[type, Any]]] = []

    def add(self, name: str, container: Any) -> None:
        """Raises:
        WrongModule: another provides the same.
        """
        for protocol in (*container.ports(), *container.services()):
            other = self._providers.setdefault(protocol, name)
            if other != name:
                sentence = f"The port `{protocol.__name__}` is provided twice: by the modules {other} and {name}."
                raise wrong_module(sentence, other, name)
        self._ports.update(container.ports())
        self._services.update(container.services())

    def want_port(self, name: str, protocol: type[P]) -> Callable[[SqlUnitOfWork], P]:
        """``name``: of the module that needs it."""
        self._wanted.append((name, protocol, self._ports))
        ports = self._ports

        def port(uow: SqlUnitOfWork) -> P:
            provided: P = ports[protocol](uow)
            return provided

        return port

    def want_service(self, name: str, protocol: type[P]) -> Callable[[], P]:
        """``name``: of the module that needs it."""
        self._wanted.append((name, protocol, self._services))
        return lambda: self.service(protocol)

    def check(self) -> None:
        """Raises:
        WrongModule: one is wanted that nobody provides.
        """
        for name, protocol, provided in self._wanted:
            if protocol not in provided:
                sentence = f"The module {name} needs the port `{protocol.__name__}`, and no installed module provides it."
                raise wrong_module(sentence, name)

    def service(self, protocol: type[P]) -> P:
        provided: P = self._services[protocol]()
        return provided
