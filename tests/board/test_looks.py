"""How the board looks and reads: for screen readers, on a phone, in the dark; and what it weighs."""

import gzip
import os

import pytest
from playwright.async_api import expect

from board.conftest import Open
from support.harness.board import AXE, SCREENSHOTS, Window
from taskhub.service.board_files import board_files
from taskhub.testing import Tenant

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
PAGES = {
    "projects": "",
    "board": "projects/TEST",
    "list": "projects/TEST?view=list",
    "nothing-found": "projects/TEST?q=nothinglikeit",
    "task": "tasks/TEST-1",
    "my-tasks": "tasks?assignee_id=me&closed=false",
    "members": "members",
    "labels": "labels",
    "trash": "trash",
    "settings": "settings",
    "project-settings": "projects/TEST/settings",
    "no-such-task": "tasks/TEST-99",
}
FORMATS_MADE = """async () => {
    const Real = Intl.DateTimeFormat;
    let made = 0;
    Intl.DateTimeFormat = class extends Real { constructor(...given) { super(...given); made += 1; } };
    document.querySelector("task-board").update();
    await new Promise(requestAnimationFrame);
    Intl.DateTimeFormat = Real;
    return made;
}"""
"""How many formats of dates a board makes to draw itself again: making them took longer than all the rest."""
DESCRIPTION = (
    "## Before\n\n- [x] order the **gasket**\n- [ ] close valve `B-2`\n\n> Not on a Friday.\n\n```\npump --stop hall3\n```\n"
)


def fill(tenant: Tenant) -> None:
    """A project as people have one."""
    label_ids = [
        tenant.client.post("labels", json={"name": name, "color": color}).json()["id"]
        for name, color in (("safety", "#b91c1c"), ("needs a part from the supplier", "#2563eb"))
    ]
    tenant.task(
        title="Repair the pump in hall 3",
        description=DESCRIPTION,
        priority="high",
        label_ids=label_ids,
        assignee_ids=[tenant.user_id],
        due={"date": "2026-01-15", "time": "17:00", "time_zone": "America/New_York"},
    )
    tenant.task(title="Order new filters before the supplier closes for the winter break", priority="urgent")
    tenant.task(title="Averylongwordwithoutanyplacetobreakit" * 4, status="in_progress", label_ids=label_ids[:1])
    tenant.task(title="Write the handover notes", status="done", assignee_ids=[tenant.user_id])
    tenant.task(title="Drain the pump", parent_id=tenant.client.get("tasks/TEST-1").json()["id"], status="in_progress")
    tenant.client.put(f"tasks/TEST-1/blockers/{tenant.client.get('tasks/TEST-2').json()['id']}")
    tenant.client.post("tasks/TEST-1/comments", json={"body": f"@{tenant.user_id} the part arrives on Monday, see TEST-2."})
    tenant.client.patch("tasks/TEST-1", json={"title": "Repair the pump in hall 3 before the audit"})
    tenant.task(title="Thrown away")
    tenant.client.delete("tasks/TEST-6")
    tenant.task(title="Find the manual", status="cancelled", parent_id=tenant.client.get("tasks/TEST-1").json()["id"])


@pytest.fixture
def lived_in(tenant: Tenant) -> Tenant:
    fill(tenant)
    return tenant


def keep_figure(name: str, milliseconds: float) -> None:
    """For people to look at: how fast this machine is, is nobody's fault."""
    SCREENSHOTS.mkdir(exist_ok=True)
    (SCREENSHOTS / f"{name}.txt").write_text(f"{milliseconds:.0f} ms\n")


async def settled(window: Window) -> None:
    """Everything that the page asks for is there."""
    await expect(window.page.get_by_text("Live", exact=True)).to_be_visible()
    await expect(window.page.locator(".loading")).to_have_count(0)
    await expect(window.page.get_by_text("Loading…")).to_have_count(0)


async def violations(window: Window) -> list[str]:
    """What axe finds: each rule with what breaks it."""
    if not AXE.exists():
        missing = "axe is not installed: .ci/board"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    # As the browser's own tools do it: past the policy of the page, which runs no script from elsewhere.
    session = await window.context.new_cdp_session(window.page)
    await session.send("Runtime.evaluate", {"expression": AXE.read_text()})
    found = await window.page.evaluate("async () => (await axe.run()).violations")
    return [f"{rule['id']}: {node['html'][:200]} {node['failureSummary']}" for rule in found for node in rule["nodes"]]


async def is_too_wide(window: Window) -> list[str]:
    """Elements that reach out of the window, but for those in something that scrolls."""
    found: list[str] = await window.page.evaluate(
        """() => [...document.body.querySelectorAll("*")].filter((element) => {
            const { right, width } = element.getBoundingClientRect();
            if (width < 2 || right <= innerWidth + 1) return false;
            for (let at = element; at; at = at.parentElement) {
                const { overflowX, position } = getComputedStyle(at);
                if (overflowX === "auto" || overflowX === "hidden" || position === "fixed") return false;
            }
            return true;
        }).map((element) => element.outerHTML.slice(0, 120))"""
    )
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_screen_readers_find_their_way_on_every_page(lived_in: Tenant, opened: Open, scheme: str) -> None:
    window = await opened(lived_in, color_scheme=scheme)
    await window.page.goto(window.address())
    await window.page.get_by_role("heading", name="Sign in").wait_for()
    await window.picture(f"sign-in-{scheme}")
    assert await violations(window) == []
    await window.sign_in()
    for name, path in PAGES.items():
        await window.go(path)
        await settled(window)
        await window.picture(f"{name}-{scheme}", full_page=True)
        assert await violations(window) == [], name


