"""Signatures are those of Standard Webhooks."""

import base64
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from taskhub.webhooks.domain.signing import new_secret, signature, signature_headers

BODY = '{"type":"task.created","title":"Öl"}'.encode()


def test_a_message_of_the_specification_is_signed_as_it_says() -> None:
    """The example of https://github.com/standard-webhooks/standard-webhooks, which its libraries test as well."""
    signed = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_secrets_have_32_random_bytes() -> None:
    secrets = {new_secret() for _ in range(20)}
    assert len(secrets) == 20
    assert all(len(base64.b64decode(secret.removeprefix("whsec_"))) == 32 for secret in secrets)


def test_each_secret_verifies_a_message_that_two_have_signed() -> None:
    old, new = new_secret(), new_secret()
    headers = signature_headers([new, old], "an-id", int(datetime.now(UTC).timestamp()), BODY)
    for secret in (old, new):
        Webhook(secret).verify(BODY, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(BODY, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new).verify(BODY + b" ", headers)
