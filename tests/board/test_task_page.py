"""A task's page: everything that belongs to a task, and nothing that its writers could smuggle in."""

import pytest
from playwright.async_api import expect

from board.conftest import Open
from support.harness.board import Window
from taskhub.testing import Account, TaskHubServer, Tenant

DESCRIPTION = """\
# Plan

Some **bold**, *italic*, ~~gone~~ and `code`, see TEST-1 and https://example.com/a_b_c.

1. First
2. Second
   - [x] done
   - [ ] open

> Quoted

```
<b>not bold</b>
```
"""
HOSTILE = [
    "<script>window.harmed = 1</script>",
    "<img src=x onerror='window.harmed = 1'>",
    "[click](javascript:window.harmed=1)",
    "[click](JaVaScRiPt:window.harmed=1) <javascript:window.harmed=1>",
    "![x](javascript:window.harmed=1)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![a picture](https://example.com/tracker.png)",
    '[x](https://example.com/" onclick="window.harmed=1)',
    "<iframe srcdoc='<script>parent.harmed=1</script>'></iframe>",
    "\u202egnp.exe <svg/onload=window.harmed=1>",
]


def describes_themselves(taskhub: TaskHubServer, account: Account, **fields: str) -> None:
    """Accounts are changed by their owners, in a session."""
    with taskhub.client(account.sign_in()["token"]) as client:
        assert client.patch("/v1/users/me", json=fields).status_code == 200


async def test_a_description_is_markdown(tenant: Tenant, ada: Window) -> None:
    tenant.task(title="One")
    await ada.go("tasks/TEST-1")
    await ada.page.locator("#edit-description").click()
    await ada.page.get_by_label("Description").fill(DESCRIPTION)
    await ada.page.keyboard.press("Control+Enter")

    shown = ada.page.locator(".markdown")
    await expect(shown.get_by_role("heading", name="Plan")).to_be_visible()
    assert await shown.locator("strong, em, del, p > code").all_inner_texts() == ["bold", "italic", "gone", "code"]
    assert await shown.locator("p > a").evaluate_all("links => links.map((link) => link.getAttribute('href'))") == [
        f"/board/{tenant.workspace_id}/tasks/TEST-1",
        "https://example.com/a_b_c",
    ]
    assert await shown.locator("ol > li").count() == 2
    assert [text.strip() for text in await shown.locator("ol ul > li").all_inner_texts()] == ["done", "open"]
    await expect(shown.get_by_label("done")).to_be_checked()
    await expect(shown.get_by_label("open")).not_to_be_checked()
    await expect(shown.locator("pre")).to_have_text("<b>not bold</b>")
    await ada.picture("task", full_page=True)
    assert tenant.client.get("tasks/TEST-1").json()["description"] == DESCRIPTION


async def test_a_box_is_ticked_where_it_stands(tenant: Tenant, ada: Window, opened: Open) -> None:
    text = "```\n- [ ] in code\n```\n> - [ ] quoted\n\n1. First\n   - [x] done [ ]\n   - [ ] open [x]\n\n- [X] last"
    tenant.task(title="One", description=text)
    await ada.go("tasks/TEST-1")
    for name in ("open [x]", "quoted"):
        await ada.page.get_by_label(name).check()
        await expect(ada.page.get_by_text("TEST-1: the description changed.")).to_be_visible()
    await ada.page.get_by_label("last").uncheck()
    await expect(ada.page.get_by_text("Live", exact=True)).to_be_visible()

    ticked = text.replace("[ ] open", "[x] open").replace("[ ] quoted", "[x] quoted").replace("[X] last", "[ ] last")
    assert tenant.client.get("tasks/TEST-1").json()["description"] == ticked
    viewer = await opened(tenant.member("viewer"))
    await viewer.sign_in("tasks/TEST-1")
    assert await viewer.page.locator(".markdown li.box").all_inner_texts() == [
        "☑ quoted", "☑ done [ ]", "☑ open [x]", "☐ last",
    ]  # fmt: skip


