"""Proving a password."""

from uuid import UUID

import pytest

from taskhub.kernel.contract.ids import new_id
from taskhub.users.application.passwords import Credentials, Passwords, Proof
from taskhub.users.application.ports import Verdict
from taskhub.users.domain.errors import InvalidCredentials, WrongPassword

ADA = Credentials(new_id(), "hash of: swordfish", 2, 7)


COMPOSED, DECOMPOSED = "caf\u00e9 du \u304c soir", "cafe\u0301 du \u304b\u3099 soir"


class OneAccount:
    def __init__(self, password: str = "swordfish") -> None:
        self.account = Credentials(ADA.user_id, f"hash of: {password}", 2, 7)

    async def by_email(self, key: str, address: str) -> Credentials | None:
        return self.account if key == "ada@example.com" else None

    async def by_id(self, user_id: UUID) -> Credentials | None:
        return self.account if user_id == ADA.user_id else None


class CountingHasher:
    def __init__(self) -> None:
        self.verified: list[str | None] = []
        self.hashed = 0

    async def hash(self, password: str) -> str:
        self.hashed += 1
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
    assert str(refusal.value) == "The email address or the password is wrong."
    assert len(hasher.verified) == 1


async def test_a_wrong_current_password_is_no_reason_to_renew_the_session() -> None:
    with pytest.raises(WrongPassword):
        await PASSWORDS.prove(ADA.user_id, "wrong")


async def test_a_closed_account_has_no_password() -> None:
    with pytest.raises(WrongPassword):
        await PASSWORDS.prove(new_id(), "swordfish")


async def test_a_password_is_the_same_from_every_keyboard() -> None:
    stored = (await PASSWORDS.hash(COMPOSED)).removeprefix("hash of: ")
    assert await PASSWORDS.hash(DECOMPOSED) == f"hash of: {stored}"
    for typed in (COMPOSED, DECOMPOSED, DECOMPOSED.replace(" ", "\u00a0"), COMPOSED.replace(" ", "\u3000")):
        proof = await proven("ada@example.com", typed, Passwords(OneAccount(stored), CountingHasher()))
        assert proof == Proof(ADA.user_id, 2, 7, "renewed")


@pytest.mark.parametrize("typed", [COMPOSED.upper(), COMPOSED + " ", "cafe du \u304c soir", "caf\u00e9  du \u304c soir"])
async def test_case_marks_and_blanks_belong_to_a_password(typed: str) -> None:
    with pytest.raises(InvalidCredentials):
        await proven("ada@example.com", typed, Passwords(OneAccount(COMPOSED), CountingHasher()))


@pytest.mark.parametrize("stored", [DECOMPOSED, "no-break\u00a0space", "ideographic\u3000space"])
async def test_a_password_that_was_hashed_as_it_was_typed_is_right_and_is_hashed_anew(stored: str) -> None:
    proof = await proven("ada@example.com", stored, Passwords(OneAccount(stored), CountingHasher()))
    assert proof.rehashed == await PASSWORDS.hash(stored) != f"hash of: {stored}"


@pytest.mark.parametrize("typed", ["wrong", DECOMPOSED, "wrong\u00a0blank"])
async def test_a_wrong_password_costs_as_much_whoever_it_is_tried_on(typed: str) -> None:
    costs = []
    for email in ("ada@example.com", "eve@example.com", "no email"):
        hasher = CountingHasher()
        with pytest.raises(InvalidCredentials):
            await proven(email, typed, Passwords(OneAccount(), hasher))
        costs.append((len(hasher.verified), hasher.hashed))
    assert costs == [(1 if typed == "wrong" else 2, 0)] * 3
