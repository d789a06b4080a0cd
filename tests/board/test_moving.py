"""The board: cards are made, renamed and moved, with a mouse and without one."""

from playwright.async_api import expect

from board.conftest import Open
from support.harness.board import Window
from taskhub.testing import Tenant


def order_of(tenant: Tenant) -> list[str]:
    """As the service has it."""
    tasks = tenant.client.get("tasks", params={"sort": "rank", "project_id": "TEST"}).json()["items"]
    return [task["title"] for task in tasks]


def statuses_of(tenant: Tenant) -> dict[str, str]:
    tasks = tenant.client.get("tasks", params={"project_id": "TEST"}).json()["items"]
    return {task["title"]: task["status"] for task in tasks}


async def sent(window: Window) -> None:
    """Nothing waits any more."""
    await expect(window.page.get_by_text("Live", exact=True)).to_be_visible()


async def test_a_card_is_dragged_to_another_column(tenant: Tenant, ada: Window) -> None:
    for title in ("One", "Two", "Three"):
        tenant.task(title=title)
    await expect(ada.card("Three")).to_be_visible()
    await ada.drag(ada.card("Two"), ada.column("In progress"))
    await sent(ada)

    assert await ada.titles("In progress") == ["Two"]
    assert statuses_of(tenant) == {"One": "todo", "Two": "in_progress", "Three": "todo"}


async def test_a_card_is_dragged_to_another_place_in_its_column(tenant: Tenant, ada: Window) -> None:
    for title in ("One", "Two", "Three"):
        tenant.task(title=title)
    await expect(ada.card("Three")).to_be_visible()
    await ada.drag(ada.card("Three"), ada.card("One"))
    await sent(ada)
    assert order_of(tenant) == ["Three", "One", "Two"] == await ada.titles("To do")

    await ada.drag(ada.card("Three"), ada.card("Two"), low=True)
    await sent(ada)
    assert order_of(tenant) == ["One", "Two", "Three"] == await ada.titles("To do")


async def test_a_drag_opens_nothing_and_escape_takes_it_back(tenant: Tenant, ada: Window) -> None:
    tenant.task(title="One")
    await ada.card("One").hover()
    await ada.page.mouse.down()
    await ada.page.mouse.move(600, 300, steps=5)
    await ada.page.keyboard.press("Escape")
    await ada.page.mouse.up()

    await expect(ada.page.locator(".ghost")).to_have_count(0)
    assert ada.page.url.endswith("/projects/TEST")
    assert statuses_of(tenant) == {"One": "todo"}


async def test_a_card_is_moved_with_the_keyboard_alone(tenant: Tenant, ada: Window) -> None:
    for title in ("One", "Two", "Three"):
        tenant.task(title=title)
    await ada.link("One").focus()
    press = ada.page.keyboard.press
    await press("ArrowDown")
    await expect(ada.link("Two")).to_be_focused()
    for key in (" ", "ArrowUp"):
        await press(key)
    await expect(ada.page.locator("[aria-live=assertive]")).to_have_text("Moved: Two. To do, 1 of 3.")
    await press(" ")
    await sent(ada)
    assert order_of(tenant) == ["Two", "One", "Three"]

    await expect(ada.link("Two")).to_be_focused()
    for key in (" ", "ArrowRight", "ArrowRight", " "):
        await press(key)
    await sent(ada)
    assert statuses_of(tenant)["Two"] == "done"
    await expect(ada.link("Two")).to_be_focused()

    for key in (" ", "ArrowLeft", "Escape"):
        await press(key)
    assert await ada.titles("Done") == ["Two"]


async def test_a_task_is_made_renamed_opened_and_thrown_away_with_the_keyboard(tenant: Tenant, ada: Window) -> None:
    tenant.task(title="One")
    press, write = ada.page.keyboard.press, ada.page.keyboard.type
    await ada.link("One").focus()
    await press("n")
    await expect(ada.page.get_by_label("New task in To do")).to_be_focused()
    await write("Another")
    await press("Enter")
    await press("Escape")
    await ada.link("Another").focus()
    await press("e")
    await expect(ada.page.get_by_label("Title of TEST-2")).to_be_focused()
    await write("Renamed")
    await press("Enter")
    await expect(ada.link("Renamed")).to_be_focused()
    await sent(ada)
    assert order_of(tenant) == ["One", "Renamed"]

    await press("Delete")
    await expect(ada.page.get_by_text("TEST-2 is in the trash.")).to_be_visible()
    assert order_of(tenant) == ["One"]
    await ada.page.get_by_role("button", name="Undo").click()
    await expect(ada.card("Renamed")).to_be_visible()
    await ada.link("Renamed").focus()
    await press("Enter")
    await expect(ada.page.get_by_role("heading", name="Renamed", level=1)).to_be_visible()


async def test_escape_leaves_a_title_as_it_was(tenant: Tenant, ada: Window) -> None:
    tenant.task(title="One")
    await ada.link("One").focus()
    await ada.page.keyboard.press("e")
    await expect(ada.page.get_by_label("Title of TEST-1")).to_be_focused()
    await ada.page.keyboard.type("Something else")
    await ada.page.keyboard.press("Escape")

    await expect(ada.link("One")).to_be_focused()
    assert order_of(tenant) == ["One"]


async def test_a_column_to_which_the_workflow_leads_nowhere_takes_no_card(tenant: Tenant, ada: Window) -> None:
    project = tenant.client.get("projects/TEST").json()
    workflow = {**project["workflow"], "transitions": {"todo": ["in_progress"], "in_progress": ["done"]}}
    assert tenant.client.put("projects/TEST/workflow", json=workflow).status_code == 200
    tenant.task(title="One")
    await expect(ada.card("One")).to_be_visible()
    await ada.drag(ada.card("One"), ada.column("Done"))
    assert statuses_of(tenant) == {"One": "todo"}

    await ada.link("One").focus()
    for key in (" ", "ArrowRight", "ArrowRight", " "):
        await ada.page.keyboard.press(key)
    await sent(ada)
    assert statuses_of(tenant) == {"One": "in_progress"}


async def test_a_viewer_can_look_and_not_touch(tenant: Tenant, opened: Open) -> None:
    tenant.task(title="One")
    viewer = await opened(tenant.member("viewer"))
    await viewer.sign_in("projects/TEST")
    await expect(viewer.card("One")).to_be_visible()
    await viewer.drag(viewer.card("One"), viewer.column("Done"))

    await expect(viewer.page.get_by_role("button", name="Add task")).to_have_count(0)
    assert await viewer.titles("To do") == ["One"]
