"""`taskhub user …`"""

from typing import Annotated

import typer

app = typer.Typer(name="user", no_args_is_help=True, help="Accounts: create one, or reset a password.")
Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The address that they sign in with.")]


@app.command()
def create(
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
    from taskhub.cli.operations.accounts import create_account

    typer.echo(create_account(email, name, time_zone))


@app.command()
def reset_password(
    email: Email,
    revoke_tokens: Annotated[bool, typer.Option("--revoke-tokens", help="Revoke API tokens too: after a theft.")] = False,
) -> None:
    """Set a new password for an account whose password is lost or stolen.

    \b
    Example:
        taskhub user reset-password ada@example.com

    It asks for the new password, or reads it from standard input. All sessions of the account end; nothing else changes.
    """
    from taskhub.cli.operations.accounts import set_password

    set_password(email, revoke_tokens=revoke_tokens)
    typer.echo(f"{email} has a new password, and is signed out everywhere.")
