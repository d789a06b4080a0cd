"""Use cases are bound in the container of their module: to its runner, and to what they ask for."""

from typing import Any

import pytest
from dependency_injector import containers, providers

from taskhub.kernel.infrastructure.use_cases import UseCases


class Recorder:
    """In a runner's place: says what it was given."""

    async def perform(self, use_case: Any, command: Any, context: Any) -> Any:
        return await use_case(command, context)


async def tell(command: str, uow: object, *, clock: str, place: str) -> tuple[str, str, str]:
    return command, clock, place


async def ask(command: str, uow: object) -> str:
    return command


class Module(containers.DeclarativeContainer):
    clock: providers.Dependency[Any] = providers.Dependency()
    runner = providers.Singleton(Recorder)
    bound = UseCases(runner, clock=clock, place=providers.Object("here"))
    tell = bound(tell)
    ask = bound(ask)


@pytest.fixture
def module() -> Any:
    return Module(clock=providers.Object("noon"))


async def test_a_use_case_is_given_what_it_asks_for(module: Any) -> None:
    assert await module.tell().perform("hello", None) == ("hello", "noon", "here")


async def test_one_that_asks_for_nothing_is_given_nothing(module: Any) -> None:
    assert await module.ask().perform("hello", None) == "hello"


def test_it_runs_by_the_runner_of_its_own_container(module: Any) -> None:
    assert module.ask().runner is module.runner()
    assert module.ask().runner is not Module(clock=providers.Object("noon")).runner()


async def test_what_a_test_puts_in_place_of_a_collaborator_is_what_it_gets(module: Any) -> None:
    with module.clock.override(providers.Object("midnight")):
        assert await module.tell().perform("hello", None) == ("hello", "midnight", "here")


def test_one_that_asks_for_what_the_module_does_not_have_is_told_at_import() -> None:
    bound = UseCases(providers.Singleton(Recorder), place=providers.Object("here"))
    with pytest.raises(TypeError, match="tell asks for clock"):
        bound(tell)
