"""People who look at the board: each in a window of a real Chromium, with the account that they act by."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, async_playwright

from taskhub.testing import Account

PATIENCE_MS = 60_000
"""How long a window waits for what should happen at once. Only a failure takes this long."""
SCREENSHOTS = Path(__file__).parents[2] / "board" / "screenshots"
AXE = Path(__file__).parents[2] / "board" / "node_modules" / "axe-core" / "axe.min.js"
_EXPECTED = "Failed to load resource"
"""How Chromium tells of any answer that is no success, and of a connection that is lost."""


def chromium() -> str | None:
    """Where Debian's browser is. Playwright's own is never downloaded."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@asynccontextmanager
async def running_browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-dev-shm-usage"], timeout=120_000
        )
        try:
            yield browser
        finally:
            await browser.close()


class Window:
    """A window of its own, as on another machine: nothing is shared with other windows but the service.

    Attributes:
        complaints: what the browser found wrong with the page: errors of scripts, refusals of its security policy.
    """

    def __init__(self, url: str, context: BrowserContext, page: Page, account: Account | None) -> None:
        self.url = url
        self.context = context
        self.page = page
        self.account = account
        self.complaints: list[str] = []
        self._watch(page)

    @classmethod
    async def open(cls, browser: Browser, url: str, account: Account | None = None, **options: Any) -> Self:
        looks = {"viewport": {"width": 1280, "height": 800}, "timezone_id": "Europe/Berlin", "locale": "en-GB", **options}
        context = await browser.new_context(**looks)
        context.set_default_timeout(PATIENCE_MS)
        return cls(url, context, await context.new_page(), account)

    async def tab(self) -> "Window":
        """Another tab of the same browser: what is kept in it is shared."""
        tab = Window(self.url, self.context, await self.context.new_page(), self.account)
        tab.complaints = self.complaints
        return tab

    async def close(self) -> None:
        await self.context.close()

    # -- going somewhere

    def address(self, path: str = "") -> str:
        """``path``: within the workspace of the account."""
        assert self.account is not None
        return f"{self.url}/board/{self.account.workspace_id}/{path}".rstrip("/")

    async def go(self, path: str = "") -> None:
        await self.page.goto(self.address(path))
        await self.page.locator("h1").first.wait_for()

    async def sign_in(self, path: str = "") -> None:
        """Goes to an address of the workspace with a session of an earlier visit: that is faster than the form."""
        assert self.account is not None
        kept = {"refresh_token": self.account.sign_in()["refresh_token"], "user_id": self.account.user_id}
        await self.page.goto(f"{self.url}/health/live")  # The smallest page that the service has.
        await self.page.evaluate("kept => localStorage.setItem('taskhub.session', JSON.stringify(kept))", kept)
        await self.page.goto(self.address(path))
        await self.page.get_by_text("Live", exact=True).wait_for()

    async def sign_in_by_form(self, path: str = "") -> None:
        """Signs in at an address of the workspace, which is shown then."""
        assert self.account is not None
        await self.page.goto(self.address(path))
        await self.page.get_by_label("Email").fill(self.account.email)
        await self.page.get_by_label("Password", exact=True).fill(self.account.password)
        await self.page.get_by_role("button", name="Sign in").click()
        await self.page.get_by_text("Live", exact=True).wait_for()

    # -- what is there

    def column(self, name: str) -> Locator:
        return self.page.locator("section.column").filter(has=self.page.get_by_role("heading", name=name))

    def card(self, title: str) -> Locator:
        return self.page.locator("li.card").filter(has=self.page.locator(".card-title, .card-input").filter(has_text=title))

    def link(self, title: str) -> Locator:
        """What has the focus of a card."""
        return self.page.locator("a.card-title").filter(has_text=title)

    async def titles(self, column: str) -> list[str]:
        return await self.column(column).locator("a.card-title").all_inner_texts()

    async def drag(self, card: Locator, target: Locator, *, low: bool = False) -> None:
        """``low``: to the lower half of the target, as to put something after it."""
        await card.hover()
        start, end = await card.bounding_box(), await target.bounding_box()
        assert start is not None
        assert end is not None
        mouse = self.page.mouse
        await mouse.move(start["x"] + 40, start["y"] + 12)
        await mouse.down()
        await mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=4)
        await mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] * (0.9 if low else 0.1), steps=4)
        await mouse.up()

    async def picture(self, name: str, *, full_page: bool = False) -> None:
        """Kept for people to look at."""
        SCREENSHOTS.mkdir(exist_ok=True)
        await self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=full_page)

    def _watch(self, page: Page) -> None:
        def on_console(message: ConsoleMessage) -> None:
            if message.type in {"error", "warning"} and not message.text.startswith(_EXPECTED):
                self.complaints.append(message.text)

        page.on("console", on_console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
