"""`taskhub token …`"""

from typing import Annotated

import typer

from taskhub.kernel.cli import application

app = typer.Typer(
    no_args_is_help=True,
    help="""API tokens: create one for a program.

    \b
    Example:
        taskhub token create ada@example.com --scopes read
    """,
)


@app.callback()
def _group() -> None:
    """Typer would make the only command the group itself; with a callback `create` stays a subcommand."""


@app.command()
def create(
    ctx: typer.Context,
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="The account that it acts for, in all of its workspaces.")],
    scopes: Annotated[str, typer.Option(help="What it may do: read, write, admin; separated by commas.")],
    name: Annotated[str, typer.Option(help="What it is for: shown in the account's list of tokens.")] = "made by an operator",
    expires: Annotated[
        str, typer.Option(help="Such as 90d, 12h or 2027-06-30T00:00:00Z; never: it is good until it is revoked.")
    ] = "90d",
) -> None:
    """Create an API token for an account, and print it. It is not shown again.

    \b
    Example:
        taskhub token create ada@example.com --scopes read,write --expires 30d
        TOKEN=$(taskhub token create ada@example.com --scopes read --name "Nightly report" --expires never)

    Programs send it as `Authorization: Bearer`. Its owner sees it in GET /v1/tokens, and revokes it with DELETE
    /v1/tokens/{token_id}.
    """
    from taskhub.users.cli.accounts import issue_token

    typer.echo(issue_token(application(ctx), email, name, scopes, expires))
