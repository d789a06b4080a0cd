"""A commit whose reply is lost is answered rightly: never twice done, never told undone when it was done."""

from uuid import uuid4

import pytest

from support.harness.api import Api
from support.harness.database_proxy import DatabaseProxy

AFTER, BEFORE = True, False


async def titles(api: Api, title: str) -> int:
    return sum(task["title"] == title for task in (await api.get("tasks")).json()["items"])


async def test_a_create_that_was_committed_is_answered_with_what_was_made(remote: Api, proxy: DatabaseProxy) -> None:
    cut = proxy.cut_at("lost create", answer_only=AFTER)
    answer = await remote.post("tasks", {"project_id": remote.project["id"], "title": "lost create"})
    assert cut.happened.is_set()
    assert answer.status_code == 201
    assert answer.json() == (await remote.get(f"tasks/{answer.json()['id']}")).json()
    assert await titles(remote, "lost create") == 1


@pytest.mark.not_on_citus(reason="a commit is several statements there")
async def test_a_create_that_never_arrived_is_not_told_done(remote: Api, proxy: DatabaseProxy) -> None:
    proxy.cut_at("never arrived", answer_only=BEFORE)
    answer = await remote.post("tasks", {"project_id": remote.project["id"], "title": "never arrived"})
    assert answer.status_code == 503
    assert answer.json()["code"] == "outcome_unknown"
    assert answer.json()["retry"] == "no"
    assert "retry-after" not in answer.headers
    assert await titles(remote, "never arrived") == 0


@pytest.mark.parametrize("answer_only", [AFTER, BEFORE])
async def test_a_create_with_a_key_is_made_once_wherever_the_line_was_cut(
    remote: Api, proxy: DatabaseProxy, *, answer_only: bool
) -> None:
    title = f"keyed {answer_only}"
    proxy.cut_at(title, answer_only=answer_only)
    body = {"project_id": remote.project["id"], "title": title}
    first = await remote.post("tasks", body, idempotency_key=title)
    second = await remote.post("tasks", body, idempotency_key=title)
    assert first.status_code == 201
    assert second.headers["idempotency-replayed"] == "true"
    assert second.content == first.content
    assert await titles(remote, title) == 1


@pytest.mark.parametrize("answer_only", [AFTER, BEFORE])
async def test_a_patch_with_a_key_is_applied_once_wherever_the_line_was_cut(
    remote: Api, proxy: DatabaseProxy, *, answer_only: bool
) -> None:
    task = await remote.add_task()
    title = f"patched {uuid4()}"
    proxy.cut_at(title, answer_only=answer_only)
    answer = await remote.patch(f"tasks/{task['id']}", {"title": title}, idempotency_key=title)
    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    assert (await remote.get(f"tasks/{task['id']}")).json() == answer.json()


async def test_a_patch_that_was_committed_is_answered_as_done(remote: Api, proxy: DatabaseProxy) -> None:
    task = await remote.add_task()
    proxy.cut_at("lost patch", answer_only=AFTER)
    answer = await remote.patch(f"tasks/{task['id']}", {"title": "lost patch"}, if_match='"1"')
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')


async def test_a_read_survives_a_broken_connection(remote: Api, proxy: DatabaseProxy) -> None:
    task = await remote.add_task()
    proxy.break_connections()
    assert (await remote.get(f"tasks/{task['id']}")).status_code == 200


async def test_a_write_survives_a_connection_that_broke_before_it_was_sent(remote: Api, proxy: DatabaseProxy) -> None:
    proxy.break_connections()
    assert (await remote.post("tasks", {"project_id": remote.project["id"], "title": "after the break"})).status_code == 201
