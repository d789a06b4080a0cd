"""Modules add groups of commands. One that can't be used is told, and keeps no other command from working."""

import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint
from types import ModuleType, SimpleNamespace
from typing import Annotated, Any

import pytest
import typer
from typer.main import get_group
from typer.testing import CliRunner, Result

from taskhub.cli import module_commands
from taskhub.cli.main import app as program
from taskhub.cli.module_commands import GROUP, CommandsOfModules
from taskhub.kernel.cli import application
from taskhub.modules.errors import WrongModule

Install = Callable[..., None]


@pytest.fixture
def app() -> typer.Typer:
    """A program with a command and a group."""
    made = typer.Typer(cls=CommandsOfModules)
    made.command()(reset_all)
    made.add_typer(typer.Typer(name="user", help="Accounts."))
    return made


def reset_all() -> None:
    """A command."""
    typer.echo("All is as new.")


@pytest.fixture(autouse=True)
def package(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A package with a group, `fake_clocks:commands`."""
    made: Any = ModuleType("fake_clocks")
    commands = typer.Typer(help="Clocks: wind them.")
    commands.command()(wind)
    made.commands = commands
    made.nothing = None
    monkeypatch.setitem(sys.modules, "fake_clocks", made)
    return made


def wind(ctx: typer.Context) -> None:
    """Wind all clocks."""

    async def work(clocks: Any) -> str:
        return str(clocks.wind())

    typer.echo(application(ctx).run("clocks", work))


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Install:
    """Installs entry points, which are all that there are then."""
    entries: list[EntryPoint] = []

    def add(name: str, value: str = "fake_clocks:commands", distribution: str | None = None) -> None:
        entry = EntryPoint(name, value, GROUP)
        if distribution is not None:
            vars(entry)["dist"] = SimpleNamespace(name=distribution, version="1.0")
        entries.append(entry)

    def installed(*, group: str) -> list[EntryPoint]:
        assert group == GROUP
        return entries

    monkeypatch.setattr(module_commands, "entry_points", installed)
    return add


def run(app: typer.Typer, *arguments: str, **more: Any) -> Result:
    return CliRunner().invoke(app, [*arguments], **more)


def wrong_groups(app: typer.Typer) -> list[str]:
    group = get_group(app)
    assert isinstance(group, CommandsOfModules)
    return group.wrong_groups()


def test_a_group_that_a_module_adds_is_a_command_like_others_and_is_run_with_its_container(
    app: typer.Typer, install: Install
) -> None:
    install("clocks")

    class Application:
        def run(self, module: str, work: Any) -> Any:
            try:
                work(SimpleNamespace(wind=lambda: f"Those of {module} go.")).send(None)
            except StopIteration as done:
                return done.value

    done = run(app, "clocks", "wind", obj=Application())
    assert (done.exit_code, done.output) == (0, "Those of clocks go.\n")
    assert wrong_groups(app) == []


def test_help_lists_it_after_what_the_program_has_itself(app: typer.Typer, install: Install) -> None:
    install("clocks")
    listed = run(app, "--help").stdout
    assert listed.index("reset-all") < listed.index("user") < listed.index("clocks     Clocks: wind them.")


def test_it_is_not_imported_for_another_command(app: typer.Typer, install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_: EntryPoint) -> None:
        raise AssertionError

    install("clocks")
    monkeypatch.setattr(EntryPoint, "load", never)
    assert run(app, "reset-all").output == "All is as new.\n"


@pytest.mark.parametrize("name", ["reset-all", "user"])
def test_a_command_of_the_program_is_its_own(app: typer.Typer, install: Install, name: str) -> None:
    install(name)
    (sentence,) = wrong_groups(app)
    assert f"`taskhub {name}` is claimed twice: by TaskHub itself and by fake_clocks:commands" in sentence
    assert run(app, "reset-all").output == "All is as new.\n"


@pytest.mark.parametrize("name", ["serve", "doctor", "secret"])
def test_so_are_those_that_there_are(install: Install, name: str) -> None:
    install(name)
    (sentence,) = wrong_groups(program)
    assert "TaskHub itself" in sentence


@pytest.mark.parametrize("name", ["user", "workspace"])
def test_those_of_our_modules_are_claimed_as_any_other_is(install: Install, name: str) -> None:
    install(name)
    install(name, "fake_other:commands")
    (sentence,) = wrong_groups(program)
    assert f"`taskhub {name}` is claimed twice: by fake_clocks:commands and by fake_other:commands" in sentence


WRONG = {
    "two": (
        ["fake_clocks:commands", "fake_other:commands"],
        "The command `taskhub clocks` is claimed twice: by fake_clocks:commands of x 1.0 and by fake_other:commands of x 1.0.",
    ),
    "no group": (
        ["fake_clocks:nothing"],
        "The command `taskhub clocks` is not a typer.Typer: fake_clocks:nothing of x 1.0 is of the type NoneType.",
    ),
    "missing": (
        ["fake_missing:commands"],
        "The command `taskhub clocks` can't be loaded from fake_missing:commands of x 1.0: No module named 'fake_missing'.",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_one_that_cant_be_used_says_why_and_what_to_do(app: typer.Typer, install: Install, wrong: str) -> None:
    values, sentence = WRONG[wrong]
    for value in values:
        install("clocks", value, "x")
    expected = f"{sentence} Install another version of x than 1.0, or uninstall it."

    assert wrong_groups(app) == [expected]
    done = run(app, "clocks", "wind", "--all")
    assert isinstance(done.exception, WrongModule)
    assert str(done.exception) == expected


@pytest.mark.parametrize("wrong", WRONG)
def test_the_other_commands_and_help_work_without_it(app: typer.Typer, install: Install, wrong: str) -> None:
    for value in WRONG[wrong][0]:
        install("clocks", value)
    assert "clocks     Can't be used: `taskhub doctor` says why." in run(app, "--help").stdout
    assert "The command `taskhub clocks`" in run(app, "clocks", "--help").stdout
    assert run(app, "reset-all").output == "All is as new.\n"


def test_a_command_whose_parameters_typer_does_not_take_is_told(app: typer.Typer, install: Install, package: Any) -> None:
    def strike(bell: Annotated[str, typer.Option(), typer.Argument()]) -> None: ...

    wrong = typer.Typer()
    wrong.command()(strike)
    package.commands = wrong
    install("clocks")
    (sentence,) = wrong_groups(app)
    assert "The command `taskhub clocks` can't be loaded from fake_clocks:commands: MultipleTyperAnnotationsError: " in sentence
