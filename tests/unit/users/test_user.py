"""The rules of an account."""

from typing import Any

from factories.users import LATER, NOW, UserFactory, proof_of
from taskhub.kernel.contract.ids import new_id
from taskhub.users.application.views import user_view
from taskhub.users.domain.email import EmailAddress
from taskhub.users.domain.user import User


def changed(user: User, **change: Any) -> User:
    before = {"email": user.email, "name": user.name, "time_zone": user.time_zone}
    user.change(**{**before, **change}, now=LATER)
    return user


def test_an_accounts_events_stand_in_its_own_log() -> None:
    id = new_id()
    user = User.create(
        id=id, email=EmailAddress.parse("ada@example.com"), name="Ada", time_zone="UTC", password_hash="hash", now=NOW
    )
    assert user.stream_id == id
    assert user.event == "user.created"
    assert user.version == 1


def test_a_change_sets_when_it_happened() -> None:
    user = changed(UserFactory(), name="Grace")
    assert user.event == "user.updated"
    assert user.updated_at == LATER


def test_a_change_that_changes_nothing_leaves_no_trace() -> None:
    user = changed(UserFactory())
    assert user.event is None
    assert user.updated_at == NOW


def test_another_spelling_of_the_same_email_is_a_change() -> None:
    user = UserFactory(email=EmailAddress.parse("ada@example.com"))
    assert user_view(changed(user, email=EmailAddress.parse("Ada@example.com"))).email == "Ada@example.com"


def test_a_new_password_makes_earlier_proofs_worthless() -> None:
    user = UserFactory()
    proof = proof_of(user)
    assert proof.holds_for(user)
    user.change_password("another hash", LATER)
    assert not proof.holds_for(user)


def test_a_proof_is_worth_nothing_for_somebody_else() -> None:
    assert not proof_of(UserFactory()).holds_for(UserFactory())


def test_the_same_password_in_another_hash_leaves_proofs_good() -> None:
    user = UserFactory()
    proof = proof_of(user)
    user.rehash_password("another hash", LATER)
    assert user.event == "user.password_rehashed"
    assert proof.holds_for(user)


def test_a_closed_account_says_nothing_of_its_owner() -> None:
    user = UserFactory(name="Ada", time_zone="Europe/Berlin")
    user.close(LATER)
    assert user.event == "user.closed"
    assert user.deleted_at == LATER
    left: list[object] = [user.email, user.name, user.time_zone, user.password_hash]
    assert left == [None, "", "UTC", None]


def test_hashes_stay_out_of_what_is_printed() -> None:
    assert "a hash" not in repr(UserFactory())
    assert "a hash" not in repr(proof_of(UserFactory(), rehashed="a hash"))
