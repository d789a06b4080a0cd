"""While the service can't be reached, changes wait; each is made once."""

import json
from typing import Any

from playwright.async_api import Route, expect

from board.conftest import Open
from support.harness.board import Window
from taskhub.testing import Tenant


async def adds(window: Window, title: str) -> None:
    await window.column("To do").get_by_role("button", name="Add task").click()
    await expect(window.page.get_by_label("New task in To do")).to_be_focused()
    await window.page.keyboard.type(title)
    await window.page.keyboard.press("Enter")
    await window.page.keyboard.press("Escape")


async def test_what_is_changed_while_away_is_sent_when_the_connection_is_back(tenant: Tenant, ada: Window) -> None:
    tenant.task(title="One")
    await expect(ada.card("One")).to_be_visible()
    await ada.context.set_offline(True)
    await adds(ada, "Written while away")
    await ada.drag(ada.card("One"), ada.column("Done"))
    await ada.link("One").focus()
    await ada.page.keyboard.press("e")
    await ada.page.locator(".card-input").fill("Renamed while away")
    await ada.page.keyboard.press("Enter")

    await expect(ada.page.get_by_text("3 changes to send")).to_be_visible()
    await expect(ada.page.get_by_text("TaskHub can't be reached.")).to_be_visible()
    assert await ada.titles("Done") == ["Renamed while away"]
    assert await ada.titles("To do") == ["Written while away"]
    await ada.picture("away")

    await ada.context.set_offline(False)
    await expect(ada.page.get_by_text("Live", exact=True)).to_be_visible()
    await expect(ada.page.get_by_text("TaskHub can't be reached.")).to_have_count(0)
    tasks = tenant.client.get("tasks", params={"sort": "key"}).json()["items"]
    assert [(task["title"], task["status"], task["version"]) for task in tasks] == [
        ("Renamed while away", "done", 3),
        ("Written while away", "todo", 1),
    ]


async def test_what_others_did_meanwhile_appears(tenant: Tenant, ada: Window) -> None:
    await ada.context.set_offline(True)
    tenant.task(title="Made meanwhile")
    await expect(ada.page.get_by_text("Offline")).to_be_visible()
    await ada.context.set_offline(False)

    await expect(ada.card("Made meanwhile")).to_be_visible()


async def test_a_change_whose_answer_is_lost_is_made_once(tenant: Tenant, ada: Window) -> None:
    keys: list[str | None] = []

    async def lose_the_first_answer(route: Route) -> None:
        if route.request.method != "POST":
            return await route.continue_()
        keys.append(route.request.headers.get("idempotency-key"))
        if len(keys) > 1:
            return await route.continue_()
        assert (await route.fetch()).status == 201
        return await route.abort()

    await ada.page.route("**/tasks", lose_the_first_answer)
    await adds(ada, "Once")
    await expect(ada.card("Once")).to_contain_text("TEST-1")
    await expect(ada.page.get_by_text("Live", exact=True)).to_be_visible()

    assert len(keys) == 2
    assert keys[0] == keys[1] is not None
    assert len(tenant.client.get("tasks").json()["items"]) == 1


async def refuse(route: Route, problem: dict[str, Any], **headers: str) -> None:
    kind = "application/problem+json"
    await route.fulfill(status=problem["status"], headers=headers, body=json.dumps(problem), content_type=kind)


async def test_a_service_that_is_busy_is_asked_again(tenant: Tenant, ada: Window) -> None:
    answers = iter([503, 429])

    async def busy(route: Route) -> None:
        status = next(answers, None)
        if route.request.method != "POST" or status is None:
            return await route.continue_()
        return await refuse(route, {"status": status, "code": "busy", "title": "Busy", "retry": "safe"}, **{"retry-after": "1"})

    await ada.page.route("**/tasks", busy)
    await adds(ada, "In the end")
    await expect(ada.card("In the end")).to_contain_text("TEST-1")
    assert next(answers, None) is None


async def test_a_change_that_is_refused_is_taken_back_and_told(tenant: Tenant, ada: Window) -> None:
    tenant.task(title="One")
    await expect(ada.card("One")).to_be_visible()
    problem = {
        "status": 409,
        "code": "project_archived",
        "title": "Archived",
        "detail": "The project is archived.",
        "retry": "no",
    }
    await ada.page.route("**/move", lambda route: refuse(route, problem))
    await ada.drag(ada.card("One"), ada.column("Done"))

    await expect(ada.page.get_by_text("The project is archived.")).to_be_visible()
    assert await ada.titles("To do") == ["One"]


async def test_a_page_of_which_a_part_is_lost_is_loaded_again(opened: Open, tenant: Tenant) -> None:
    window = await opened(tenant)
    asked: list[str] = []

    async def lose_the_first(route: Route) -> None:
        asked.append(route.request.url)
        await (route.abort() if len(asked) == 1 else route.continue_())

    await window.page.route("**/core/dom.js", lose_the_first)
    await window.page.goto(window.address())
    await expect(window.page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert await window.page.evaluate("sessionStorage.length") == 0


async def test_a_page_that_can_not_be_loaded_says_so(opened: Open, tenant: Tenant) -> None:
    window = await opened(tenant)
    await window.page.route("**/core/dom.js", lambda route: route.abort())
    await window.page.goto(window.address())

    await expect(window.page.get_by_role("alert")).to_contain_text("The board could not be loaded.")


async def test_a_page_that_is_opened_while_the_service_cant_answer_asks_as_seldom_as_it_is_told(
    tenant: Tenant, ada: Window
) -> None:
    asked: list[str] = []

    async def unavailable(route: Route) -> None:
        asked.append(route.request.url)
        problem = {
            "status": 503,
            "code": "unavailable",
            "title": "Unavailable",
            "detail": "The database does not answer.",
            "retry": "safe",
        }
        await route.fulfill(status=503, json=problem, headers={"retry-after": "10"})

    tenant.task(title="One")
    window = await ada.tab()
    await window.page.clock.install()
    await window.page.route("**/v1/sessions/refresh", unavailable)
    await window.page.goto(window.address("projects/TEST"))
    await expect(window.page.get_by_role("status").first).to_have_text("The database does not answer. Trying again…")
    for _ in range(20):
        await window.page.clock.run_for(3000)
    assert len(asked) <= 7
    await expect(window.page.locator(".notice")).to_have_count(0)

    await window.page.unroute("**/v1/sessions/refresh")
    await window.page.clock.run_for(30_000)
    await expect(window.card("One")).to_be_visible()


async def test_a_page_of_which_only_the_beginning_came_through_is_loaded_once_more(tenant: Tenant, ada: Window) -> None:
    """Chromium ends all that is on its way when a network appears or goes."""
    lost: list[str] = []

    async def lose_the_first(route: Route) -> None:
        is_first = route.request.url not in lost
        lost.append(route.request.url)
        await (route.abort() if is_first else route.fallback())

    tenant.task(title="One")
    window = await ada.tab()
    await window.page.route("**/*.js", lose_the_first)
    await window.page.goto(window.address("projects/TEST"))

    await expect(window.card("One")).to_be_visible()
    assert any(url.endswith("/main.js") for url in lost)
