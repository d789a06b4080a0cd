"""`taskhub secret …`"""

import typer

app = typer.Typer(
    name="secret",
    no_args_is_help=True,
    help="""The key that signs sessions and cursors: replace it.

    \b
    Example:
        taskhub secret rotate
    """,
)

CONFIGURED = """\
Nothing was changed: this deployment takes its secret from TASKHUB_SECRET_KEY. A new one:

    {secret}

1. Set TASKHUB_SECRET_KEY_PREVIOUS to the new one and restart all processes, so that each of them verifies what it signs.
2. Swap the two and restart again.
3. After 30 days all sessions are signed with the new one: unset TASKHUB_SECRET_KEY_PREVIOUS. If the old one was stolen, unset
   it after 15 minutes: by then what is encrypted with it (the secrets of webhooks) is encrypted anew.\
"""
GENERATED = """\
There is a new secret in {file}. Restart `taskhub serve` to use it. Sessions signed with the previous one stay valid;
rotate once more to end them: everybody then has to sign in again. Before that, give it 15 minutes after the restart, to encrypt
anew what is encrypted with the previous one (the secrets of webhooks).\
"""


@app.callback()
def _group() -> None:
    """Typer would make the only command the group itself; with a callback `rotate` stays a subcommand."""


@app.command()
def rotate() -> None:
    """Make a new secret.

    \b
    Example:
        taskhub secret rotate

    With the embedded database it writes a new secret to the data folder. The previous one still verifies what it has signed, so
    nobody is signed out. With TASKHUB_SECRET_KEY or an external database it changes nothing: it prints a new secret and the steps
    to take.
    """
    from taskhub.deployment import SECRET_FILE, data_dir, new_secret, rotate_generated_secret
    from taskhub.settings import read_settings

    settings = read_settings()
    folder = data_dir(settings)
    if settings.database_url is not None or settings.secret_key is not None:
        typer.echo(CONFIGURED.format(secret=new_secret()))
        return
    rotate_generated_secret(folder)
    typer.echo(GENERATED.format(file=folder / SECRET_FILE))