async def test_screen_readers_find_their_way_in_dialogs_and_forms(lived_in: Tenant, opened: Open) -> None:
    window = await opened(lived_in)
    page = window.page
    await window.sign_in("projects/TEST")
    await page.get_by_role("button", name="Keyboard").click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    assert await violations(window) == []
    await page.keyboard.press("Escape")
    await window.link("Repair the pump").focus()
    await page.keyboard.press(" ")
    await page.keyboard.press("ArrowRight")
    assert await violations(window) == []
    await page.keyboard.press(" ")
    await expect(page.locator(".notice").get_by_role("button", name="Undo")).to_be_visible()
    await window.picture("notice")
    assert await violations(window) == []
    await window.go("tasks/TEST-1")
    await page.locator("#edit-description").click()
    await page.get_by_label("New comment").press_sequentially("@A")
    await expect(page.get_by_role("listbox")).to_be_visible()
    for summary in await page.locator("summary").all():
        await summary.click()
    assert await violations(window) == []
    await window.picture("task-writing", full_page=True)


async def test_nothing_is_cut_off_on_a_phone(lived_in: Tenant, opened: Open) -> None:
    window = await opened(lived_in, **PHONE)
    await window.sign_in()
    for name, path in PAGES.items():
        await window.go(path)
        await settled(window)
        await window.picture(f"{name}-phone", full_page=True)
        assert await is_too_wide(window) == [], name
        assert await window.page.evaluate("document.documentElement.scrollWidth") <= 390, name
        assert await violations(window) == [], name


async def test_a_finger_moves_a_card_after_a_long_press_and_scrolls_before(lived_in: Tenant, opened: Open) -> None:
    window = await opened(lived_in, **PHONE)
    await window.sign_in("projects/TEST")
    box = await window.card("Order new filters").bounding_box()
    assert box is not None
    session = await window.context.new_cdp_session(window.page)

    async def touch(kind: str, *points: tuple[float, float]) -> None:
        await session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    x, y = box["x"] + 60, box["y"] + 12
    await touch("touchStart", (x, y))
    await touch("touchMove", (x, y - 60))
    await touch("touchEnd")
    await expect(window.page.locator(".ghost")).to_have_count(0)

    await window.page.evaluate("scrollTo(0, 0)")
    first = await window.card("Repair the pump").bounding_box()
    assert first is not None
    await touch("touchStart", (x, y))
    await expect(window.page.locator(".ghost")).to_have_count(1)
    await touch("touchMove", (first["x"] + 60, first["y"] + 4))
    await touch("touchEnd")
    await expect(window.column("To do").locator("a.card-title").first).to_contain_text("Order new filters")


def test_weighs_less_than_100_kb() -> None:
    files = board_files()
    sizes = {name: len(file.compressed) for name, file in files.assets.items()}
    assert len(files.page.compressed) + sum(sizes.values()) < 100_000, sizes


def test_loads_nothing_from_elsewhere_and_holds_no_work_of_others() -> None:
    for name, file in board_files().assets.items():
        text = file.plain.decode()
        assert "innerHTML" not in text, name
        assert [word for word in text.split() if "://" in word and "www.w3.org" not in word and "https?:" not in word] == [], name


async def test_a_board_of_200_tasks_is_one_page_of_the_list(tenant: Tenant, opened: Open) -> None:
    items = [
        {
            "project_id": tenant.project_id,
            "title": f"Task {number} with a title of usual length",
            "status": ("todo", "in_progress", "done")[number % 3],
            "priority": ("none", "high")[number % 2],
            "assignee_ids": [tenant.user_id],
            "due": {"date": "2030-01-01"},
        }
        for number in range(200)
    ]
    assert tenant.client.post("tasks/bulk_create", json={"items": items}).status_code == 200
    window = await opened(tenant)
    await window.sign_in()
    asked: list[str] = []
    window.page.on("request", lambda request: asked.append(request.url) if "/v1/" in request.url else None)
    await window.page.evaluate(
        """() => {
            const begun = performance.now();
            new MutationObserver(() => {
                if (document.querySelectorAll("li.card").length < 200) return;
                requestAnimationFrame(() => (window.taken ??= performance.now() - begun));
            }).observe(document.body, { childList: true, subtree: true });
        }"""
    )
    await window.page.locator("a.tile").click()
    await expect(window.page.locator("li.card")).to_have_count(200)
    lists = [url for url in asked if "/tasks?" in url]
    assert len(lists) == 1
    assert len(asked) == len(lists)
    keep_figure("first-board-of-200-tasks", await window.page.evaluate("window.taken"))
    assert await window.page.evaluate(FORMATS_MADE) == 0
    await window.picture("board-of-200")


def test_is_compressed_beforehand() -> None:
    for name, file in board_files().assets.items():
        assert gzip.decompress(file.compressed) == file.plain, name


async def test_the_way_to_another_project_is_for_phones_and_screen_readers_too(tenant: Tenant, opened: Open) -> None:
    tenant.client.post("projects", json={"key": "WEB", "name": "Website with a name that is longer than a phone is wide"})
    tenant.task(title="One")
    window = await opened(tenant, viewport={"width": 390, "height": 844})
    await window.sign_in("tasks/TEST-1")
    await window.page.get_by_text("Move to another project").click()
    await expect(window.page.get_by_role("button", name="Move", exact=True)).to_be_visible()

    assert await is_too_wide(window) == []
    assert await violations(window) == []
    await window.picture("other-project-phone", full_page=True)
