"""From nothing to a first task, and who is signed in where."""

from playwright.async_api import expect

from board.conftest import Open
from support.harness.board import Window
from taskhub.testing import TaskHubServer, Tenant


async def test_somebody_new_registers_and_gets_to_a_first_task(opened: Open) -> None:
    window = await opened()
    page = window.page
    await page.goto(f"{window.url}/")  # A browser is sent to the board.
    await page.get_by_role("button", name="Create an account").click()
    await page.get_by_label("Name").fill("Ada Lovelace")
    await page.get_by_label("Email").fill(f"ada-{id(window)}@example.com")
    await page.get_by_label("Password", exact=True).fill("correct horse battery staple")
    await page.get_by_role("button", name="Create account").click()

    await expect(page.get_by_text("No workspace yet")).to_be_visible()
    await page.get_by_label("New workspace").fill("Engine room")
    await page.get_by_role("button", name="Create workspace").click()
    await page.get_by_label("New project").fill("Operations")
    await expect(page.get_by_label("Key")).to_have_value("OPER")
    await page.get_by_role("button", name="Create project").click()
    await window.column("To do").get_by_role("button", name="Add task").click()
    await expect(page.get_by_label("New task in To do")).to_be_focused()
    await page.keyboard.type("Oil the engine")
    await page.keyboard.press("Enter")

    await expect(window.card("Oil the engine")).to_contain_text("OPER-1")
    assert await window.titles("To do") == ["Oil the engine"]


async def test_a_wrong_password_is_told(opened: Open, tenant: Tenant) -> None:
    window = await opened(tenant)
    await window.page.goto(window.address())
    await window.page.get_by_label("Email").fill(tenant.email)
    await window.page.get_by_label("Password", exact=True).fill("something else entirely")
    await window.page.get_by_role("button", name="Sign in").click()

    await expect(window.page.get_by_role("alert")).to_have_text("No account has this email and password.")


async def test_who_wants_to_stay_signed_in_does_so_after_a_reload(opened: Open, tenant: Tenant) -> None:
    window = await opened(tenant)
    await window.sign_in_by_form("projects/TEST")
    await window.page.reload()

    await expect(window.page.get_by_text("Live", exact=True)).to_be_visible()


async def test_who_does_not_want_that_leaves_nothing_behind(opened: Open, tenant: Tenant) -> None:
    window = await opened(tenant)
    page = window.page
    await page.goto(window.address())
    await page.get_by_label("Keep me signed in").uncheck()
    await page.get_by_label("Email").fill(tenant.email)
    await page.get_by_label("Password", exact=True).fill(tenant.password)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_text("Live", exact=True).wait_for()

    assert await page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    await page.reload()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


async def test_two_tabs_whose_tokens_end_at_once_both_stay_signed_in(ada: Window, taskhub: TaskHubServer, tenant: Tenant) -> None:
    other = await ada.tab()
    await other.go("projects/TEST")
    for _ in range(3):
        taskhub.clock.advance(minutes=16)
        tenant.task(title="Seen by both")
        for window in (ada, other):
            await window.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        await expect(ada.card("Seen by both").first).to_be_visible()
        await ada.page.reload()
        await other.page.reload()
        for window in (ada, other):
            await expect(window.page.get_by_text("Live", exact=True)).to_be_visible()


async def test_signing_out_signs_the_other_tabs_out(ada: Window) -> None:
    other = await ada.tab()
    await other.go("projects/TEST")
    await ada.page.get_by_role("button", name="Sign out").click()

    await expect(other.page.get_by_text("You have signed out in another tab.")).to_be_visible()
    await expect(ada.page.get_by_role("heading", name="Sign in")).to_be_visible()


async def test_a_link_with_a_refresh_token_signs_in_whoever_confirms_it(opened: Open, tenant: Tenant) -> None:
    window = await opened(tenant)
    await window.page.goto(f"{window.url}/board/sign-in#{tenant.sign_in()['refresh_token']}")
    await expect(window.page.get_by_role("heading", name="Sign in by a link")).to_be_visible()
    assert window.page.url == f"{window.url}/board/sign-in"  # A token does not stay in the address.
    await window.page.get_by_role("button", name="Sign in").click()

    await expect(window.page.get_by_role("heading", name="Workspaces")).to_be_visible()
    await window.page.reload()
    await expect(window.page.get_by_role("heading", name="Workspaces")).to_be_visible()


async def test_a_link_with_a_token_that_is_none_is_told(opened: Open) -> None:
    window = await opened()
    await window.page.goto(f"{window.url}/board/sign-in#nothing")
    await window.page.get_by_role("button", name="Sign in").click()

    await expect(window.page.get_by_role("alert")).to_have_text("This link was used already, or has expired.")


async def test_an_invitation_is_a_link_that_makes_a_member(ada: Window, opened: Open, taskhub: TaskHubServer) -> None:
    await ada.go("members")
    await ada.page.get_by_role("button", name="Create invitation").click()
    link = await ada.page.get_by_label("Invitation", exact=True).input_value()
    guest = await opened(taskhub.tenant())
    await guest.sign_in()
    await guest.page.goto(link)
    assert await guest.page.evaluate("location.href") == f"{guest.url}/board/join"  # A token does not stay in the address.
    await guest.page.get_by_role("button", name="Join").click()

    await expect(guest.page.get_by_role("link", name="TEST").first).to_be_visible()
    await expect(ada.page.locator("ul.rows").first.locator("li")).to_have_count(2)


async def test_who_has_written_new_tasks_goes_on_with_the_keyboard_at_the_last_of_them(ada: Window) -> None:
    add = ada.column("In progress").get_by_role("button", name="Add task")
    await add.focus()
    await ada.page.keyboard.press("Enter")
    await expect(ada.page.get_by_label("New task in In progress")).to_be_focused()
    await ada.page.keyboard.press("Escape")
    await expect(add).to_be_focused()

    await ada.page.keyboard.press("Enter")
    await expect(ada.page.get_by_label("New task in In progress")).to_be_focused()
    await ada.page.keyboard.type("One")
    await ada.page.keyboard.press("Enter")
    await expect(ada.card("One")).to_contain_text("TEST-1")
    await ada.page.keyboard.press("Escape")
    await expect(ada.link("One")).to_be_focused()
