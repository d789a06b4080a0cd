"""`taskhub doctor`"""

import typer

from taskhub.cli.module_commands import CommandsOfModules


def doctor(ctx: typer.Context) -> None:
    """Check everything that this deployment needs, and say what to do where something is wrong.

    \b
    Example:
        taskhub doctor

    It changes nothing and is safe while the service runs. An embedded database that is not running is started for the check and
    stopped again. Run it with the environment and under the account of the service. The exit code is 1 if a line says fail.
    """
    from taskhub.cli.doctor.run import run_checks

    program = ctx.find_root().command
    assert isinstance(program, CommandsOfModules)
    failed = False
    for finding in run_checks(program.wrong_groups()):
        typer.echo(f"{finding.level:4}  {finding.subject}: {finding.text}")
        failed |= finding.level == "fail"
    raise typer.Exit(1 if failed else 0)
