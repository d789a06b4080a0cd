"""`taskhub doctor`"""

import typer


def doctor() -> None:
    """Look at everything that this deployment needs, and say what to do where something is wrong.

    \b
    Example:
        taskhub doctor

    Changes nothing, and is safe while the service runs; an embedded database that does not run is started for a moment. Run it
    with the environment and under the account of the service. Exit code 1 if a line says fail.
    """
    from taskhub.cli.doctor.order import examine

    failed = False
    for finding in examine():
        typer.echo(f"{finding.level:4}  {finding.subject}: {finding.text}")
        failed |= finding.level == "fail"
    raise typer.Exit(1 if failed else 0)
