"""What was done is undone and redone, from the board and from the history of a task."""

from playwright.async_api import Dialog, expect

from board.conftest import Open
from support.harness.board import Window
from taskhub.testing import Tenant


async def renames(window: Window, title: str, new_title: str) -> None:
    await window.link(title).focus()
    await window.page.keyboard.press("e")
    await expect(window.page.locator(".card-input")).to_be_focused()
    await window.page.locator(".card-input").fill(new_title)
    await window.page.keyboard.press("Enter")
    await expect(window.link(new_title)).to_be_visible()


async def test_after_a_change_the_board_offers_to_undo_it_and_then_to_redo_it(tenant: Tenant, ada: Window) -> None:
    tenant.task(title="One")
    await renames(ada, "One", "Another")
    notice = ada.page.locator(".notice")
    await expect(notice).to_contain_text("TEST-1: the title changed.")
    await notice.get_by_role("button", name="Undo").click()

    await expect(ada.link("One")).to_be_visible()
    await expect(notice).to_contain_text("Undone: TEST-1: the title changed.")
    assert tenant.client.get("tasks/TEST-1").json()["title"] == "One"
    await notice.get_by_role("button", name="Redo").click()
    await expect(ada.link("Another")).to_be_visible()
    await expect(notice).to_contain_text("Redone: TEST-1: the title changed.")
    assert tenant.client.get("tasks/TEST-1").json()["title"] == "Another"


async def test_keys_undo_one_thing_after_the_other_the_last_one_first(tenant: Tenant, ada: Window) -> None:
    tenant.task(title="One")
    tenant.task(title="Two")
    page = ada.page
    await expect(ada.card("Two")).to_be_visible()
    await renames(ada, "One", "Another")
    await ada.drag(ada.card("Another"), ada.column("Done"))
    await expect(page.get_by_text("TEST-1 moved to Done.")).to_be_visible()
    await ada.link("Another").focus()
    await page.keyboard.press("Delete")
    await expect(page.get_by_text("TEST-1 is in the trash.")).to_be_visible()

    await page.keyboard.press("Control+z")
    await expect(ada.column("Done").locator(".card")).to_have_count(1)
    await page.keyboard.press("Control+z")
    await expect(page.locator("a.card-title")).to_have_text(["Another", "Two"])  # At its place, too.
    await expect(ada.column("To do").locator(".card")).to_have_count(2)
    await page.keyboard.press("Meta+z")
    await expect(page.locator("a.card-title")).to_have_text(["One", "Two"])
    await page.keyboard.press("Control+z")
    await expect(page.get_by_text("There is nothing to undo.")).to_be_visible()

    await page.keyboard.press("Control+Shift+z")
    await expect(ada.link("Another")).to_be_visible()
    await page.keyboard.press("Control+y")
    await expect(ada.column("Done").locator(".card")).to_have_count(1)
    assert tenant.client.get("tasks/TEST-1").json()["title"] == "Another"


async def test_where_text_is_written_the_keys_belong_to_the_text(tenant: Tenant, ada: Window) -> None:
    tenant.task(title="One")
    await renames(ada, "One", "Another")
    await expect(ada.page.get_by_role("button", name="Undo")).to_be_visible()
    asked: list[str] = []
    ada.page.on("request", lambda request: asked.append(request.url))
    await ada.link("Another").focus()
    await ada.page.keyboard.press("e")
    await expect(ada.page.locator(".card-input")).to_be_focused()
    await ada.page.keyboard.type("Mistyped")
    await ada.page.keyboard.press("Control+z")
    await expect(ada.page.locator(".card-input")).not_to_have_value("Mistyped")
    await ada.page.keyboard.press("Escape")
    await ada.page.get_by_label("Search tasks").press_sequentially("Anothr")
    await ada.page.keyboard.press("Control+z")
    await expect(ada.page.get_by_label("Search tasks")).to_have_value("")

    await expect(ada.card("Another")).to_be_visible()
    assert [url for url in asked if url.endswith("/undo")] == []


async def test_what_was_made_while_away_is_undone_behind_it(tenant: Tenant, ada: Window) -> None:
    tenant.task(title="One")
    await expect(ada.card("One")).to_be_visible()
    await ada.context.set_offline(True)
    await renames(ada, "One", "Another")
    await ada.page.keyboard.press("Control+z")
    await expect(ada.page.get_by_text("This is undone as soon as TaskHub can be reached.")).to_be_visible()
    await ada.context.set_offline(False)

    await expect(ada.link("One")).to_be_visible()
    await expect(ada.page.get_by_text("Undone: TEST-1: the title changed.")).to_be_visible()
    await expect(ada.page.get_by_text("Live", exact=True)).to_be_visible()
    history = tenant.client.get("tasks/TEST-1/history").json()["items"]
    assert [entry["changes"].get("title") for entry in history] == [["Another", "One"], ["One", "Another"], [None, "One"]]


