"""Where the client is signed in, and what it works in: a file that only its owner can read, and variables of the environment."""

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from platformdirs import user_config_path

from taskhub.client.errors import ClientError, NotSignedIn
from taskhub.client.problems import SIGN_IN

URL_VARIABLE, TOKEN_VARIABLE = "TASKHUB_URL", "TASKHUB_TOKEN"
FILE = "client.json"


@dataclass(frozen=True, slots=True)
class SignIn:
    """``token_id`` is None where the token was made elsewhere. ``workspace``: an id; ``project``: a key."""

    url: str
    token: str
    token_id: str | None = None
    workspace: str | None = None
    project: str | None = None


def path() -> Path:
    return user_config_path("taskhub") / FILE


def read(variables: Mapping[str, str] | None = None) -> SignIn:
    """What holds for this command. A token is only sent to the service that it was stored for.

    Raises:
        NotSignedIn
        ClientError: the file can't be read.
    """
    variables = os.environ if variables is None else variables
    stored = read_stored()
    url = normalized(variables.get(URL_VARIABLE) or (stored.url if stored else ""))
    if not url:
        raise NotSignedIn(f"You are not signed in. {SIGN_IN}")
    is_stored = stored is not None and stored.url == url
    if token := variables.get(TOKEN_VARIABLE):
        return replace(stored, token=token, token_id=None) if stored and is_stored else SignIn(url, token)
    if stored is None or not is_stored:
        raise NotSignedIn(f"You are not signed in to {url}. {SIGN_IN}")
    return stored


def read_stored() -> SignIn | None:
    """What `taskhub login` has stored.

    Raises:
        ClientError
    """
    try:
        return SignIn(**json.loads(path().read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):
        raise ClientError(f"{path()} is damaged. Remove it, then sign in with `taskhub login URL`.") from None
    except OSError as error:
        raise ClientError(f"{path()} can't be read: {error.strerror}.") from None


def store(sign_in: SignIn) -> None:
    """Raises:
    ClientError
    """
    file = path()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=file.parent, prefix=f".{FILE}.")  # Nobody else can read it.
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(asdict(sign_in), stream, indent=2)
        Path(draft).replace(file)
    except OSError as error:
        raise ClientError(f"{file} can't be written: {error.strerror}.") from None


def forget() -> None:
    path().unlink(missing_ok=True)


def normalized(url: str) -> str:
    """The URL of a service without what follows from it."""
    return url.strip().rstrip("/").removesuffix("/v1").rstrip("/")


def is_open_to_others(url: str) -> bool:
    """Whether what is sent there can be read on the way."""
    return urlsplit(url).scheme == "http" and not is_on_this_computer(url)


def is_on_this_computer(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host == "localhost" or host.endswith(".localhost") or _is_loopback(host)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