async def test_a_comment_that_was_begun_is_there_when_its_writer_comes_back(tenant: Tenant, ada: Window) -> None:
    tenant.task(title="One")
    await ada.page.get_by_role("link", name="One").click()
    await ada.page.get_by_label("New comment").press_sequentially("Half a sent")
    await ada.page.get_by_role("link", name="TEST", exact=True).click()
    await ada.page.get_by_role("link", name="One").click()

    await expect(ada.page.get_by_label("New comment")).to_have_value("Half a sent")
    await ada.page.get_by_role("button", name="Comment", exact=True).click()
    await expect(ada.page.locator(".comment")).to_contain_text("Half a sent")
    await ada.page.get_by_role("link", name="TEST", exact=True).click()
    await ada.page.get_by_role("link", name="One").click()
    await expect(ada.page.locator(".comment")).to_have_count(1)
    await expect(ada.page.get_by_label("New comment")).to_have_value("")


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
async def test_what_is_hostile_stays_text(tenant: Tenant, ada: Window, hostile: str) -> None:
    tenant.task(title=hostile, description=hostile)
    tenant.client.post("tasks/TEST-1/comments", json={"body": hostile})
    tenant.client.post("labels", json={"name": hostile[:40], "color": "#aa0000"})
    requested: list[str] = []
    ada.page.on("request", lambda request: requested.append(request.url))
    await expect(ada.link(hostile.rsplit("\u202e", maxsplit=1)[-1][:12])).to_be_visible()
    await ada.go("tasks/TEST-1")
    await expect(ada.page.locator(".comment")).to_have_count(1)
    await expect(ada.page.locator(".history li")).to_have_count(2)
    for link in await ada.page.locator(".markdown a").all():
        assert (await link.get_attribute("href") or "").startswith("https://example.com/")

    assert await ada.page.evaluate("window.harmed") is None
    assert await ada.page.locator("iframe, img, main script, main svg").count() == 0
    assert [url for url in requested if not url.startswith(ada.url)] == []


