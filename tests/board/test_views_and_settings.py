"""Filters in the address, the list, and what is set up around tasks: labels, members, the workflow, the trash."""

from playwright.async_api import expect

from board.conftest import Open
from support.harness.board import Window
from taskhub.testing import Tenant


async def test_a_view_is_found_again_by_its_address(tenant: Tenant, ada: Window, opened: Open) -> None:
    for title, priority in (("Oil the engine", "high"), ("Oil the door", "none"), ("Paint the door", "high")):
        tenant.task(title=title, priority=priority)
    await ada.page.get_by_label("Search tasks").fill("oil")
    await expect(ada.page.locator(".card")).to_have_count(2)
    await ada.page.get_by_label("Priority", exact=True).select_option("High")
    await expect(ada.page.locator(".card")).to_have_count(1)
    await ada.page.get_by_role("link", name="List", exact=True).click()
    await expect(ada.page.locator("tbody tr")).to_have_count(1)

    other = await opened(tenant.member())
    await other.sign_in(ada.page.url.split(f"{tenant.workspace_id}/")[1])
    await expect(other.page.locator("tbody tr")).to_have_count(1)
    await expect(other.page.get_by_label("Search tasks")).to_have_value("oil")
    await other.page.get_by_role("button", name="Clear").click()
    await expect(other.page.locator("tbody tr")).to_have_count(3)


async def test_what_matches_a_filter_from_now_on_appears(tenant: Tenant, ada: Window) -> None:
    tenant.task(title="One")
    await ada.go("projects/TEST?priority=urgent")
    await expect(ada.page.get_by_text("No task matches")).to_be_visible()
    tenant.client.patch("tasks/TEST-1", json={"priority": "urgent"})

    await expect(ada.card("One")).to_be_visible()


async def test_a_list_is_sorted_and_changed_in_place(tenant: Tenant, ada: Window) -> None:
    for title, priority in (("One", "low"), ("Two", "urgent"), ("Three", "high")):
        tenant.task(title=title, priority=priority)
    await ada.go("projects/TEST?view=list")
    await ada.page.get_by_role("button", name="Priority").click()
    await ada.page.get_by_role("button", name="Priority").click()
    await expect(ada.page.locator("tbody th a")).to_have_text(["Two", "Three", "One"])
    await ada.page.get_by_label("Status of TEST-1").select_option("Done")
    await ada.page.get_by_label("New task").fill("Four")
    await ada.page.keyboard.press("Enter")
    await expect(ada.page.locator("tbody tr")).to_have_count(4)
    await expect(ada.page.get_by_text("Live", exact=True)).to_be_visible()

    assert tenant.client.get("tasks/TEST-1").json()["status"] == "done"
    assert tenant.client.get("tasks/TEST-4").json()["title"] == "Four"


async def test_a_task_comes_back_from_the_trash(tenant: Tenant, ada: Window) -> None:
    tenant.task(title="One")
    await ada.go("tasks/TEST-1")
    await ada.page.get_by_role("button", name="Move to trash").click()
    await expect(ada.page.get_by_text("TEST-1 is in the trash.")).to_be_visible()
    await ada.go("tasks/TEST-1")
    await expect(ada.page.get_by_text("This task is in the trash.")).to_be_visible()
    await ada.go("trash")
    await ada.page.get_by_role("button", name="Restore TEST-1").click()
    await expect(ada.page.get_by_text("The trash is empty")).to_be_visible()

    assert tenant.client.get("tasks/TEST-1").json()["deleted_at"] is None


async def test_a_project_goes_to_the_archive_and_to_the_trash_and_comes_back(tenant: Tenant, ada: Window) -> None:
    ada.page.on("dialog", lambda dialog: dialog.accept())
    await ada.go("projects/TEST/settings")
    await ada.page.get_by_role("button", name="Archive", exact=True).click()
    await expect(ada.page.get_by_role("button", name="Bring back from the archive")).to_be_visible()
    await ada.page.get_by_role("button", name="Move to trash").click()
    await expect(ada.page.get_by_text("No project yet")).to_be_visible()
    await ada.go("trash")
    await ada.page.get_by_role("button", name="Restore TEST").click()
    await expect(ada.page.get_by_text("The trash is empty")).to_be_visible()

    project = tenant.client.get("projects/TEST").json()
    assert project["deleted_at"] is None
    assert project["archived_at"] is not None


async def test_a_workflow_is_edited_and_the_board_has_its_columns(tenant: Tenant, ada: Window) -> None:
    tenant.task(title="One", status="cancelled")
    page = ada.page
    await ada.go("projects/TEST/settings")
    await page.get_by_role("button", name="Add status").click()
    await page.get_by_label("Name of status 5").fill("In review")
    await page.get_by_label("Name of status 5").blur()
    for _ in range(2):
        await page.get_by_role("button", name="Move In review up").click()
    await page.get_by_role("button", name="Remove Cancelled").click()
    await page.get_by_label("Tasks in Cancelled go to").select_option("Done")
    await page.get_by_label("Tasks may move from any status to any other").uncheck()
    await page.get_by_label("From To do to Done").uncheck()
    await page.get_by_role("button", name="Save workflow").click()
    await expect(page.get_by_text("has a new workflow.")).to_be_visible()
    await ada.go("projects/TEST")

    await expect(page.locator(".column h2")).to_contain_text(["To do", "In progress", "In review", "Done"])
    await expect(ada.column("Done").locator(".card")).to_have_count(1)
    workflow = tenant.client.get("projects/TEST").json()["workflow"]
    assert workflow["statuses"][2] == {"key": "in_review", "name": "In review", "category": "in_progress"}
    assert sorted(workflow["transitions"]["todo"]) == ["in_progress", "in_review"]


async def test_labels_are_made_changed_and_deleted(tenant: Tenant, ada: Window) -> None:
    page = ada.page
    page.on("dialog", lambda dialog: dialog.accept())
    await ada.go("labels")
    await page.get_by_label("New label").fill("bug")
    await page.get_by_role("button", name="Create label").click()
    await page.get_by_label("Name of bug").fill("defect")
    await page.get_by_label("Name of bug").blur()
    await expect(page.get_by_label("Name of defect")).to_be_visible()
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()
    assert [label["name"] for label in tenant.client.get("labels").json()["items"]] == ["defect"]

    await page.get_by_role("button", name="Delete defect").click()
    await expect(page.get_by_text("No label yet")).to_be_visible()


async def test_members_get_other_roles_and_are_removed(tenant: Tenant, ada: Window) -> None:
    page = ada.page
    page.on("dialog", lambda dialog: dialog.accept())
    member = tenant.member()
    await ada.go("members")
    row = page.locator("ul.rows > li").filter(has_text=member.email)
    await row.get_by_label("Role of Ada").select_option("admin")
    await expect(page.get_by_role("button", name="Remove")).to_have_count(1)
    await page.reload()
    await expect(row.get_by_label("Role of Ada")).to_have_value("admin")
    await row.get_by_role("button", name="Remove").click()
    await expect(row).to_have_count(0)

    assert len(tenant.client.get("members").json()["items"]) == 1
