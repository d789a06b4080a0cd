"""Proving a password."""

from uuid import UUID

import pytest

from taskhub.kernel.contract.ids import new_id
from taskhub.users.application.passwords import Credentials, Passwords, Proof
from taskhub.users.application.ports import Verdict
from taskhub.users.domain.errors import InvalidCredentials, WrongPassword

ADA = Credentials(new_id(), "hash of: swordfish", 2, 7)


class OneAccount:
    async def by_email(self, key: str, address: str) -> Credentials | None:
        return ADA if key == "ada@example.com" else None

    async def by_id(self, user_id: UUID) -> Credentials | None:
        return ADA if user_id == ADA.user_id else None


class CountingHasher:
    def __init__(self) -> None:
        self.verified: list[str | None] = []

    async def hash(self, password: str) -> str:
        return f"hash of: {password}"

    async def verify(self, password: str, known: str | None) -> Verdict:
        self.verified.append(known)
        return Verdict(known == f"hash of: {password}", "renewed")


HASHER = CountingHasher()
PASSWORDS = Passwords(OneAccount(), HASHER)


async def proven(email: str, password: str, passwords: Passwords = PASSWORDS) -> Proof:
    return await passwords.prove_found(await passwords.find(email, "192.0.2.7"), password)


async def test_whoever_knows_the_password_gets_a_proof() -> None:
    assert await proven("Ada@Example.com", "swordfish") == Proof(ADA.user_id, 2, 7, "renewed")
    assert await PASSWORDS.prove(ADA.user_id, "swordfish") == Proof(ADA.user_id, 2, 7, "renewed")


@pytest.mark.parametrize("email", ["ada@example.com", "eve@example.com", "no email"])
async def test_wrong_password_and_unknown_email_are_one_answer_after_one_hash(email: str) -> None:
    hasher = CountingHasher()
    with pytest.raises(InvalidCredentials) as refusal:
        await proven(email, "wrong", Passwords(OneAccount(), hasher))
    assert str(refusal.value) == "Email or password is wrong."
    assert len(hasher.verified) == 1


async def test_a_wrong_current_password_is_no_reason_to_renew_the_session() -> None:
    with pytest.raises(WrongPassword):
        await PASSWORDS.prove(ADA.user_id, "wrong")


async def test_a_closed_account_has_no_password() -> None:
    with pytest.raises(WrongPassword):
        await PASSWORDS.prove(new_id(), "swordfish")