async def test_long_markdown_is_drawn_in_linear_time(tenant: Tenant, ada: Window) -> None:
    patterns = ("*", "[", "`", "> ", "- ", "![](", "**a ", "_a", "<", "@", "~~", "a*b_c`", "<http:", "[a](http:", "- a\n\n\n")
    texts = {pattern: (pattern * (100_000 // len(pattern)))[:100_000] for pattern in patterns}
    ends = {"[": "](x)", "<http:": ">", "[a](http:": ")", "- a" + "\n" * 99_000: "- b"}
    for pattern, text in [*texts.items(), *((begin, texts.get(begin, begin) + end) for begin, end in ends.items())]:
        steps = await ada.page.evaluate(
            """async (text) => {
                const folder = document.querySelector("script[src$='main.js']").src.replace("main.js", "core/");
                const { markdown } = await import(folder + "markdown.js");
                let count = 0;
                const { indexOf, trim } = String.prototype;
                const RealURL = URL;
                const step = (size) => {
                    count += size;
                    if (count > 100 * text.length) throw new Error("too many steps");
                };
                String.prototype.indexOf = function (...given) { step(1); return indexOf.apply(this, given); };
                String.prototype.trim = function () { step(1); return trim.apply(this); };
                window.URL = class extends RealURL { constructor(given) { step(given.length); super(given); } };
                try { markdown(text, { nameOf: () => "", taskAddress: () => null }); }
                finally { Object.assign(String.prototype, { indexOf, trim }); window.URL = RealURL; }
                return count;
            }""",
            text,
        )
        assert steps <= 25 * len(text), pattern[:10]


async def test_a_comment_mentions_who_is_chosen(taskhub: TaskHubServer, tenant: Tenant, ada: Window) -> None:
    grace = tenant.member()
    describes_themselves(taskhub, grace, name="Grace Hopper")
    tenant.task(title="One")
    await ada.page.reload()
    await ada.go("tasks/TEST-1")
    await ada.page.get_by_label("New comment").press_sequentially("Look at this, @gra")
    await expect(ada.page.get_by_role("listbox").get_by_role("option")).to_have_text(["Grace Hopper"])
    await ada.page.keyboard.press("Enter")
    await ada.page.keyboard.type("please")
    await ada.page.keyboard.press("Control+Enter")

    await expect(ada.page.locator(".comment .mention")).to_have_text("@Grace Hopper")
    await expect(ada.page.get_by_text("Live", exact=True)).to_be_visible()
    (comment,) = tenant.client.get("tasks/TEST-1/comments").json()["items"]
    assert comment["body"] == f"Look at this, @{grace.user_id} please"
    assert comment["mentioned_ids"] == [grace.user_id]

    await ada.page.locator(".comment").get_by_role("button", name="Edit").click()
    await expect(ada.page.get_by_label("Comment", exact=True)).to_have_value("Look at this, @Grace Hopper please")
    await ada.page.get_by_label("Comment", exact=True).fill("Never mind")
    await ada.page.get_by_role("button", name="Save").click()
    await expect(ada.page.locator(".comment .markdown")).to_have_text("Never mind")
    ada.page.on("dialog", lambda dialog: dialog.accept())
    await ada.page.locator(".comment").get_by_role("button", name="Delete").click()
    await expect(ada.page.locator(".comment")).to_have_count(0)


async def test_a_comment_of_another_appears(tenant: Tenant, ada: Window) -> None:
    tenant.task(title="One")
    await ada.go("tasks/TEST-1")
    await expect(ada.page.get_by_text("No comments.")).to_be_visible()
    tenant.client.post("tasks/TEST-1/comments", json={"body": "From elsewhere"})

    await expect(ada.page.locator(".comment")).to_contain_text("From elsewhere")


async def test_fields_are_changed_and_the_history_tells_both_values(tenant: Tenant, ada: Window) -> None:
    tenant.client.post("labels", json={"name": "bug", "color": "#aa0000"})
    tenant.task(title="One")
    page = ada.page
    await ada.go("tasks/TEST-1")
    await page.get_by_label("Status").select_option("In progress")
    await page.get_by_label("Priority").select_option("High")
    for group, choice in (("Assignees", "Ada"), ("Labels", "bug")):
        await page.get_by_role("group", name=group).locator("summary").click()
        await page.get_by_role("group", name=group).get_by_label(choice).check()
        await expect(page.get_by_role("group", name=group).locator(".chosen")).to_contain_text(choice)
    await page.get_by_role("button", name="Change: Title").click()
    await page.get_by_label("Title").fill("Renamed")
    await page.keyboard.press("Enter")

    await expect(page.locator(".history li")).to_have_count(6)
    values = page.locator(".history .values")
    assert await values.all_inner_texts() == [
        "One → Renamed",
        "none → bug",
        "none → Ada",
        "No priority → High",
        "To do → In progress",
    ]
    task = tenant.client.get("tasks/TEST-1").json()
    assert (task["title"], task["status"], task["priority"], len(task["assignee_ids"]), len(task["label_ids"])) == (
        "Renamed", "in_progress", "high", 1, 1,
    )  # fmt: skip


async def test_due_times_are_shown_and_entered_in_the_zone_of_the_reader(
    taskhub: TaskHubServer, tenant: Tenant, opened: Open
) -> None:
    due = {"date": "2027-01-15", "time": "17:00", "time_zone": "America/New_York"}
    tenant.task(title="One", due=due)
    describes_themselves(taskhub, tenant, time_zone="Asia/Tokyo")
    window = await opened(tenant)
    await window.sign_in("tasks/TEST-1")
    date, time = window.page.get_by_label("Due date"), window.page.get_by_label("Due time")
    await expect(date).to_have_value("2027-01-16")
    await expect(time).to_have_value("07:00")
    await expect(window.page.get_by_text("Entered as 2027-01-15 17:00 America/New_York")).to_be_visible()

    await time.fill("09:30")
    await time.blur()
    await expect(window.page.locator(".history .values")).to_have_count(1)
    assert tenant.client.get("tasks/TEST-1").json()["due"] == {
        "date": "2027-01-16",
        "time": "09:30:00",
        "time_zone": "Asia/Tokyo",
    }


async def test_subtasks_and_blockers(tenant: Tenant, ada: Window) -> None:
    tenant.task(title="One")
    tenant.task(title="In the way")
    page = ada.page
    await ada.go("tasks/TEST-1")
    await page.get_by_role("button", name="Add subtask").click()
    await expect(page.get_by_label("New subtask")).to_be_focused()
    await page.keyboard.type("A part of it")
    await page.keyboard.press("Enter")
    await expect(page.locator(".linked").first).to_contain_text("TEST-3")
    await page.get_by_label("Key of a task that blocks this one").fill("test-2")
    await page.keyboard.press("Enter")
    await expect(page.locator(".linked").last).to_contain_text("In the way")
    await page.get_by_label("Key of a task that blocks this one").fill("TEST-99")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("There is no task TEST-99.")).to_be_visible()
    await ada.go("projects/TEST")
    await expect(ada.card("One")).to_contain_text("Blocked")

    tenant.client.patch("tasks/TEST-2", json={"status": "done"})
    await expect(ada.card("One")).not_to_contain_text("Blocked")
    await ada.go("tasks/TEST-1")
    await page.get_by_role("button", name="TEST-2 does not block any more").click()
    await expect(page.get_by_text("Nothing.")).to_be_visible()
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()
    assert tenant.client.get("tasks/TEST-1").json()["blocked_by_ids"] == []
