"""Use cases in a module's container: each with its runner, and with what it asks for by name."""

from collections.abc import Callable
from functools import partial
from inspect import Parameter, signature
from typing import Any

from dependency_injector import providers

from taskhub.kernel.application.runner import BoundUseCase


class UseCases:
    """Binds use cases to the runner of a module, and to those of its collaborators that they have keyword-only parameters for."""

    def __init__(self, runner: providers.Provider[Any], **collaborators: providers.Provider[Any]) -> None:
        self._runner = runner
        self._collaborators = collaborators

    def __call__(self, use_case: Callable[..., Any]) -> providers.Provider[BoundUseCase[Any, Any]]:
        """Raises:
        TypeError: it asks for something that this module does not have.
        """
        wanted = [name for name, one in signature(use_case).parameters.items() if one.kind is Parameter.KEYWORD_ONLY]
        if unknown := [name for name in wanted if name not in self._collaborators]:
            raise TypeError(f"{use_case.__name__} asks for {', '.join(unknown)}, and this module has no such thing to give")
        given = {name: self._collaborators[name] for name in wanted}
        return providers.Singleton(BoundUseCase, self._runner, providers.Singleton(partial, use_case, **given))
