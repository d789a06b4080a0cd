"""`taskhub user …`"""

from typing import Annotated

import typer

from taskhub.kernel.cli import application

app = typer.Typer(
    no_args_is_help=True,
    help="""Accounts: create one, or reset a password.

    \b
    Example:
        taskhub user create ada@example.com --name "Ada Lovelace"
    """,
)
Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The address that they sign in with.")]


@app.command()
def create(
    ctx: typer.Context,
    email: Email,
    name: Annotated[str, typer.Option(help="The name that others see.")],
    time_zone: Annotated[str, typer.Option(help="Such as Europe/Berlin.")] = "UTC",
) -> None:
    """Create an account, also where registration is closed.

    \b
    Example:
        taskhub user create ada@example.com --name "Ada Lovelace"
        printf '%s' "$PASSWORD" | taskhub user create ada@example.com --name "Ada Lovelace"

    It asks for the password, or reads it from standard input. It changes nothing if the address is taken.
    """
    from taskhub.users.cli.accounts import create_account

    typer.echo(create_account(application(ctx), email, name, time_zone))


@app.command()
def reset_password(
    ctx: typer.Context,
    email: Email,
    revoke_tokens: Annotated[bool, typer.Option("--revoke-tokens", help="Revoke API tokens too: after a theft.")] = False,
) -> None:
    """Set a new password for an account whose password is lost or stolen.

    \b
    Example:
        taskhub user reset-password ada@example.com

    It asks for the new password, or reads it from standard input. All sessions of the account end; nothing else changes.
    """
    from taskhub.users.cli.accounts import set_password

    set_password(application(ctx), email, revoke_tokens=revoke_tokens)
    typer.echo(f"{email} has a new password, and is signed out everywhere.")
