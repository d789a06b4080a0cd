"""Two people in two windows: each sees what the other does, and nobody overwrites anybody in silence."""

from playwright.async_api import Locator, expect

from support.harness.board import Window
from taskhub.testing import Tenant


async def renames(window: Window, title: str, new_title: str) -> None:
    """Writes another title, and does not press Enter yet."""
    await window.link(title).focus()
    await window.page.keyboard.press("e")
    await expect(window.page.locator(".card-input")).to_be_focused()
    await window.page.locator(".card-input").fill(new_title)


def collision(window: Window) -> Locator:
    return window.page.get_by_role("dialog")


async def test_what_one_does_the_other_sees(ada: Window, grace: Window) -> None:
    await ada.column("To do").get_by_role("button", name="Add task").click()
    await expect(ada.page.get_by_label("New task in To do")).to_be_focused()
    await ada.page.keyboard.type("Made by Ada")
    await ada.page.keyboard.press("Enter")
    await expect(grace.card("Made by Ada")).to_contain_text("TEST-1")

    await grace.drag(grace.card("Made by Ada"), grace.column("In progress"))
    await expect(ada.column("In progress").locator(".card")).to_have_count(1)
    await renames(grace, "Made by Ada", "Renamed by Grace")
    await grace.page.keyboard.press("Enter")
    await expect(ada.card("Renamed by Grace")).to_be_visible()

    await ada.link("Renamed by Grace").focus()
    await ada.page.keyboard.press("Delete")
    await expect(grace.page.locator(".card")).to_have_count(0)


async def test_an_order_that_one_makes_is_there_for_the_other(tenant: Tenant, ada: Window, grace: Window) -> None:
    for title in ("One", "Two", "Three"):
        tenant.task(title=title)
    await expect(grace.card("Three")).to_be_visible()
    await expect(ada.card("Three")).to_be_visible()
    await ada.drag(ada.card("Three"), ada.card("One"))

    await expect(grace.page.locator("a.card-title")).to_have_text(["Three", "One", "Two"])


async def test_whoever_is_second_is_told_what_was_changed_by_whom_and_chooses(tenant: Tenant, ada: Window, grace: Window) -> None:
    tenant.task(title="As it was")
    await renames(ada, "As it was", "Ada's title")
    await renames(grace, "As it was", "Grace's title")
    await grace.page.keyboard.press("Enter")
    await expect(grace.card("Grace's title")).not_to_have_class("is-new")
    await expect(grace.page.get_by_text("Live", exact=True)).to_be_visible()
    await ada.page.keyboard.press("Enter")

    dialog = collision(ada)
    await expect(dialog.get_by_role("heading")).to_have_text("The title was changed meanwhile")
    await expect(dialog.locator("dt").first).to_contain_text("Ada, just now")  # Testing accounts are all called Ada.
    await expect(dialog.locator(".theirs")).to_have_text("Grace's title")
    await expect(dialog.locator(".yours")).to_have_text("Ada's title")
    await ada.picture("collision")
    await dialog.get_by_role("button", name="Keep theirs").click()
    await expect(ada.card("Grace's title")).to_be_visible()
    assert tenant.client.get("tasks/TEST-1").json()["version"] == 2

    await renames(ada, "Grace's title", "Ada's title after all")
    await renames(grace, "Grace's title", "Grace's other title")
    await grace.page.keyboard.press("Enter")
    await expect(grace.page.get_by_text("Live", exact=True)).to_be_visible()
    await expect(grace.card("Grace's other title")).to_be_visible()
    await ada.page.keyboard.press("Enter")
    await collision(ada).get_by_role("button", name="Use mine").click()
    await expect(grace.card("Ada's title after all")).to_be_visible()
    await expect(ada.card("Ada's title after all")).to_be_visible()


async def test_a_dialog_that_is_closed_leaves_what_the_other_wrote(tenant: Tenant, ada: Window) -> None:
    tenant.task(title="As it was")
    await renames(ada, "As it was", "Ada's title")
    tenant.client.patch("tasks/TEST-1", json={"title": "Another title"})
    await ada.page.keyboard.press("Enter")
    await expect(collision(ada)).to_be_visible()
    await ada.page.keyboard.press("Escape")

    await expect(ada.card("Another title")).to_be_visible()
    assert tenant.client.get("tasks/TEST-1").json()["title"] == "Another title"


async def test_who_changed_something_else_is_not_asked(tenant: Tenant, ada: Window) -> None:
    tenant.task(title="As it was")
    await renames(ada, "As it was", "Ada's title")
    tenant.client.patch("tasks/TEST-1", json={"priority": "urgent"})
    await ada.page.keyboard.press("Enter")

    await expect(ada.card("Ada's title")).to_contain_text("Urgent")
    await expect(ada.page.get_by_text("Live", exact=True)).to_be_visible()
    await expect(collision(ada)).to_have_count(0)
    task = tenant.client.get("tasks/TEST-1").json()
    assert (task["title"], task["priority"]) == ("Ada's title", "urgent")


async def test_a_card_that_another_moved_meanwhile_is_not_moved_in_silence(tenant: Tenant, ada: Window) -> None:
    tenant.task(title="One")
    await expect(ada.card("One")).to_be_visible()
    await ada.page.route("**/v1/**/stream*", lambda route: route.abort())  # What others do comes too late.
    await ada.page.reload()
    await expect(ada.card("One")).to_be_visible()
    tenant.client.patch("tasks/TEST-1", json={"status": "done"})
    await ada.drag(ada.card("One"), ada.column("In progress"))

    await expect(collision(ada).get_by_role("heading")).to_have_text("The status was changed meanwhile")
    await expect(collision(ada).locator(".theirs")).to_have_text("Done")
    await expect(collision(ada).locator(".yours")).to_have_text("In progress")
    await collision(ada).get_by_role("button", name="Keep theirs").click()
    await expect(ada.column("Done").locator(".card")).to_have_count(1)
    assert tenant.client.get("tasks/TEST-1").json()["status"] == "done"


async def test_descriptions_collide_as_well(tenant: Tenant, ada: Window) -> None:
    tenant.task(title="One", description="As it was")
    await ada.go("tasks/TEST-1")
    await ada.page.locator("#edit-description").click()
    await ada.page.get_by_label("Description").fill("Ada's description")
    tenant.client.patch("tasks/TEST-1", json={"description": "Another description"})
    await ada.page.get_by_role("button", name="Save").click()
    await collision(ada).get_by_role("button", name="Use mine").click()

    await expect(ada.page.locator(".markdown")).to_have_text("Ada's description")
    await expect(ada.page.locator(".history del").first).to_have_text("Another description")


async def test_who_is_no_member_any_more_is_told(tenant: Tenant, grace: Window) -> None:
    assert grace.account is not None
    tenant.client.delete(f"members/{grace.account.user_id}")

    await expect(grace.page.get_by_text("This workspace is not here")).to_be_visible()
