"""Workspaces over HTTP."""

import asyncio
from typing import Any
from uuid import uuid1, uuid4

import pytest

from support.harness.api import Api, ok
from support.harness.trusting_service import NewClient, started_service
from taskhub.kernel.contract.ids import new_id
from taskhub.kernel.infrastructure.postgres.database import Database

FIELDS = ["id", "name", "time_zone", "role", "version", "created_at", "updated_at"]


def path(api: Api) -> str:
    return f"/v1/workspaces/{api.workspace['id']}"


# -- creating --------------------------------------------------------------------------------------


async def test_whoever_creates_a_workspace_owns_it(new_client: NewClient) -> None:
    answer = await (await new_client()).post("/v1/workspaces", {"name": "Engine room"})
    workspace = answer.json()
    assert answer.status_code == 201
    assert [*workspace] == FIELDS
    assert (workspace["role"], workspace["time_zone"], workspace["version"]) == ("owner", "UTC", 1)
    assert answer.headers["location"] == f"/v1/workspaces/{workspace['id']}"


async def test_all_answers_show_the_same_representation(owner: Api) -> None:
    (item,) = ok(await owner.get("/v1/workspaces"))["items"]
    patched = await owner.patch(path(owner), {})
    read = await owner.get(path(owner))
    assert read.json() == owner.workspace == item == patched.json()


async def test_a_workspace_has_no_etag_as_its_role_depends_on_who_asks(owner: Api) -> None:
    answers = [
        await owner.post("/v1/workspaces", {"name": "x"}),
        await owner.patch(path(owner), {"name": "x"}),
        await owner.get(path(owner)),
    ]
    assert not any("etag" in answer.headers for answer in answers)


async def test_names_are_trimmed(owner: Api) -> None:
    assert ok(await owner.post("/v1/workspaces", {"name": "  Lower deck\t"}))["name"] == "Lower deck"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/name"),
        ({"name": " \t "}, "/name"),
        ({"name": "x" * 201}, "/name"),
        ({"name": "two\nlines"}, "/name"),
        ({"name": None}, "/name"),
        ({"name": 7}, "/name"),
        ({"name": "x", "time_zone": "Mars/Olympus"}, "/time_zone"),
        ({"name": "x", "time_zone": None}, "/time_zone"),
        ({"name": "x", "id": "7"}, "/id"),
        ({"name": "x", "id": str(uuid1())}, "/id"),
        ({"name": "x", "role": "owner"}, "/role"),
        ({"name": "x", "version": 1}, "/version"),
    ],
)
async def test_a_body_of_another_shape_is_told_where(owner: Api, body: dict[str, Any], pointer: str) -> None:
    answer = await owner.post("/v1/workspaces", body)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize("mint", [uuid4, new_id])
async def test_a_client_may_choose_the_id(new_client: NewClient, mint: Any) -> None:
    id = str(mint())
    assert ok(await (await new_client()).post("/v1/workspaces", {"id": id, "name": "x"}))["id"] == id


async def test_an_id_is_given_once_to_whomever(owner: Api, guest: Api) -> None:
    answer = await guest.post("/v1/workspaces", {"id": owner.workspace["id"], "name": "Mine"})
    assert (answer.status_code, answer.json()["code"]) == (409, "id_taken")
    assert ok(await owner.get(path(owner))) == owner.workspace


async def test_the_id_of_a_deleted_workspace_stays_taken(owner: Api) -> None:
    assert (await owner.delete(path(owner))).is_success
    answer = await owner.post("/v1/workspaces", {"id": owner.workspace["id"], "name": "Again"})
    assert (answer.status_code, answer.json()["code"]) == (409, "id_taken")


async def test_a_repeated_creation_replays_byte_for_byte(new_client: NewClient) -> None:
    api = await new_client()
    first, second = [await api.post("/v1/workspaces", {"name": "Once"}, idempotency_key="k") for _ in range(2)]
    assert (second.status_code, second.content, second.headers["location"]) == (201, first.content, first.headers["location"])
    assert second.headers["idempotency-replayed"] == "true"
    assert len(ok(await api.get("/v1/workspaces"))["items"]) == 1


async def test_a_creation_that_is_repeated_with_its_own_id_replays_too(new_client: NewClient) -> None:
    api, body = await new_client(), {"id": str(new_id()), "name": "Once"}
    first, second = [await api.post("/v1/workspaces", body, idempotency_key="k") for _ in range(2)]
    assert (second.status_code, second.content) == (201, first.content)


