"""`taskhub secret …`"""

import typer

app = typer.Typer(name="secret", no_args_is_help=True, help="The key that signs sessions and cursors: replace it.")

CONFIGURED = """\
Nothing was changed: this deployment takes its secret from TASKHUB_SECRET_KEY. A new one:

    {secret}

First set TASKHUB_SECRET_KEY_PREVIOUS to the new one and restart all processes, so that each can read what it signs. Then swap
the two and restart again. After 30 days everybody's session was renewed: unset the previous one. If it was stolen, at once.\
"""
OWN = """\
There is a new secret in {file}. Restart `taskhub serve` to use it. What the one before has signed goes on working;
rotate once more to end that: everybody then has to sign in again.\
"""


@app.callback()
def _group() -> None:
    """Keeps `rotate` a command of its own, while it is the only one."""


@app.command()
def rotate() -> None:
    """Make a new secret.

    \b
    Example:
        taskhub secret rotate

    With the embedded database: puts a new secret before the current one, which goes on verifying what it has signed, so that
    nobody is signed out. With TASKHUB_SECRET_KEY, or an external database: prints a new one and the steps, and changes nothing.
    """
    from taskhub.deployment import SECRET_FILE, data_dir, new_secret, rotate_generated_secret
    from taskhub.settings import read_settings

    settings = read_settings()
    folder = data_dir(settings)
    if settings.database_url is not None or settings.secret_key is not None:
        typer.echo(CONFIGURED.format(secret=new_secret()))
        return
    rotate_generated_secret(folder)
    typer.echo(OWN.format(file=folder / SECRET_FILE))