async def test_each_line_of_the_history_can_be_undone(tenant: Tenant, ada: Window) -> None:
    tenant.task(title="One")
    tenant.client.patch("tasks/TEST-1", json={"title": "Another"})
    tenant.client.patch("tasks/TEST-1", json={"priority": "high"})
    tenant.client.post("tasks/TEST-1/comments", json={"body": "Never mind"})
    await ada.go("tasks/TEST-1")
    await expect(ada.page.locator(".comment")).to_have_count(1)
    lines = ada.page.locator(".history li")
    await lines.filter(has_text="commented").get_by_role("button", name="Undo").click()
    await expect(ada.page.locator(".comment")).to_have_count(0)
    await lines.filter(has_text="the title").get_by_role("button", name="Undo").click()

    await expect(ada.page.get_by_role("heading", level=1)).to_have_text("One")
    await expect(lines).to_have_count(6)
    task = tenant.client.get("tasks/TEST-1").json()
    assert (task["title"], task["priority"]) == ("One", "high")


async def test_what_was_changed_again_since_is_told_and_stays(tenant: Tenant, ada: Window, opened: Open) -> None:
    tenant.task(title="One")
    await renames(ada, "One", "By Ada")
    tenant.client.patch("tasks/TEST-1", json={"title": "By another"})
    await expect(ada.link("By another")).to_be_visible()
    await ada.page.keyboard.press("Control+z")

    await expect(ada.page.locator(".notice.is-error")).to_contain_text(
        "This was changed again since, so it was not undone: the title of TEST-1."
    )
    assert tenant.client.get("tasks/TEST-1").json()["title"] == "By another"


async def test_a_viewer_is_offered_no_undo(tenant: Tenant, opened: Open) -> None:
    tenant.task(title="One")
    viewer = await opened(tenant.member("viewer"))
    await viewer.sign_in("tasks/TEST-1")
    await expect(viewer.page.locator(".history li")).to_have_count(1)

    await expect(viewer.page.get_by_role("button", name="Undo")).to_have_count(0)
    await viewer.page.keyboard.press("Control+z")
    await expect(viewer.page.locator(".notice")).to_have_count(0)


async def test_settings_are_undone_as_well(tenant: Tenant, ada: Window) -> None:
    ada.page.on("dialog", lambda dialog: dialog.accept())
    before = tenant.client.get("projects/TEST").json()
    await ada.go("projects/TEST/settings")
    await ada.page.get_by_label("Name of status 1").fill("Later")
    await ada.page.get_by_label("Name of status 1").blur()
    await ada.page.get_by_role("button", name="Save workflow").click()
    await expect(ada.page.get_by_text("has a new workflow.")).to_be_visible()
    await ada.page.get_by_role("button", name="Move to trash").click()
    await expect(ada.page.get_by_text("No project yet")).to_be_visible()

    await ada.page.keyboard.press("Control+z")
    await expect(ada.page.locator("a.tile")).to_have_count(1)
    await ada.page.keyboard.press("Control+z")
    await expect(ada.page.get_by_text("Undone: Project")).to_contain_text("has a new workflow.")
    after = tenant.client.get("projects/TEST").json()
    assert (after["workflow"], after["deleted_at"]) == (before["workflow"], None)


async def test_before_a_bulk_change_is_undone_the_board_says_how_many_tasks_it_is_about(tenant: Tenant, ada: Window) -> None:
    questions: list[str] = []
    answers = [False, True]

    async def answer(dialog: Dialog) -> None:
        questions.append(dialog.message)
        await (dialog.accept() if answers.pop(0) else dialog.dismiss())

    ada.page.on("dialog", answer)
    ids = [tenant.task(title=title)["id"] for title in ("One", "Two", "Three")]
    patches = [{"id": id, "patch": {"priority": "high"}} for id in ids]
    assert tenant.client.post("tasks/bulk_update", json={"items": patches}).status_code == 200
    await ada.go("tasks/TEST-1")
    line = ada.page.locator(".history li").filter(has_text="the priority")
    await line.get_by_role("button", name="Undo").click()
    await expect(line.get_by_role("button", name="Undo")).to_be_focused()
    await line.get_by_role("button", name="Undo").click()

    await expect(ada.page.get_by_label("Priority", exact=True)).to_have_value("none")
    assert questions == 2 * ["This was done to several things at once. To undo it changes 3 tasks. Undo all of it?"]
    assert [tenant.client.get(f"tasks/{id}").json()["version"] for id in ids] == [3, 3, 3]


async def test_what_one_change_did_to_one_thing_is_undone_without_a_question(tenant: Tenant, ada: Window) -> None:
    questions: list[str] = []
    ada.page.on("dialog", lambda dialog: questions.append(dialog.message))
    tenant.task(title="One")
    tenant.client.patch("tasks/TEST-1", json={"title": "Another"})
    await ada.go("tasks/TEST-1")
    await ada.page.locator(".history li").filter(has_text="the title").get_by_role("button", name="Undo").click()

    await expect(ada.page.get_by_role("heading", level=1)).to_have_text("One")
    assert questions == []