async def test_a_hundred_creations_at_once_with_one_key_make_one(new_client: NewClient) -> None:
    api = await new_client()
    api.sends_again = True
    answers = await asyncio.gather(*(api.post("/v1/workspaces", {"name": "Once"}, idempotency_key="k") for _ in range(100)))
    assert {(answer.status_code, answer.content) for answer in answers} == {(201, answers[0].content)}
    assert len(ok(await api.get("/v1/workspaces"))["items"]) == 1


# -- changing --------------------------------------------------------------------------------------


async def test_a_patch_changes_what_it_names(owner: Api) -> None:
    changed = ok(await owner.patch(path(owner), {"time_zone": "Europe/Berlin"}))
    assert (changed["time_zone"], changed["name"], changed["version"]) == ("Europe/Berlin", "Engine room", 2)
    assert changed["updated_at"] > owner.workspace["updated_at"]
    assert ok(await owner.get(path(owner))) == changed


async def test_an_answer_tells_the_callers_own_role(new_client: NewClient, owner: Api) -> None:
    admin = await new_client()
    await owner.invite(admin, "admin")
    changed = [await admin.patch(path(owner), {"name": "Ours"}, idempotency_key="k") for _ in range(2)]
    assert [answer.json()["role"] for answer in changed] == ["admin", "admin"]
    assert changed[0].content == changed[1].content
    assert [item["role"] for item in ok(await admin.get("/v1/workspaces"))["items"]] == ["admin"]


@pytest.mark.parametrize("name", ["name", "time_zone"])
async def test_null_has_no_meaning_here(owner: Api, name: str) -> None:
    assert (await owner.patch(path(owner), {name: None})).status_code == 422


async def test_a_stale_if_match_changes_nothing(owner: Api) -> None:
    ok(await owner.patch(path(owner), {"name": "First"}, if_match='"1"'))
    answer = await owner.patch(path(owner), {"name": "Second"}, if_match='"1"')
    assert (answer.status_code, answer.json()["current_version"], answer.headers["etag"]) == (412, 2, '"2"')
    assert ok(await owner.get(path(owner)))["name"] == "First"


async def test_concurrent_patches_of_different_fields_both_survive(owner: Api) -> None:
    await asyncio.gather(
        *(owner.patch(path(owner), {"name": f"Name {n}"}) for n in range(10)),
        *(owner.patch(path(owner), {"time_zone": zone}) for zone in ["Asia/Tokyo"] * 5),
    )
    changed = ok(await owner.get(path(owner)))
    assert (changed["name"][:5], changed["time_zone"]) == ("Name ", "Asia/Tokyo")


async def test_a_service_may_insist_on_if_match(database_url: str, new_client: NewClient, owner: Api) -> None:
    async with started_service(database_url, require_if_match=True) as strict:
        careful = await new_client(owner, app=strict)
        answers = [
            await careful.patch(path(owner), {"name": "x"}),
            await careful.delete(path(owner)),
            await careful.patch("members/me", {"role": "owner"}),
            await careful.delete("members/me"),
        ]
        assert [answer.status_code for answer in answers] == [428] * 4
        ok(await careful.patch(path(owner), {"name": "x"}, if_match='"1"'))


# -- deleting --------------------------------------------------------------------------------------


async def test_a_deleted_workspace_is_gone_for_everyone_at_once(new_client: NewClient, owner: Api) -> None:
    viewer = await new_client()
    await owner.invite(viewer, "viewer")
    ok(await viewer.get(path(owner)))
    assert (await owner.delete(path(owner))).status_code == 204
    for api in (owner, viewer):
        assert (await api.get(path(owner))).status_code == 404
        assert (await api.get("members")).status_code == 404
        assert ok(await api.get("/v1/workspaces"))["items"] == []


async def test_a_stale_if_match_deletes_nothing(owner: Api) -> None:
    assert (await owner.delete(path(owner), if_match='"2"')).status_code == 412
    ok(await owner.get(path(owner)))


# -- who may ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "patches", "deletes"), [("viewer", 403, 403), ("member", 403, 403), ("admin", 200, 403), ("owner", 200, 204)]
)
async def test_a_workspace_is_changed_by_admins_and_deleted_by_owners(
    new_client: NewClient, owner: Api, role: str, patches: int, deletes: int
) -> None:
    api = await new_client()
    await owner.invite(api, role)
    assert (await api.patch(path(owner), {"name": "x"})).status_code == patches
    assert (await api.delete(path(owner))).status_code == deletes


