"""The form of refresh tokens, and how one follows from another."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskhub.users.application.ports import RefreshToken
from taskhub.users.infrastructure.refresh_tokens import SignedRefreshTokens

OLD, NEW = b"the old secret of the server", b"the new secret of the server"
TOKENS = SignedRefreshTokens((OLD,))


def a_token() -> RefreshToken:
    return TOKENS.first(uuid4(), uuid4())


def read(text: str, tokens: SignedRefreshTokens = TOKENS) -> RefreshToken:
    token = tokens.read(text)
    assert token is not None
    return token


def test_a_token_names_its_session() -> None:
    user_id, session_id = uuid4(), uuid4()
    token = read(TOKENS.first(user_id, session_id).text)
    assert (token.user_id, token.session_id, token.is_genuine) == (user_id, session_id, True)


def test_no_two_first_tokens_are_the_same() -> None:
    user_id, session_id = UUID(int=1), UUID(int=2)
    assert TOKENS.first(user_id, session_id).text != TOKENS.first(user_id, session_id).text


def test_a_token_is_read_as_it_was_made() -> None:
    token = a_token()
    assert read(token.text) == token


def test_the_successor_is_always_the_same() -> None:
    token = a_token()
    assert TOKENS.successors(token) == TOKENS.successors(read(token.text))


def test_the_successor_is_a_token_of_the_same_session() -> None:
    token = a_token()
    successor = read(TOKENS.successors(token)[0].text)
    assert successor.session_id == token.session_id
    assert successor.is_genuine
    assert successor.digest != token.digest


def test_without_the_secret_nobody_can_tell_the_successor() -> None:
    token = a_token()
    assert SignedRefreshTokens((NEW,)).successors(token)[0].text != TOKENS.successors(token)[0].text


def test_after_a_change_of_secret_old_tokens_are_still_genuine() -> None:
    assert read(a_token().text, SignedRefreshTokens((NEW, OLD))).is_genuine


def test_after_a_change_of_secret_the_successor_under_the_old_one_is_still_known() -> None:
    token = a_token()
    under_new, under_old = SignedRefreshTokens((NEW, OLD)).successors(token)
    assert under_old == TOKENS.successors(token)[0]
    assert under_new.text.startswith("thubr_")


def test_a_token_under_another_secret_is_not_genuine() -> None:
    assert not read(SignedRefreshTokens((NEW,)).first(uuid4(), uuid4()).text).is_genuine


@given(st.integers(min_value=0), st.sampled_from("ABCDEFGHabcdefgh0189-_"))
def test_a_changed_token_is_never_genuine(place: int, character: str) -> None:
    text = a_token().text
    index = 6 + place % (len(text) - 6)
    changed = TOKENS.read(text[:index] + character + text[index + 1 :])
    assert text[index] == character or changed is None or not changed.is_genuine


@pytest.mark.parametrize(
    "text", ["", "thubr_", "thubr_AAAA", "thub_" + "A" * 107, "A" * 107, "thubr_" + "é" * 107, "thubr_" + "A" * 900]
)
def test_what_is_no_token_is_not_read(text: str) -> None:
    assert TOKENS.read(text) is None


def test_tokens_stay_out_of_what_is_printed() -> None:
    token = a_token()
    assert token.text not in repr(token)
    assert token.digest not in repr(token)
