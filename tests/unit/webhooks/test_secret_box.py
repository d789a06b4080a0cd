"""Secrets are encrypted, bound to their webhook, and outlive a change of the deployment's key."""

from base64 import b64decode, b64encode
from uuid import uuid4

import pytest

from taskhub.webhooks.application.ports import UnreadableSecret
from taskhub.webhooks.infrastructure.secret_box import EncryptedSecrets

OLD, NEW = b"the old key of the deployment, long enough", b"the new key of the deployment, long enough"
SECRET = "whsec_c2VjcmV0"


def test_a_secret_is_read_by_whoever_has_the_key() -> None:
    id = uuid4()
    sealed = EncryptedSecrets([OLD]).seal(SECRET, id)
    assert b"c2VjcmV0" not in b64decode(sealed)
    assert EncryptedSecrets([OLD]).open(sealed, id) == SECRET
    assert EncryptedSecrets([OLD]).seal(SECRET, id) != sealed


def test_the_previous_key_reads_and_the_new_one_writes() -> None:
    id, both = uuid4(), EncryptedSecrets([NEW, OLD])
    old = EncryptedSecrets([OLD]).seal(SECRET, id)
    assert both.open(old, id) == SECRET
    assert not both.is_current(old)
    assert EncryptedSecrets([NEW]).open(both.seal(SECRET, id), id) == SECRET
    assert both.is_current(both.seal(SECRET, id))


def test_without_its_key_it_is_unreadable() -> None:
    id = uuid4()
    with pytest.raises(UnreadableSecret):
        EncryptedSecrets([NEW]).open(EncryptedSecrets([OLD]).seal(SECRET, id), id)


def test_that_of_another_webhook_is_unreadable() -> None:
    box = EncryptedSecrets([OLD])
    with pytest.raises(UnreadableSecret):
        box.open(box.seal(SECRET, uuid4()), uuid4())


@pytest.mark.parametrize("place", [0, 3, 8, -1])
def test_a_changed_one_is_unreadable(place: int) -> None:
    id, box = uuid4(), EncryptedSecrets([OLD])
    sealed = bytearray(b64decode(box.seal(SECRET, id)))
    sealed[place] ^= 1
    with pytest.raises(UnreadableSecret):
        box.open(b64encode(sealed).decode(), id)
    for length in range(len(sealed)):
        with pytest.raises(UnreadableSecret):
            box.open(b64encode(sealed[:length]).decode(), id)
    for text in ("", "no base64", "\N{SNOWMAN}"):
        with pytest.raises(UnreadableSecret):
            box.open(text, id)
