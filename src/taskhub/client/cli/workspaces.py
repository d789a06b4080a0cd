"""`taskhub workspaces …`"""

from typing import Annotated

import typer

from taskhub.client.cli.options import JsonOption, list_by_default

app = typer.Typer(
    name="workspaces",
    invoke_without_command=True,
    help="""Your workspaces: list them (also without a command), add one.

    \b
    Example:
        taskhub workspaces list
    """,
)


app.callback()(list_by_default)


@app.command("list")
def list_(json: JsonOption = False) -> None:
    """List the workspaces that you are a member of.

    \b
    Example:
        taskhub workspaces list
        taskhub workspaces list --json
    """
    from taskhub.client import sign_in
    from taskhub.client.connection import Connection
    from taskhub.client.output import print_json, print_table

    signed_in = sign_in.read()
    with Connection(signed_in.url, signed_in.token) as connection:
        found = [*connection.every("workspaces")]
    if json:
        print_json(found)
        return
    rows = [(one["id"], one["role"], "*" if one["id"] == signed_in.workspace else "", one["name"]) for one in found]
    print_table(("ID", "ROLE", "IN USE", "NAME"), rows, empty="You are in no workspace: make one with `taskhub workspaces add`.")


@app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called.")],
    time_zone: Annotated[
        str | None, typer.Option(help="Such as Europe/Berlin. Without it: that of your account.", show_default=False)
    ] = None,
    json: JsonOption = False,
) -> None:
    """Make a workspace. You are its owner.

    \b
    Example:
        taskhub workspaces add "Engine room" --time-zone Europe/Berlin
    """
    from taskhub.client import sign_in
    from taskhub.client.connection import Connection
    from taskhub.client.output import print_json

    signed_in = sign_in.read()
    with Connection(signed_in.url, signed_in.token) as connection:
        zone = time_zone or connection.get("users/me")["time_zone"]
        made = connection.send("POST", "workspaces", {"name": name, "time_zone": zone}).body
    if json:
        print_json(made)
    else:
        typer.echo(f"{made['id']} was made. Choose it with `taskhub use {made['id']}`.")
