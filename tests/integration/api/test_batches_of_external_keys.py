"""External keys in batches and dry runs."""

from typing import Any
from urllib.parse import quote

from support.harness.api import Api, ok
from support.harness.external_keys import HOSTILE, external
from support.harness.problems import problem
from support.harness.undoing import last_seq, undo
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.testing.conformance.round_trips import recording_round_trips

KEY = "github:org/repo#12"


def put(api: Api, key: str, **body: Any) -> dict[str, Any]:
    return {
        "method": "PUT",
        "path": f"/tasks/external/{quote(key, safe='')}",
        "body": {"project_id": api.project["id"], "title": "New", **body},
    }


async def batch(api: Api, *operations: dict[str, Any]) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = ok(await api.post("batch", {"operations": [*operations]}))["results"]
    return results


async def test_any_key_creates_changes_and_names_its_task(ada: Api) -> None:
    for status in (201, 200):
        results = await batch(ada, *(put(ada, key) for key in HOSTILE))
        assert [(one["status"], one["body"]["external_keys"]) for one in results] == [(status, [key]) for key in HOSTILE]
    results = await batch(
        ada, *({"method": "PATCH", "path": f"/tasks/{external(key)}", "body": {"title": key[:9] + "!"}} for key in HOSTILE)
    )
    assert [one["body"]["version"] for one in results] == [2] * len(HOSTILE)


async def test_a_path_may_have_two_of_the_longest_keys(ada: Api) -> None:
    first, second = ("\N{WRENCH}" * 254 + end for end in "ab")
    path = f"/tasks/{external(first)}/blockers/{external(second)}"
    *_, last = await batch(ada, put(ada, first), put(ada, second), {"method": "PUT", "path": path})
    assert last["status"] == 200


async def test_a_later_operation_names_by_its_key_what_an_earlier_one_makes(ada: Api) -> None:
    first, second, third = await batch(
        ada,
        put(ada, KEY),
        put(ada, "second", parent_id=f"external:{KEY}", blocked_by_ids=[f"external:{KEY}"]),
        {"method": "PUT", "path": f"/tasks/{external(KEY)}/assignees/me"},
    )
    assert (second["body"]["parent_id"], second["body"]["blocked_by_ids"]) == (first["body"]["id"], [first["body"]["id"]])
    assert (third["body"]["id"], third["body"]["version"]) == (first["body"]["id"], 2)


async def test_a_key_goes_over_to_a_task_that_the_same_batch_creates_and_back(ada: Api) -> None:
    task = await ada.add_task(external_keys=[KEY])
    take_off = {"method": "PATCH", "path": f"/tasks/{external(KEY)}", "body": {"external_keys": []}}
    _, new = await batch(ada, take_off, put(ada, KEY))
    assert (new["status"], ok(await ada.get("tasks", external_key=KEY))["items"]) == (201, [new["body"]])
    await undo(ada, await last_seq(ada))
    assert [one["id"] for one in ok(await ada.get("tasks", external_key=KEY))["items"]] == [task["id"]]
    refused = await ada.post("batch", {"operations": [put(ada, "other"), {**take_off, "body": {"external_keys": ["other"]}}]})
    assert problem(refused, 409, "external_key_taken")["operation"] == 1


async def test_a_dry_run_takes_no_key(ada: Api) -> None:
    path, body = "tasks/external/a%2Fb", {"project_id": ada.project["id"], "title": "New"}
    tried = ok(await ada.put(f"{path}?dry_run=true", body))
    assert (tried["status"], tried["body"]["external_keys"]) == (201, ["a/b"])
    assert (await ada.put(path, body)).status_code == 201
    assert ok(await ada.put(f"{path}?dry_run=true", {**body, "title": "Other"}))["status"] == 200


async def test_many_cost_as_many_round_trips_as_few(ada: Api, database: Database) -> None:
    async def cost(*keys: str) -> int:
        with recording_round_trips(database) as taken:
            await batch(ada, *(put(ada, key) for key in keys))
        return sum("members.role" not in one and "sessions" not in one for one in taken)  # Those are remembered for a second.

    created = await cost(*map(str, range(50)))
    assert await cost("few", "new", "ones") == created
    assert await cost(*map(str, range(50))) == await cost("0", "1", "2")
