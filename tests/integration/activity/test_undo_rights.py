"""Who may undo what: whoever may do the opposite today."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from support.harness.api import Api, ok
from support.harness.problems import problem
from support.harness.undoing import everything, last_seq, undo
from support.harness.waiting import PATIENCE_SECONDS
from taskhub.app import TaskHub

Join = Callable[[str], Awaitable[Api]]


@pytest.fixture
async def join(app: TaskHub, ada: Api) -> AsyncIterator[Join]:
    """Makes clients of new members of ada's workspace, with a role."""
    async with AsyncExitStack() as stack:

        async def make(role: str) -> Api:
            other = await stack.enter_async_context(Api.on(app))
            await other.sign_up(name="Grace")
            await ada.invite(other, role)
            return other

        yield make


async def with_token(app: TaskHub, stack: AsyncExitStack, owner: Api, scope: str) -> Api:
    other = await stack.enter_async_context(Api.on(app))
    other.workspace, other.project = owner.workspace, owner.project
    token = ok(await owner.post("/v1/tokens", {"name": "CI", "scopes": [scope]}))["token"]
    other.client.headers["authorization"] = f"Bearer {token}"
    return other


async def archive(api: Api) -> Any:
    return ok(await api.post(f"projects/{api.project['id']}/archive"))


async def add_label(api: Api) -> Any:
    return ok(await api.post("labels", {"name": "Bug"}))


async def add_project(api: Api) -> Any:
    return ok(await api.post("projects", {"key": "NEW", "name": "New"}))


async def rename(api: Api) -> Any:
    return ok(await api.patch(f"/v1/workspaces/{api.workspace['id']}", {"name": "Other"}))


@pytest.mark.parametrize("command", [archive, add_label, add_project, rename])
async def test_what_takes_an_admin_to_do_takes_one_to_undo(ada: Api, join: Join, command: Callable[[Api], Any]) -> None:
    member, admin = await join("member"), await join("admin")
    await command(ada)
    state, seq = await everything(ada), await last_seq(ada)
    problem(await member.post(f"changes/{seq}/undo"), 403, "not_allowed")
    assert (await everything(ada), await last_seq(ada)) == (state, seq)
    await undo(admin, seq)


async def test_members_undo_what_others_did_to_tasks(ada: Api, join: Join) -> None:
    task, member = await ada.add_task(), await join("member")
    ok(await ada.patch(f"tasks/{task['id']}", {"title": "Other"}))
    (change,) = await undo(member, await last_seq(ada))
    assert (change["actor_id"], change["snapshot"]["title"]) == (member.user["id"], task["title"])


async def test_viewers_undo_nothing(ada: Api, join: Join) -> None:
    await ada.add_task()
    viewer = await join("viewer")
    problem(await viewer.post(f"changes/{await last_seq(ada)}/undo"), 403, "not_allowed")


async def test_a_token_needs_the_scope_of_the_opposite(ada: Api, app: TaskHub) -> None:
    await archive(ada)
    seq = await last_seq(ada)
    async with AsyncExitStack() as stack:
        reading, writing, managing = [await with_token(app, stack, ada, scope) for scope in ("read", "write", "admin")]
        for api in (reading, writing):
            answer = await api.post(f"changes/{seq}/undo")
            problem(answer, 403, "insufficient_scope")
        assert 'scope="admin"' in answer.headers["www-authenticate"]
        await undo(managing, seq)


async def test_only_the_author_of_a_comment_takes_back_its_changes(ada: Api, join: Join) -> None:
    task, member = await ada.add_task(), await join("member")
    comment = ok(await member.post(f"tasks/{task['id']}/comments", {"body": "One"}))
    made = await last_seq(ada)
    ok(await member.patch(f"tasks/{task['id']}/comments/{comment['id']}", {"body": "Two"}))
    changed = await last_seq(ada)
    problem(await ada.post(f"changes/{changed}/undo"), 403, "not_allowed")
    await undo(member, changed)
    another = await join("member")
    problem(await another.post(f"changes/{made}/undo"), 403, "not_allowed")
    await undo(ada, made)  # She moderates, as she may delete it.


async def test_what_the_author_has_deleted_comes_back_by_the_author_alone(ada: Api, join: Join) -> None:
    task, member = await ada.add_task(), await join("member")
    comment = ok(await member.post(f"tasks/{task['id']}/comments", {"body": "One"}))
    path = f"tasks/{task['id']}/comments/{comment['id']}"
    await member.delete(path)
    problem(await ada.post(f"changes/{await last_seq(ada)}/undo"), 403, "not_allowed")
    await undo(member, await last_seq(ada))
    await ada.delete(path)
    await undo(ada, await last_seq(ada))
    assert ok(await ada.get(path))["body"] == "One"


async def test_what_the_author_has_deleted_again_does_not_come_back_by_an_older_deletion(ada: Api, join: Join) -> None:
    task, member = await ada.add_task(), await join("member")
    comment = ok(await member.post(f"tasks/{task['id']}/comments", {"body": "Old secret"}))
    path = f"tasks/{task['id']}/comments/{comment['id']}"
    await ada.delete(path)
    first = await last_seq(ada)
    await undo(ada, first)
    ok(await member.patch(path, {"body": "New text"}))
    await member.delete(path)
    end = await last_seq(ada)
    for api in (ada, member):
        refusal = problem(await api.post(f"changes/{first}/undo"), 409, "changed_since")
        assert refusal["changed"] == [{"entity_type": "comment", "entity_id": comment["id"], "fields": ["id"]}]
    problem(await ada.post(f"changes/{end}/undo"), 403, "not_allowed")
    assert await last_seq(ada) == end
    await undo(member, end)
    assert ok(await ada.get(path))["body"] == "New text"


async def test_a_role_that_was_raised_just_now_counts(ada: Api, join: Join) -> None:
    member = await join("member")
    await archive(ada)
    seq = await last_seq(ada)
    problem(await member.post(f"changes/{seq}/undo"), 403, "not_allowed")
    ok(await ada.patch(f"members/{member.user['id']}", {"role": "admin"}))
    await undo(member, seq)


async def test_who_left_is_not_put_back_on_a_task(ada: Api, join: Join) -> None:
    member = await join("member")
    task = await ada.add_task(assignee_ids=[member.user["id"]])
    ok(await ada.patch(f"tasks/{task['id']}", {"assignee_ids": []}))
    seq = await last_seq(ada)
    await ada.delete(f"members/{member.user['id']}")
    refusal = problem(await ada.post(f"changes/{seq}/undo"), 409, "changed_since")
    assert [thing["fields"] for thing in refusal["changed"]] == [["assignee_ids"]]


async def test_who_was_taken_off_after_leaving_is_put_back_once_they_are_back(ada: Api, join: Join) -> None:
    """That is a command of the service's own, undone as any other."""
    member = await join("member")
    task = await ada.add_task(assignee_ids=[member.user["id"]])
    await ada.delete(f"members/{member.user['id']}")
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (released := ok(await ada.get("changes", entity_id=task["id"]))["items"][-1])["type"] != "task.updated":
            await asyncio.sleep(0.05)
    assert released["actor_id"] is None
    problem(await ada.post(f"changes/{released['seq']}/undo"), 409, "changed_since")
    await ada.invite(member)
    (change,) = await undo(ada, released["seq"])
    assert change["snapshot"]["assignee_ids"] == [member.user["id"]]
