"""A task goes to another project, from its page."""

from playwright.async_api import expect

from support.harness.board import Window
from taskhub.testing import Tenant

STATUSES = [{"key": "idea", "name": "Idea", "category": "todo"}, {"key": "shipped", "name": "Shipped", "category": "done"}]


def has_another_project(tenant: Tenant) -> None:
    assert tenant.client.post("projects", json={"key": "WEB", "name": "Website"}).status_code == 201
    answer = tenant.client.put("projects/WEB/workflow", json={"statuses": STATUSES, "transitions": None})
    assert answer.status_code == 200


async def moves(window: Window) -> None:
    await window.page.get_by_text("Move to another project").click()
    await window.page.get_by_label("Other project").select_option(label="Website (WEB)")
    await window.page.get_by_role("button", name="Move", exact=True).click()


async def test_a_task_moves_to_another_project_with_its_subtasks_and_back(tenant: Tenant, ada: Window, grace: Window) -> None:
    has_another_project(tenant)
    parent = tenant.task(title="One", status="done")
    tenant.task(title="Part of it", parent_id=parent["id"])
    await expect(grace.card("Part of it")).to_be_visible()
    await ada.go("tasks/TEST-1")
    await moves(ada)

    await expect(ada.page).to_have_url(ada.address("tasks/WEB-1"))
    await expect(ada.page.get_by_label("Status", exact=True)).to_have_value("shipped")  # The status that means the same.
    await expect(ada.page.get_by_text("TEST-1 moved to Website: it is WEB-1 now.")).to_be_visible()
    await expect(grace.page.locator(".card")).to_have_count(0)
    assert [task["key"] for task in tenant.client.get("tasks?project_id=WEB").json()["items"]] == ["WEB-2", "WEB-1"]

    await ada.page.locator(".notice").get_by_role("button", name="Undo").click()
    await expect(ada.page).to_have_url(ada.address("tasks/TEST-1"))
    await expect(grace.page.locator(".card")).to_have_count(2)


async def test_who_moves_a_task_that_another_has_moved_is_told_and_can_leave_it_there(tenant: Tenant, ada: Window) -> None:
    has_another_project(tenant)
    tenant.client.post("projects", json={"key": "OPS", "name": "Operations"})
    tenant.task(title="One")
    sent: list[str] = []
    ada.page.on("request", lambda request: sent.append(request.url))
    await ada.page.route("**/v1/**/stream*", lambda route: route.abort())  # What others do comes too late.
    await ada.go("tasks/TEST-1")
    await expect(ada.page.get_by_label("Status", exact=True)).to_be_visible()
    tenant.client.post("tasks/TEST-1/move", json={"to": "first", "project_id": "OPS"})
    await moves(ada)
    dialog = ada.page.get_by_role("dialog")
    await expect(dialog.get_by_role("heading")).to_have_text("The project was changed meanwhile")
    await expect(dialog.locator(".theirs")).to_have_text("Operations")
    await dialog.get_by_role("button", name="Keep theirs").click()

    await expect(ada.page).to_have_url(ada.address("tasks/OPS-1"))
    await ada.page.get_by_label("Priority", exact=True).select_option("high")
    await expect(ada.page.get_by_text("OPS-1: the priority changed.")).to_be_visible()  # Whatever was sent before it is answered.
    assert len([url for url in sent if url.endswith("/move")]) == 1


async def test_where_there_is_one_project_only_there_is_nowhere_to_move_to(tenant: Tenant, ada: Window) -> None:
    tenant.task(title="One")
    await ada.go("tasks/TEST-1")
    await expect(ada.page.get_by_role("group", name="Project")).to_contain_text("TEST")

    await expect(ada.page.get_by_text("Move to another project")).to_have_count(0)
