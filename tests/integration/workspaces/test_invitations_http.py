"""Invitations over HTTP."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import bindparam, update

from support.harness.api import Api, ok
from support.harness.trusting_service import NewClient
from taskhub.kernel.contract.ids import new_id
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.workspaces.infrastructure.mappings import INVITATIONS

ACCEPT = "/v1/invitations/accept"
FIELDS = ["id", "role", "created_by_id", "expires_at", "created_at"]

_table = INVITATIONS.table.c
_EXPIRE = Statement(
    update(INVITATIONS.table)
    .values(expires_at=bindparam("at", type_=_table.expires_at.type))
    .where(_table.workspace_id == bindparam("in_workspace", type_=_table.workspace_id.type))
)


async def invite(api: Api, role: str = "member", **body: Any) -> dict[str, Any]:
    invitation: dict[str, Any] = ok(await api.post("invitations", {"role": role, **body}))
    return invitation


async def pending(api: Api) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = ok(await api.get("invitations"))["items"]
    return items


async def accept(api: Api, invitation: dict[str, Any]) -> tuple[int, str | None]:
    answer = await api.post(ACCEPT, {"token": invitation["token"]})
    return answer.status_code, answer.json().get("code")


async def test_the_token_is_shown_once(owner: Api) -> None:
    answer = await owner.post("invitations", {"role": "member"})
    invitation = answer.json()
    assert [*invitation] == [*FIELDS, "token"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["location"] == owner.at(f"invitations/{invitation['id']}")
    del invitation["token"]
    assert await pending(owner) == [invitation]


async def test_an_invitation_lives_seven_days_unless_set(owner: Api) -> None:
    usual = await invite(owner)
    lifetime = datetime.fromisoformat(usual["expires_at"]) - datetime.fromisoformat(usual["created_at"])
    assert lifetime == timedelta(days=7)
    wanted = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)
    chosen = await invite(owner, expires_at=wanted.astimezone().isoformat())
    assert datetime.fromisoformat(chosen["expires_at"]) == wanted
    assert chosen["expires_at"].endswith("Z")


@pytest.mark.parametrize("at", ["2020-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2030-01-01T00:00:00", 1900000000, "tomorrow"])
async def test_an_expiry_is_an_instant_within_reach(owner: Api, at: Any) -> None:
    answer = await owner.post("invitations", {"role": "member", "expires_at": at})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/expires_at")


async def test_accepting_makes_a_member(new_client: NewClient, owner: Api) -> None:
    guest = await new_client()
    answer = await guest.post(ACCEPT, {"token": (await invite(owner, "admin"))["token"]})
    member = answer.json()
    assert answer.status_code == 201
    assert (member["user_id"], member["role"], member["version"]) == (guest.user["id"], "admin", 1)
    assert answer.headers["location"] == owner.at(f"members/{guest.user['id']}")
    assert "etag" not in answer.headers
    guest.workspace = owner.workspace
    assert ok(await guest.get("members/me")) == member
    assert await pending(owner) == []


async def test_an_invitation_is_good_for_one(new_client: NewClient, owner: Api) -> None:
    invitation = await invite(owner)
    first, second = await new_client(), await new_client()
    assert await accept(first, invitation) == (201, None)
    assert await accept(second, invitation) == (404, "not_found")
    assert await accept(first, invitation) == (404, "not_found")


async def test_a_member_does_not_use_up_an_invitation(new_client: NewClient, owner: Api) -> None:
    invitation = await invite(owner)
    assert await accept(owner, invitation) == (409, "already_member")
    assert await accept(await new_client(), invitation) == (201, None)


async def test_an_expired_invitation_opens_nothing(new_client: NewClient, owner: Api, pool: Database) -> None:
    invitation = await invite(owner)
    await pool.fetch(_EXPIRE, {"in_workspace": UUID(owner.workspace["id"]), "at": datetime.now(UTC)})
    assert await accept(await new_client(), invitation) == (404, "not_found")
    assert await pending(owner) == []
    assert (await owner.delete(f"invitations/{invitation['id']}")).status_code == 404


async def test_an_invitation_that_is_taken_back_opens_nothing(new_client: NewClient, owner: Api) -> None:
    invitation = await invite(owner)
    assert (await owner.delete(f"invitations/{invitation['id']}")).status_code == 204
    assert await accept(await new_client(), invitation) == (404, "not_found")
    assert (await owner.delete(f"invitations/{invitation['id']}")).status_code == 404


async def test_an_invitation_to_a_deleted_workspace_opens_nothing(new_client: NewClient, owner: Api) -> None:
    invitation = await invite(owner)
    assert (await owner.delete(f"/v1/workspaces/{owner.workspace['id']}")).is_success
    assert await accept(await new_client(), invitation) == (404, "not_found")


@pytest.mark.parametrize("token", ["thubinv_x", "x", "thubinv_" + "A" * 107])
async def test_an_unknown_token_opens_nothing(new_client: NewClient, token: str) -> None:
    assert await accept(await new_client(), {"token": token}) == (404, "not_found")


@pytest.mark.parametrize("body", [{}, {"token": ""}, {"token": None}, {"token": "x" * 201}, {"token": "x", "role": "owner"}])
async def test_an_acceptance_is_a_token_and_nothing_else(new_client: NewClient, body: dict[str, Any]) -> None:
    assert (await (await new_client()).post(ACCEPT, body)).status_code == 422


async def test_a_token_that_is_bound_elsewhere_accepts_nothing(new_client: NewClient, owner: Api) -> None:
    guest, invitation = await new_client(), await invite(owner)
    assert await accept(await new_client(guest, token=str(new_id())), invitation) == (404, "not_found")
    assert await accept(await new_client(guest, token="-"), invitation) == (201, None)


async def test_two_who_accept_at_once_are_one_member_more(new_client: NewClient, owner: Api) -> None:
    for _ in range(20):
        guests, invitation = [await new_client() for _ in range(2)], await invite(owner)
        before = len(ok(await owner.get("members"))["items"])
        answers = await asyncio.gather(*(accept(guest, invitation) for guest in guests))
        assert sorted(answers, key=str) == [(201, None), (404, "not_found")]
        assert len(ok(await owner.get("members"))["items"]) == before + 1


async def test_one_who_accepts_two_invitations_at_once_joins_once(new_client: NewClient, owner: Api) -> None:
    for _ in range(20):
        guest, invitations = await new_client(), [await invite(owner) for _ in range(2)]
        answers = await asyncio.gather(*(accept(guest, invitation) for invitation in invitations))
        assert sorted(answers, key=str) == [(201, None), (409, "already_member")]
        assert len(await pending(owner)) == 1
        ok(await guest.get(owner.at("members/me")))
        assert (await owner.delete(f"invitations/{(await pending(owner))[0]['id']}")).is_success


async def test_a_key_is_ignored_where_an_answer_holds_a_secret(owner: Api) -> None:
    first, second = [await owner.post("invitations", {"role": "member"}, idempotency_key="k") for _ in range(2)]
    assert first.json()["token"] != second.json()["token"]
    assert "idempotency-replayed" not in second.headers


async def test_a_client_may_choose_the_id_once(owner: Api) -> None:
    id = str(new_id())
    assert (await invite(owner, id=id))["id"] == id
    answer = await owner.post("invitations", {"role": "member", "id": id})
    assert (answer.status_code, answer.json()["code"]) == (409, "id_taken")


async def test_if_match_is_honoured(owner: Api) -> None:
    answer = await owner.post("invitations", {"role": "member"})
    place = answer.headers["location"]
    assert (await owner.delete(place, if_match='"2"')).status_code == 412
    assert (await owner.delete(place, if_match=answer.headers["etag"])).status_code == 204


@pytest.mark.parametrize(
    ("inviter", "invited", "status"),
    [
        ("viewer", "viewer", 403),
        ("member", "viewer", 403),
        ("admin", "member", 201),
        ("admin", "admin", 403),
        ("admin", "owner", 403),
        ("owner", "owner", 201),
    ],
)
async def test_who_invites_whom(new_client: NewClient, owner: Api, inviter: str, invited: str, status: int) -> None:
    api = await new_client()
    await owner.invite(api, inviter)
    assert (await api.post("invitations", {"role": invited})).status_code == status


async def test_a_viewer_reads_who_is_invited(new_client: NewClient, owner: Api) -> None:
    viewer = await new_client()
    await owner.invite(viewer, "viewer")
    await invite(owner)
    assert await pending(viewer) == await pending(owner)


async def test_a_walk_shows_each_invitation_once_the_oldest_first(owner: Api) -> None:
    created = [(await invite(owner))["id"] for _ in range(3)]
    first = ok(await owner.get("invitations", limit=2))
    rest = ok(await owner.get("invitations", limit=2, cursor=first["next_cursor"]))
    assert [item["id"] for item in first["items"] + rest["items"]] == created
    assert rest["next_cursor"] is None
