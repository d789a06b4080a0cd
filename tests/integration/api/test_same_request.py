"""Whether a retry is the same request: by what it says, not by how that is spelt."""

import json
from typing import Any

import httpx2
import pytest

from support.harness.api import Api, ok
from support.harness.databases import execute
from support.harness.problems import problem
from taskhub.kernel.api.fingerprints import earlier_fingerprint

BOM = b"\xef\xbb\xbf"


async def send(api: Api, content: bytes, path: str = "tasks", method: str = "POST", key: str = "key") -> httpx2.Response:
    headers = {"content-type": "application/json", "idempotency-key": key}
    return await api.client.request(method, api.at(path), content=content, headers=headers)


def spellings(body: dict[str, Any]) -> dict[str, bytes]:
    """The same body in other bytes."""
    return {
        "other order": json.dumps(dict(reversed([*body.items()]))).encode(),
        "white space": json.dumps(body, indent=3).replace("\n", "\r\n\t").encode(),
        "raw letters": json.dumps(body, ensure_ascii=False).encode(),
        "escaped letters": json.dumps(body, ensure_ascii=False).replace("a", "\\u0061").encode(),
        "mark of the byte order": BOM + json.dumps(body).encode(),
        "a member that is given twice": b'{"title": "not this one", ' + json.dumps(body).encode()[1:],
    }


@pytest.mark.parametrize("name", spellings({}))
async def test_the_same_json_in_other_bytes_is_the_same_request(ada: Api, name: str) -> None:
    body = {
        "project_id": ada.project["id"],
        "title": "Öl für die Maschine / 1",
        "due": {"date": "2026-11-27", "time": None, "time_zone": None},
        "assignee_ids": [ada.user["id"]],
    }
    first = await send(ada, json.dumps(body).encode())
    again = await send(ada, spellings(body)[name])

    ok(first)
    assert (again.content, again.headers.get("idempotency-replayed")) == (first.content, "true")


@pytest.mark.parametrize(
    "other",
    [
        b'{"project_id": "%s", "title": "b"}',
        b'{"project_id": "%s", "title": "a", "priority": "none"}',
        b'{"project_id": "%s", "title": "a", "description": null}',
        b'{"project_id": "%s", "title": "A"}',
        b'{"project_id": "%s", "title": "a "}',
        b'{"project_id": "%s", "title": "a", "title": "b"}',
    ],
)
async def test_what_says_something_else_is_another_request(ada: Api, other: bytes) -> None:
    project = ada.project["id"].encode()
    ok(await send(ada, b'{"project_id": "%s", "title": "a"}' % project))

    problem(await send(ada, other % project), 422, "idempotency_key_reused")


async def test_the_order_of_a_list_says_something(ada: Api) -> None:
    task = await ada.add_task()
    bodies = [b'{"description": null, "label_ids": ["%s", "%s"]}' % (one, other) for one, other in await two_orders(ada)]
    ok(await send(ada, bodies[0], f"tasks/{task['id']}", "PATCH"))

    problem(await send(ada, bodies[1], f"tasks/{task['id']}", "PATCH"), 422, "idempotency_key_reused")


async def two_orders(api: Api) -> list[tuple[bytes, bytes]]:
    first, second = [ok(await api.post("labels", {"name": name}))["id"].encode() for name in ("one", "two")]
    return [(first, second), (second, first)]


@pytest.mark.parametrize("nothing", [b"", b"{}", b" null\n", BOM])
async def test_nothing_is_nothing_however_it_is_written(ada: Api, nothing: bytes) -> None:
    task = await ada.add_task()
    first = await send(ada, b"{ }", f"tasks/{task['id']}", "DELETE")

    again = await send(ada, nothing, f"tasks/{task['id']}", "DELETE")
    assert (again.status_code, again.headers.get("idempotency-replayed")) == (first.status_code, "true") == (204, "true")


async def test_a_record_that_an_earlier_version_left_is_known_by_the_bytes(ada: Api, database_url: str) -> None:
    body = b'{"title":  "a", "project_id": "%s"}' % ada.project["id"].encode()
    first = await send(ada, body)
    left = earlier_fingerprint("POST", ada.at("tasks"), b"", body).hex()
    await execute(database_url, f"UPDATE retry_keys SET fingerprint = '\\x{left}' WHERE user_id = '{ada.user['id']}'")

    assert (await send(ada, body)).content == first.content
    problem(await send(ada, body + b" "), 422, "idempotency_key_reused")


async def test_another_method_or_path_is_another_request(ada: Api) -> None:
    task, other = await ada.add_task(), await ada.add_task()
    ok(await send(ada, b'{"title": "a"}', f"tasks/{task['id']}", "PATCH"))

    problem(await send(ada, b'{"title": "a"}', f"tasks/{other['id']}", "PATCH"), 422, "idempotency_key_reused")
    problem(await send(ada, b"", f"tasks/{task['id']}", "DELETE"), 422, "idempotency_key_reused")
