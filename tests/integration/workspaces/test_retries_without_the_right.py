"""A command that took the right to repeat it away is answered as the first time under its key, and to nobody else."""

from collections.abc import Awaitable, Callable

import httpx2
import pytest

from support.harness.api import Api, ok
from support.harness.problems import problem, without_request_id
from support.harness.trusting_service import NewClient
from taskhub.app import TaskHub

KEY = "the key"
Command = Callable[[Api, str], Awaitable[httpx2.Response]]


async def leave(api: Api, key: str) -> httpx2.Response:
    return await api.delete("members/me", idempotency_key=key)


async def leave_by_id(api: Api, key: str) -> httpx2.Response:
    return await api.delete(f"members/{api.user['id'].upper()}", idempotency_key=key)


async def step_down(api: Api, key: str) -> httpx2.Response:
    return await api.patch("members/me", {"role": "viewer"}, idempotency_key=key)


async def step_down_a_little(api: Api, key: str) -> httpx2.Response:
    """Admins may change members, but no admins, not even themselves."""
    return await api.patch("members/me", {"role": "admin"}, idempotency_key=key)


async def delete_workspace(api: Api, key: str) -> httpx2.Response:
    return await api.delete(f"/v1/workspaces/{api.workspace['id']}", idempotency_key=key)


COMMANDS: list[Command] = [leave, leave_by_id, step_down, step_down_a_little, delete_workspace]
each_command = pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)


@pytest.fixture
async def mira(new_client: NewClient, owner: Api) -> Api:
    """Another owner."""
    mira = await new_client()
    await owner.invite(mira, "owner")
    return mira


@each_command
async def test_the_retry_is_answered_as_the_first_time(
    mira: Api, new_client: NewClient, another_process: TaskHub, command: Command
) -> None:
    first = await command(mira, KEY)
    assert first.is_success, first.text
    for process in (mira, await new_client(mira, app=another_process)):
        again = await command(process, KEY)
        assert (again.status_code, again.content) == (first.status_code, first.content)
        assert again.headers["idempotency-replayed"] == "true"


@each_command
async def test_without_the_key_or_with_another_the_right_is_gone(mira: Api, command: Command) -> None:
    made_once = await command(mira, KEY)
    assert made_once.is_success
    assert (await command(mira, "another key")).status_code in (403, 404)


@each_command
async def test_a_token_of_too_narrow_a_scope_or_for_elsewhere_gets_nothing(
    mira: Api, new_client: NewClient, command: Command
) -> None:
    assert (await command(mira, KEY)).is_success
    narrow = await new_client(mira, "READ")
    assert (await command(narrow, KEY)).status_code in (403, 404)
    elsewhere = await new_client(mira, "ADMIN", "019a9f49-95cb-770d-b4b9-06d837e5b03a")
    problem(await command(elsewhere, KEY), 404, "not_found")


async def test_nobody_else_learns_of_it(owner: Api, mira: Api, new_client: NewClient) -> None:
    stranger = await new_client()
    assert (await delete_workspace(mira, KEY)).status_code == 204
    stranger.workspace = mira.workspace
    foreign = without_request_id(await delete_workspace(stranger, KEY))
    stranger.workspace = {"id": "019a9f49-95cb-770d-b4b9-06d837e5b03a"}
    assert without_request_id(await delete_workspace(stranger, KEY)) == foreign
    problem(await delete_workspace(owner, KEY), 404, "not_found")


async def test_the_same_key_with_another_request_is_refused_as_without_it(mira: Api) -> None:
    assert (await leave(mira, KEY)).status_code == 204
    problem(await delete_workspace(mira, KEY), 404, "not_found")
    problem(await step_down(mira, KEY), 404, "not_found")


async def test_what_was_done_before_is_not_replayed_to_a_former_member(mira: Api) -> None:
    name = {"name": "Boiler room"}
    path = f"/v1/workspaces/{mira.workspace['id']}"
    ok(await mira.patch(path, name, idempotency_key=KEY))
    assert (await leave(mira, "another key")).status_code == 204
    problem(await mira.patch(path, name, idempotency_key=KEY), 404, "not_found")


async def test_who_was_removed_by_another_is_shown_nothing_of_those_they_removed(
    owner: Api, mira: Api, new_client: NewClient
) -> None:
    guest = await new_client()
    await owner.invite(guest, "member")
    removal = f"members/{guest.user['id']}"
    assert (await mira.delete(removal, idempotency_key=KEY)).status_code == 204
    assert (await owner.delete(f"members/{mira.user['id']}")).status_code == 204
    problem(await mira.delete(removal, idempotency_key=KEY), 404, "not_found")


async def test_a_path_that_names_nothing_is_not_found(mira: Api) -> None:
    problem(await mira.delete("/v1/workspaces/nothing", idempotency_key=KEY), 404, "not_found")
    problem(await mira.delete("/v1/workspaces/nothing/members/me", idempotency_key=KEY), 404, "not_found")
