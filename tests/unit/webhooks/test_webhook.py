"""The rules of webhooks."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from taskhub.webhooks.domain.errors import TooManySecrets
from taskhub.webhooks.domain.webhook import FAILING, GONE, MAX_FORMER_SECRETS, SECRET_OVERLAP, Webhook

NOW = datetime(2026, 11, 28, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def webhook(**values: Any) -> Webhook:
    made = Webhook.create(
        workspace_id=uuid4(), id=uuid4(), secret="first", created_by_id=uuid4(), now=NOW, url="https://example.com/", **values
    )
    made.event = None
    return made


def test_one_that_is_on_is_switched_off_with_the_reason() -> None:
    one = webhook()
    one.disable(GONE, LATER)
    assert (one.active, one.disabled_reason, one.event) == (False, "gone", "webhook.disabled")


def test_one_that_is_off_keeps_the_first_reason() -> None:
    one = webhook()
    one.disable(GONE, NOW)
    one.event = None
    one.disable(FAILING, LATER)
    assert (one.disabled_reason, one.event) == ("gone", None)


def test_switching_it_on_again_takes_the_reason_back() -> None:
    one = webhook()
    one.disable(FAILING, NOW)
    one.update(now=LATER, active=True)
    assert (one.active, one.disabled_reason, one.event) == (True, None, "webhook.updated")


def test_another_change_leaves_the_reason() -> None:
    one = webhook()
    one.disable(FAILING, NOW)
    one.update(now=LATER, description="Feeds the index", active=False)
    assert (one.active, one.disabled_reason) == (False, "failing")


def test_a_new_secret_leaves_the_former_one_for_a_day() -> None:
    one = webhook()
    one.rotate_secret("second", LATER)
    assert (one.secret, one.former_secrets, one.former_secret_expires_at) == ("second", ("first",), LATER + SECRET_OVERLAP)


def test_each_former_secret_has_its_day() -> None:
    one = webhook()
    for hours, secret in enumerate(("second", "third")):
        one.rotate_secret(secret, LATER + timedelta(hours=hours))
    assert (one.secret, one.former_secrets) == ("third", ("first", "second"))
    one.rotate_secret("fourth", LATER + SECRET_OVERLAP)
    assert one.former_secrets == ("second", "third")
    assert one.former_secrets_expire_at == (LATER + timedelta(hours=1) + SECRET_OVERLAP, LATER + 2 * SECRET_OVERLAP)


def test_only_so_many_secrets_sign() -> None:
    one = webhook()
    for number in range(MAX_FORMER_SECRETS):
        one.rotate_secret(f"secret {number}", LATER)
    with pytest.raises(TooManySecrets):
        one.rotate_secret("one more", LATER)
    one.rotate_secret("a day later", LATER + SECRET_OVERLAP)
    assert one.former_secrets == (f"secret {MAX_FORMER_SECRETS - 1}",)
