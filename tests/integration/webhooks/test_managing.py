"""Webhooks are made, changed and deleted by admins; their secrets are shown once."""

from typing import Any

import pytest

from integration.webhooks.conftest import add_webhook
from support.harness.api import Api, ok
from support.harness.problems import problem
from taskhub.app import TaskHub
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.webhooks.domain.webhook import MAX_WEBHOOKS
from taskhub.webhooks.infrastructure.mappings import WEBHOOKS
from taskhub.webhooks.infrastructure.queues import WORKSPACE_ID

URL = "https://hooks.example.com/taskhub"
_SECRETS = Statement(WEBHOOKS.table.select().where(WEBHOOKS.table.c.workspace_id == WORKSPACE_ID))


@pytest.fixture
def database(hooks_app: TaskHub) -> Database:
    return hooks_app.state.container.database()


async def test_a_new_webhook_is_on_and_wants_everything(ada: Api) -> None:
    webhook = ok(await ada.post("webhooks", {"url": URL}))
    assert webhook.pop("secret").startswith("whsec_")
    assert webhook == {
        "id": webhook["id"],
        "workspace_id": ada.workspace["id"],
        "url": URL,
        "types": [],
        "description": None,
        "active": True,
        "disabled_reason": None,
        "former_secret_expires_at": None,
        "created_by_id": ada.user["id"],
        "version": 1,
        "created_at": webhook["created_at"],
        "updated_at": webhook["created_at"],
    }
    assert ok(await ada.get(f"webhooks/{webhook['id']}")) == webhook


async def test_the_secret_is_in_two_answers_and_nowhere_else(ada: Api, database: Database) -> None:
    created = ok(await ada.post("webhooks", {"url": URL, "active": False}))
    answer = await ada.post(f"webhooks/{created['id']}/rotate_secret")
    rotated = ok(answer)
    assert (answer.headers["cache-control"], answer.headers["etag"]) == ("no-store", '"2"')
    shown = [await ada.get(path) for path in ("webhooks", f"webhooks/{created['id']}", "changes")]
    rows = str([dict(row) for row in await database.fetch(_SECRETS, {"workspace_id": ada.workspace["id"]})])
    for secret in (created["secret"], rotated["secret"]):
        assert not any(secret in answer.text for answer in shown)
        assert secret.removeprefix("whsec_") not in rows


async def test_types_are_kept_in_order_and_once(ada: Api) -> None:
    webhook = await add_webhook(ada, URL, "task.updated", "project.created", "task.updated", active=False)
    assert webhook["types"] == ["project.created", "task.updated"]
    again = ok(await ada.patch(f"webhooks/{webhook['id']}", {"types": ["task.updated", "project.created"]}))
    assert again["version"] == 1


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/url", "missing"),
        ({"url": None}, "/url", "wrong_type"),
        ({"url": "ftp://example.com"}, "/url", "wrong_format"),
        ({"url": "https://user:password@example.com/"}, "/url", "wrong_format"),
        ({"url": "http://0177.0.0.1/"}, "/url", "wrong_format"),
        ({"url": "http://[fe80::1%25eth0]/"}, "/url", "wrong_format"),
        ({"url": URL + "a" * 2000}, "/url", "too_long"),
        ({"url": URL, "types": ["task"]}, "/types/0", "wrong_format"),
        ({"url": URL, "types": ["task.created", "task.updatde"]}, "/types/1", "not_one_of"),
        ({"url": URL, "types": ["task.created"] * 101}, "/types", "too_long"),
        ({"url": URL, "types": None}, "/types", "wrong_type"),
        ({"url": URL, "active": "yes"}, "/active", "wrong_type"),
        ({"url": URL, "description": " "}, "/description", "blank"),
        ({"url": URL, "secret": "whsec_mine"}, "/secret", "unknown_member"),
    ],
)
async def test_a_wrong_body_is_told_where(ada: Api, body: Any, pointer: str, code: str) -> None:
    (fault,) = problem(await ada.post("webhooks", body), 422, "validation_failed")["errors"]
    assert (fault["pointer"], fault["code"]) == (pointer, code)


async def test_types_that_nobody_has_are_refused_in_a_change_as_well(ada: Api) -> None:
    webhook = await add_webhook(ada, URL, active=False)
    refusal = problem(await ada.patch(f"webhooks/{webhook['id']}", {"types": ["task.updatde"]}), 422, "validation_failed")
    (fault,) = refusal["errors"]
    assert (fault["pointer"], fault["code"]) == ("/types/0", "not_one_of")
    assert "task.updated" in fault["message"]


async def test_a_workspace_has_a_limited_number(ada: Api) -> None:
    for _ in range(MAX_WEBHOOKS):
        await add_webhook(ada, URL, active=False)
    problem(await ada.post("webhooks", {"url": URL}), 409, "too_many_webhooks")


async def test_a_change_with_a_key_is_made_once(ada: Api) -> None:
    webhook = await add_webhook(ada, URL, active=False)
    path = f"webhooks/{webhook['id']}"
    first, again = [await ada.patch(path, {"description": "Index"}, idempotency_key="one") for _ in range(2)]
    assert (again.content, again.headers["idempotency-replayed"]) == (first.content, "true")
    gone, again = [await ada.delete(path, idempotency_key="two") for _ in range(2)]
    assert (gone.status_code, again.status_code, again.headers["idempotency-replayed"]) == (204, 204, "true")


async def test_members_and_viewers_see_nothing_of_webhooks(ada: Api, hooks_app: TaskHub) -> None:
    webhook = await add_webhook(ada, URL, active=False)
    path = f"webhooks/{webhook['id']}"
    async with Api.on(hooks_app) as member:
        await member.sign_up()
        await ada.invite(member, "member")
        for answer in (
            await member.get("webhooks"),
            await member.get(path),
            await member.get(f"{path}/deliveries"),
            await member.post("webhooks", {"url": URL}),
            await member.patch(path, {"active": True}),
            await member.post(f"{path}/rotate_secret"),
            await member.post(f"{path}/test"),
            await member.post(f"{path}/replay", {"from": "2026-01-01T00:00:00Z"}),
            await member.delete(path),
        ):
            problem(answer, 403, "not_allowed")
