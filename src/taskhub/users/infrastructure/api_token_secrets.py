"""The secrets of API tokens."""

import hashlib
import secrets

PREFIX = "thub_"
_BYTES = 32


class RandomApiTokenSecrets:
    """256 random bits behind a prefix that scanners for leaked secrets can look for."""

    def mint(self) -> tuple[str, str]:
        secret = PREFIX + secrets.token_urlsafe(_BYTES)
        return secret, digest_of(secret)


def digest_of(secret: str) -> str:
    """What a secret is looked up by. It needs no salt and no slow hash: it can't be guessed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
