"""Invitations and their tokens."""

from datetime import datetime, timedelta

import pytest

from factories.workspaces import LATER, NOW, InvitationFactory, TokenFactory
from taskhub.kernel.contract.ids import new_id
from taskhub.workspaces.application.views import invitation_view
from taskhub.workspaces.domain.invitation import LIFETIME
from taskhub.workspaces.domain.invitation_token import PREFIX, InvitationToken

MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(("now", "is_open"), [(NOW + LIFETIME - MOMENT, True), (NOW + LIFETIME, False)])
def test_an_invitation_is_open_until_it_expires(now: datetime, *, is_open: bool) -> None:
    assert InvitationFactory(expires_at=NOW + LIFETIME).is_open(now) is is_open


@pytest.mark.parametrize("spend", ["accept", "revoke"])
def test_an_invitation_is_spent_once_it_is_accepted_or_taken_back(spend: str) -> None:
    invitation = InvitationFactory()
    getattr(invitation, spend)(NOW)
    assert not invitation.is_open(NOW)


def test_the_representation_tells_nothing_of_the_secret() -> None:
    fields = invitation_view(InvitationFactory()).__struct_fields__
    assert fields == ("id", "role", "created_by_id", "expires_at", "created_at")


def test_a_token_is_read_back_from_its_text() -> None:
    token = InvitationToken.mint(new_id(), new_id())
    assert InvitationToken.parse(token.text) == token


def test_a_token_opens_only_what_it_was_made_for() -> None:
    token, other = TokenFactory(), TokenFactory()
    assert token.opens(token.digest)
    assert not other.opens(token.digest)


def test_two_tokens_have_different_secrets() -> None:
    workspace_id, id = new_id(), new_id()
    assert InvitationToken.mint(workspace_id, id).secret != InvitationToken.mint(workspace_id, id).secret


def test_a_token_does_not_show_its_secret_by_accident() -> None:
    token = InvitationToken.mint(new_id(), new_id())
    assert str(token.secret) not in repr(token)
    assert token.text.removeprefix(PREFIX)[-20:] not in repr(token)


def test_every_changed_character_makes_it_another_token_or_none() -> None:
    token = TokenFactory()
    for place in range(len(token.text)):
        changed = token.text[:place] + ("A" if token.text[place] != "A" else "B") + token.text[place + 1 :]
        assert InvitationToken.parse(changed) != token


@pytest.mark.parametrize("text", ["", PREFIX, "thub_abc", PREFIX + "é" * 107, PREFIX + "A" * 106, PREFIX + "A" * 108, "\ud800"])
def test_what_does_not_look_like_a_token_is_none(text: str) -> None:
    assert InvitationToken.parse(text) is None


def test_a_longer_life_is_later() -> None:
    assert InvitationFactory(expires_at=LATER).is_open(NOW)
