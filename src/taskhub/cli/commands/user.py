"""`taskhub user …`"""

from typing import Annotated

import typer

app = typer.Typer(name="user", no_args_is_help=True, help="Accounts: create one, or set a lost password.")
Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The address that they sign in with.")]


@app.command()
def create(
    email: Email,
    name: Annotated[str, typer.Option(help="What others see.")],
    time_zone: Annotated[str, typer.Option(help="Such as Europe/Berlin.")] = "UTC",
) -> None:
    """Create an account, also where registration is closed.

    \b
    Example:
        taskhub user create ada@example.com --name "Ada Lovelace"
        printf '%s' "$PASSWORD" | taskhub user create ada@example.com --name "Ada Lovelace"

    The password is asked for, or read from standard input. Changes nothing if the address is taken.
    """
    from taskhub.cli.operations.accounts import create_account

    typer.echo(create_account(email, name, time_zone))


@app.command()
def reset_password(
    email: Email,
    revoke_tokens: Annotated[bool, typer.Option("--revoke-tokens", help="Revoke API tokens too: after a theft.")] = False,
) -> None:
    """Give an account a new password, when the old one is lost or stolen.

    \b
    Example:
        taskhub user reset-password ada@example.com

    The new password is asked for, or read from standard input. All sessions of the account end; nothing else changes.
    """
    from taskhub.cli.operations.accounts import set_password

    set_password(email, revoke_tokens=revoke_tokens)
    typer.echo(f"{email} has a new password, and is signed out everywhere.")
