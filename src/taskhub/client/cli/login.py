"""`taskhub login`, `taskhub logout` and `taskhub use`"""

from typing import Annotated

import typer


def login(
    url: Annotated[str, typer.Argument(metavar="URL", help="Of the service, such as https://tasks.example.com.")],
    email: Annotated[str | None, typer.Option(help="The address of your account. Without it you are asked.")] = None,
    token: Annotated[
        bool, typer.Option("--token", help="Read an API token instead: you are asked, or from standard input.")
    ] = False,
    scopes: Annotated[str, typer.Option(help="What this computer may do: read, write, admin; separated by commas.")] = (
        "read,write,admin"
    ),
    expires: Annotated[str, typer.Option(help="For how long: such as 90d or 12h, or never.")] = "90d",
) -> None:
    """Sign in to a service, for the other commands.

    \b
    Example:
        taskhub login https://tasks.example.com
        echo "$TOKEN" | taskhub login https://tasks.example.com --token

    It asks for your password (or reads it from standard input), and makes an API token with the name of this computer. The token
    is stored in a file that only you can read; the password is not stored. `taskhub logout` revokes it. In scripts, set
    TASKHUB_URL and TASKHUB_TOKEN instead.
    """
    from dataclasses import replace

    from taskhub.client import sign_in
    from taskhub.client.accounts import check_service, sign_in_with_password, user_of
    from taskhub.client.cli.secrets import secret_from
    from taskhub.client.dates import after, now
    from taskhub.client.output import note
    from taskhub.client.text import one_line

    url = sign_in.normalized(url)
    stored = sign_in.read_stored()
    before = stored if stored is not None and stored.url == url else sign_in.SignIn(url, "")
    expires_at = after(expires, now())
    check_service(url)
    if sign_in.is_open_to_others(url):
        note(f"Careful: {url} is not encrypted. Others on the way can read your password and the token.")
    if token:
        signed_in = sign_in.SignIn(url, secret_from("API token"))
    else:
        email = email or typer.prompt("Email")
        password = secret_from("Password")
        wanted = [scope.strip() for scope in scopes.split(",")]
        signed_in = sign_in_with_password(url, email, password, wanted, expires_at, before.token_id)
    name = one_line(user_of(signed_in)["name"])
    sign_in.store(replace(signed_in, workspace=before.workspace, project=before.project))
    typer.echo(f"You are signed in to {url} as {name}.")


def logout() -> None:
    """Revoke the token of this computer, and forget it.

    \b
    Example:
        taskhub logout

    To revoke the token it asks for your password (or reads it from standard input). A token that was made elsewhere is not
    revoked, only forgotten.
    """
    from taskhub.client import sign_in
    from taskhub.client.accounts import is_valid, sign_out
    from taskhub.client.cli.secrets import secret_from
    from taskhub.client.output import note

    stored = sign_in.read_stored()
    if stored is None:
        typer.echo("You are not signed in.")
        return
    if stored.token_id is None:
        sign_in.forget()
        typer.echo("The token is forgotten. It was made elsewhere, and is still valid.")
        return
    if is_valid(stored):
        note("A token can't revoke tokens, not even itself: for that TaskHub needs your password.")
        sign_out(stored, secret_from("Password"))
    sign_in.forget()
    typer.echo(f"You are signed out of {stored.url}. The token of this computer is revoked.")


def use(
    workspace: Annotated[str, typer.Argument(metavar="WORKSPACE", help="Name or id of a workspace.")],
    project: Annotated[
        str | None, typer.Argument(metavar="[PROJECT]", help="Key of a project in it.", show_default=False)
    ] = None,
) -> None:
    """Choose the workspace, and the project, that the other commands are about.

    \b
    Example:
        taskhub use "Engine room" OPS

    TASKHUB_WORKSPACE and TASKHUB_PROJECT, and the options --workspace and --project, choose for one command.
    """
    from dataclasses import replace

    from taskhub.client import sign_in
    from taskhub.client.errors import NotSignedIn
    from taskhub.client.text import one_line
    from taskhub.client.workspace import opened, part

    stored = sign_in.read_stored()
    if stored is None:
        raise NotSignedIn("`taskhub use` stores its choice beside a token: sign in with `taskhub login URL` first.")
    with opened(workspace) as found:
        name = one_line(found.get()["name"])
        key = found.get(f"projects/{part(project)}")["key"] if project else None
    sign_in.store(replace(stored, workspace=found.id, project=key))
    typer.echo(f"You work in {name}{f', project {key}' if key else ''}.")
