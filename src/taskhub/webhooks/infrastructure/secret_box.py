"""Secrets of webhooks in the database: AES-256-GCM, with a key that is derived from the deployment's secret key."""

import base64
import hashlib
import hmac
import os
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING
from uuid import UUID

from taskhub.webhooks.application.ports import UnreadableSecret

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_FORMAT = b"\x01"
_MARK_BYTES = 4
_NONCE_BYTES = 12
_MIN_BYTES = len(_FORMAT) + _MARK_BYTES + _NONCE_BYTES


class EncryptedSecrets:
    """Seals under the first key and opens under all, so that the deployment's key can be replaced.

    A sealed secret is bound to its webhook: copied to another one it can't be opened.
    """

    def __init__(self, secret_keys: Sequence[bytes]) -> None:
        self._keys = [hmac.digest(key, b"secrets of webhooks", hashlib.sha256) for key in secret_keys]

    def seal(self, secret: str, webhook_id: UUID) -> str:
        nonce = os.urandom(_NONCE_BYTES)
        prefix = _FORMAT + _mark(self._keys[0])
        sealed = prefix + nonce + _cipher(self._keys[0]).encrypt(nonce, secret.encode(), prefix + webhook_id.bytes)
        return base64.b64encode(sealed).decode()

    def open(self, text: str, webhook_id: UUID) -> str:
        """Raises:
        UnreadableSecret
        """
        sealed = _bytes(text)
        prefix = sealed[: len(_FORMAT) + _MARK_BYTES]
        key = next((key for key in self._keys if prefix == _FORMAT + _mark(key)), None)
        if key is None or len(sealed) < _MIN_BYTES:
            raise UnreadableSecret
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415  # Takes a while, and most starts need none.

        nonce, sealed_text = sealed[len(prefix) : _MIN_BYTES], sealed[_MIN_BYTES:]
        try:
            return _cipher(key).decrypt(nonce, sealed_text, prefix + webhook_id.bytes).decode()
        except InvalidTag:
            raise UnreadableSecret from None

    def is_current(self, text: str) -> bool:
        """Whether a secret is sealed under the first key."""
        return _bytes(text).startswith(_FORMAT + _mark(self._keys[0]))


def _bytes(text: str) -> bytes:
    """What is no base64 was not sealed here."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""


def _mark(key: bytes) -> bytes:
    """Tells keys apart without telling anything of them."""
    return hashlib.sha256(b"mark of " + key).digest()[:_MARK_BYTES]


@cache
def _cipher(key: bytes) -> "AESGCM":
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415  # Takes a while, and most starts need none.

    return AESGCM(key)