async def test_a_token_does_what_its_scope_and_its_owners_role_allow(new_client: NewClient, owner: Api) -> None:
    answer = await (await new_client(owner, scope="WRITE", token="-")).patch(path(owner), {"name": "x"})
    assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")
    assert answer.headers["www-authenticate"] == 'Bearer error="insufficient_scope", scope="admin"'


async def test_foreign_missing_and_malformed_look_the_same(guest: Api, new_client: NewClient, owner: Api) -> None:
    bound_elsewhere = await new_client(owner, token=str(uuid4()))
    answers = [
        await guest.get(path(guest)),
        await guest.get(f"/v1/workspaces/{uuid4()}"),
        await guest.get("/v1/workspaces/engine-room"),
        await bound_elsewhere.get(path(owner)),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert len({answer.content.replace(answer.headers["x-request-id"].encode(), b"") for answer in answers}) == 1


async def test_the_404_of_a_workspace_comes_before_the_403_and_the_422(guest: Api) -> None:
    assert (await guest.patch(path(guest), {"name": None})).status_code == 404


async def test_the_403_comes_before_the_422(new_client: NewClient, owner: Api) -> None:
    viewer = await new_client()
    await owner.invite(viewer, "viewer")
    assert (await viewer.patch(path(owner), {"name": None})).status_code == 403


async def test_a_bound_token_sees_one_workspace_and_opens_none(new_client: NewClient, owner: Api) -> None:
    first = owner.workspace
    await owner.open_workspace()
    bound = await new_client(owner, token=first["id"])
    assert ok(await bound.get("/v1/workspaces"))["items"] == [first]
    assert (await bound.post("/v1/workspaces", {"name": "x"})).status_code == 403


# -- listing ---------------------------------------------------------------------------------------


async def test_a_walk_shows_each_of_ones_workspaces_once_the_oldest_first(new_client: NewClient) -> None:
    api = await new_client()
    opened = [await api.open_workspace(name=f"Deck {n}") for n in range(5)]
    seen, cursor = [], None
    while True:
        page = ok(await api.get("/v1/workspaces", limit=2, **({"cursor": cursor} if cursor else {})))
        seen += page["items"]
        if (cursor := page["next_cursor"]) is None:
            break
    assert seen == opened


async def test_a_page_links_to_the_next(new_client: NewClient) -> None:
    api = await new_client()
    for _ in range(2):
        await api.open_workspace()
    answer = await api.get("/v1/workspaces", limit=1)
    assert answer.links["next"]["url"].endswith(f"/v1/workspaces?limit=1&cursor={answer.json()['next_cursor']}")


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 201}, {"limit": "x"}, {"sort": "name"}])
async def test_an_unknown_or_wrong_parameter_is_refused(owner: Api, query: dict[str, Any]) -> None:
    assert (await owner.get("/v1/workspaces", **query)).status_code == 422


async def test_a_cursor_of_another_list_is_refused(new_client: NewClient, owner: Api) -> None:
    await owner.open_workspace()
    cursor = ok(await owner.get("/v1/workspaces", limit=1))["next_cursor"]
    answer = await owner.get("members", cursor=cursor)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")


# -- round trips -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "body", "warm", "in_steps"),
    [("GET", None, 1, 1), ("PATCH", {"name": "Other"}, 2, 7), ("POST", {"name": "Another"}, 1, 6)],
)
async def test_a_warm_request_takes_few_round_trips_and_a_cold_one_one_more(
    owner: Api, pool: Database, method: str, body: Any, warm: int, in_steps: int
) -> None:
    where = "/v1/workspaces" if method == "POST" else path(owner)
    ok(await owner.get(path(owner)))
    pool.round_trips = []
    ok(await owner.send(method, where, body))
    taken, pool.round_trips = pool.round_trips, None
    assert len(taken) == (in_steps if pool.is_distributed else warm)


async def test_a_cold_request_takes_one_round_trip_more(owner: Api, pool: Database) -> None:
    pool.round_trips = []
    ok(await owner.get(path(owner)))
    taken, pool.round_trips = pool.round_trips, None
    assert len(taken) == 2
