"""Members over HTTP."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import httpx2
import pytest

from support.harness.api import Api, ok
from support.harness.trusting_service import NewClient
from taskhub.app import TaskHub
from taskhub.kernel.infrastructure.postgres.database import Database

FIELDS = ["user_id", "name", "email", "role", "version", "joined_at", "left_at"]
ROUNDS = 200


def path(api: Api) -> str:
    return f"/v1/workspaces/{api.workspace['id']}"


async def members(api: Api) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = ok(await api.get("members"))["items"]
    return items


def roles(items: list[dict[str, Any]]) -> dict[str, str]:
    return {item["user_id"]: item["role"] for item in items}


# -- reading ---------------------------------------------------------------------------------------


async def test_members_are_listed_as_they_joined(new_client: NewClient, owner: Api) -> None:
    guests = [await new_client() for _ in range(3)]
    for guest in guests:
        await owner.invite(guest, "viewer")
    assert [item["user_id"] for item in await members(guests[0])] == [api.user["id"] for api in (owner, *guests)]


async def test_a_walk_shows_each_member_once(new_client: NewClient, owner: Api) -> None:
    for _ in range(4):
        await owner.invite(await new_client())
    seen, page = [], ok(await owner.get("members", limit=2))
    while True:
        seen += page["items"]
        if page["next_cursor"] is None:
            break
        page = ok(await owner.get("members", limit=2, cursor=page["next_cursor"]))
    assert seen == await members(owner)
    assert len(seen) == 5


async def test_a_member_is_shown_with_what_the_account_tells(ada: Api) -> None:
    """With a real account, at a real door."""
    read = await ada.get("members/me")
    member = read.json()
    assert [*member] == FIELDS
    assert (member["name"], member["email"], member["role"]) == ("Ada", ada.user["email"], "owner")
    assert await members(ada) == [member] == [ok(await ada.get(f"members/{ada.user['id']}"))]
    assert ok(await ada.patch("members/me", {"role": "owner"})) == member
    assert "etag" not in read.headers


async def test_a_member_whose_account_is_closed_has_neither_name_nor_address(owner: Api) -> None:
    (member,) = await members(owner)
    assert (member["name"], member["email"]) == ("Deleted user", None)


@pytest.mark.parametrize("who", ["somebody", "018f7a52-7c3e-7d6a-9f10-3c2b1a0d9e8f"])
async def test_who_is_no_member_is_not_found(owner: Api, who: str) -> None:
    assert (await owner.get(f"members/{who}")).status_code == 404
    assert (await owner.patch(f"members/{who}", {"role": "viewer"})).status_code == 404
    assert (await owner.delete(f"members/{who}")).status_code == 404


async def test_a_list_with_names_takes_two_round_trips(owner: Api, pool: Database) -> None:
    ok(await owner.get("members"))
    pool.round_trips = []
    ok(await owner.get("members"))
    taken, pool.round_trips = pool.round_trips, None
    assert len(taken) == 2


# -- changing roles --------------------------------------------------------------------------------


async def test_a_changed_role_is_a_new_version(new_client: NewClient, owner: Api) -> None:
    guest = await new_client()
    await owner.invite(guest, "viewer")
    answer = await owner.patch(f"members/{guest.user['id']}", {"role": "member"}, if_match='"1"')
    assert (answer.json()["role"], answer.json()["version"]) == ("member", 2)
    assert answer.json() == ok(await guest.get("members/me"))
    assert "etag" not in answer.headers


async def test_a_repeated_change_replays_with_the_name(ada: Api) -> None:
    first, second = [await ada.patch("members/me", {"role": "owner"}, idempotency_key="k") for _ in range(2)]
    assert (first.content, second.headers["idempotency-replayed"]) == (second.content, "true")


async def test_a_stale_if_match_changes_nothing(new_client: NewClient, owner: Api) -> None:
    guest = await new_client()
    await owner.invite(guest, "viewer")
    for answer in (
        await owner.patch(f"members/{guest.user['id']}", {"role": "owner"}, if_match='"7"'),
        await owner.delete(f"members/{guest.user['id']}", if_match='"7"'),
    ):
        assert (answer.status_code, answer.json()["current_version"]) == (412, 1)
    assert ok(await guest.get("members/me"))["role"] == "viewer"


@pytest.mark.parametrize("body", [{"role": "king"}, {"role": None}, {"role": "Owner"}, {"name": "x"}])
async def test_a_role_is_one_of_four(owner: Api, body: dict[str, Any]) -> None:
    assert (await owner.patch("members/me", body)).status_code == 422


async def test_an_admin_raises_nobody_to_their_own_kind(new_client: NewClient, owner: Api) -> None:
    admin, member = await new_client(), await new_client()
    await owner.invite(admin, "admin")
    await owner.invite(member)
    answer = await admin.patch(f"members/{member.user['id']}", {"role": "admin"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


async def test_a_role_that_grew_elsewhere_counts_at_once(new_client: NewClient, owner: Api, another_process: TaskHub) -> None:
    guest = await new_client()
    await owner.invite(guest, "viewer")
    elsewhere = await new_client(guest, app=another_process)
    assert (await elsewhere.patch(path(owner), {"name": "x"})).status_code == 403
    ok(await owner.patch(f"members/{guest.user['id']}", {"role": "admin"}))
    assert (await elsewhere.patch(path(owner), {"name": "x"})).status_code == 200


async def test_a_right_to_decide_about_members_that_grew_elsewhere_counts_at_once(
    new_client: NewClient, owner: Api, another_process: TaskHub
) -> None:
    """The authorizer admits an admin as an admin; that they are an owner by now is for the decision to find out."""
    guest = await new_client()
    await owner.invite(guest, "admin")
    elsewhere = await new_client(guest, app=another_process)
    ok(await elsewhere.patch(path(owner), {"name": "x"}))
    ok(await owner.patch(f"members/{guest.user['id']}", {"role": "owner"}))
    assert (await elsewhere.post("invitations", {"role": "owner"})).status_code == 201


# -- leaving and removing --------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["me", "id"])
async def test_everyone_may_leave(new_client: NewClient, owner: Api, name: str) -> None:
    viewer = await new_client()
    await owner.invite(viewer, "viewer")
    answer = await viewer.delete(f"members/{'me' if name == 'me' else viewer.user['id']}")
    assert answer.status_code == 204
    assert (await viewer.get("members")).status_code == 404
    assert roles(await members(owner)) == {owner.user["id"]: "owner"}


async def test_whoever_is_removed_is_out_at_once(new_client: NewClient, owner: Api) -> None:
    guest = await new_client()
    await owner.invite(guest)
    ok(await guest.get(path(owner)))
    assert (await owner.delete(f"members/{guest.user['id']}")).status_code == 204
    assert (await guest.get(path(owner))).status_code == 404
    assert guest.user["id"] not in {member["user_id"] for member in ok(await owner.get("members"))["items"]}


async def test_elsewhere_whoever_is_removed_is_out_within_a_second(
    new_client: NewClient, owner: Api, another_process: TaskHub
) -> None:
    guest = await new_client()
    await owner.invite(guest)
    elsewhere = await new_client(guest, app=another_process)
    ok(await elsewhere.get(path(owner)))
    assert (await owner.delete(f"members/{guest.user['id']}")).status_code == 204
    asked_at = removed_at = time.monotonic()
    while (await elsewhere.get("members")).status_code == 200:
        assert asked_at < removed_at + 1.0
        asked_at = time.monotonic()
    assert (await elsewhere.get(path(owner))).status_code == 404


async def test_the_last_owner_stays(new_client: NewClient, owner: Api) -> None:
    await owner.invite(await new_client(), "admin")
    for answer in (await owner.delete("members/me"), await owner.patch("members/me", {"role": "admin"})):
        assert (answer.status_code, answer.json()["code"]) == (409, "last_owner")


async def test_a_token_may_leave_with_less_than_it_takes_to_remove(new_client: NewClient, owner: Api) -> None:
    guest = await new_client()
    await owner.invite(guest, "owner")
    writer = await new_client(guest, scope="WRITE", token="-")
    answer = await writer.delete(f"members/{owner.user['id']}")
    assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")
    assert (await writer.delete("members/me")).status_code == 204


async def test_a_member_who_comes_back_continues_their_version(new_client: NewClient, owner: Api) -> None:
    guest = await new_client()
    await owner.invite(guest, "admin")
    assert (await guest.delete("members/me")).status_code == 204
    assert (await owner.invite(guest, "viewer"))["version"] == 3
    assert [item["version"] for item in await members(owner)] == [1, 3]
    assert [item["left_at"] for item in await members(owner)] == [None, None]
    assert ok(await owner.get("members", former="true"))["items"] == []


# -- who has left ----------------------------------------------------------------------------------


async def test_who_has_left_is_listed_apart_in_the_order_of_leaving(new_client: NewClient, owner: Api) -> None:
    guests = [await new_client() for _ in range(5)]
    for guest in guests:
        await owner.invite(guest)
    leaving = [guests[n] for n in (3, 0, 4)]
    for guest in leaving:
        assert (await guest.delete("members/me")).status_code == 204
    first = ok(await owner.get("members", former="true", limit=2))
    rest = ok(await owner.get("members", former="true", limit=2, cursor=first["next_cursor"]))
    seen = [*first["items"], *rest["items"]]
    assert [item["user_id"] for item in seen] == [guest.user["id"] for guest in leaving]
    assert {item["role"] for item in seen} == {None}
    assert [item["left_at"] for item in seen] == sorted(item["left_at"] for item in seen)
    present = ok(await owner.get("members", former="false"))
    assert present == ok(await owner.get("members"))
    assert {item["user_id"] for item in present["items"]} == {api.user["id"] for api in (owner, guests[1], guests[2])}


async def test_a_cursor_of_those_who_left_is_no_cursor_of_members(new_client: NewClient, owner: Api) -> None:
    for _ in range(2):
        guest = await new_client()
        await owner.invite(guest)
        await guest.delete("members/me")
    cursor = ok(await owner.get("members", former="true", limit=1))["next_cursor"]
    assert (await owner.get("members", limit=1, cursor=cursor)).status_code == 400


@pytest.mark.parametrize("query", ["former=yes", "former=", "former=true&former=true", "former=1"])
async def test_former_is_true_or_false_and_given_once(owner: Api, query: str) -> None:
    assert (await owner.get(f"members?{query}")).json()["errors"][0]["parameter"] == "former"


async def test_who_has_left_can_neither_be_changed_nor_removed(new_client: NewClient, owner: Api) -> None:
    guest = await new_client()
    await owner.invite(guest)
    await guest.delete("members/me")
    path = f"members/{guest.user['id']}"
    before = ok(await owner.get(path))
    assert (await owner.patch(path, {"role": "viewer"})).status_code == 404
    assert (await owner.delete(path)).status_code == 404
    assert ok(await owner.get(path)) == before


async def test_who_left_another_workspace_is_nobody_here(new_client: NewClient, owner: Api) -> None:
    guest, other = await new_client(), await new_client()
    await other.open_workspace()
    await other.invite(guest)
    await guest.delete("members/me")
    assert (await owner.get(f"members/{guest.user['id']}")).status_code == 404
    assert ok(await owner.get("members", former="true"))["items"] == []


# -- at the same time ------------------------------------------------------------------------------


async def two_owners(new_client: NewClient, owner: Api) -> tuple[Api, Api]:
    other = await new_client()
    await owner.invite(other, "owner")
    return owner, other


def codes(answers: Sequence[httpx2.Response]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


async def test_two_owners_who_leave_at_once_leave_one_behind(new_client: NewClient, owner: Api) -> None:
    one, other = await two_owners(new_client, owner)
    for _ in range(ROUNDS):
        answers = await asyncio.gather(one.delete("members/me"), other.delete("members/me"))
        assert codes(answers) == [204, 409]
        stayed, left = (one, other) if answers[1].status_code == 204 else (other, one)
        assert roles(await members(stayed)) == {stayed.user["id"]: "owner"}
        await stayed.invite(left, "owner")


async def test_two_owners_who_unmake_each_other_at_once_leave_one(new_client: NewClient, owner: Api) -> None:
    one, other = await two_owners(new_client, owner)
    for _ in range(ROUNDS // 10):
        answers = await asyncio.gather(
            *(a.patch(f"members/{b.user['id']}", {"role": "viewer"}) for a, b in ((one, other), (other, one)))
        )
        assert codes(answers) == [200, 403]
        left, lost = (one, other) if answers[0].status_code == 200 else (other, one)
        assert roles(await members(left)) == {left.user["id"]: "owner", lost.user["id"]: "viewer"}
        ok(await left.patch(f"members/{lost.user['id']}", {"role": "owner"}))


async def test_concurrent_changes_of_one_member_are_each_a_version(new_client: NewClient, owner: Api) -> None:
    guest = await new_client()
    await owner.invite(guest, "viewer")
    wanted = ["member", "viewer"] * 10
    owner.sends_again = True
    answers = await asyncio.gather(*(owner.patch(f"members/{guest.user['id']}", {"role": role}) for role in wanted))
    assert {answer.status_code for answer in answers} == {200}
    versions = {answer.json()["version"] for answer in answers}
    assert versions == set(range(min(versions), max(versions) + 1))
