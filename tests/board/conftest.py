"""The board in a real Chromium, on a server of its own (docs/board.md says how to run this)."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from support.harness.board import PATIENCE_MS, Window, chromium, running_browser
from taskhub.testing import Account, TaskHubServer, Tenant

Open = Callable[..., Awaitable[Window]]


@pytest.fixture(scope="session")
def taskhub_settings() -> dict[str, Any]:
    return {"rate_limits": "off"}


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    if chromium() is None:
        missing = "there is no Chromium: apt-get install chromium, or name it: CHROMIUM=/path/to/it"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    async with running_browser() as browser:
        yield browser


@pytest.fixture
async def opened(browser: Browser, taskhub: TaskHubServer) -> AsyncIterator[Open]:
    """Opens windows. At the end, the browser must have had no complaint about any of them."""
    windows: list[Window] = []

    async def open_window(account: Account | None = None, **options: Any) -> Window:
        windows.append(await Window.open(browser, taskhub.url, account, **options))
        return windows[-1]

    yield open_window
    for window in windows:
        await window.close()
    assert [complaint for window in windows for complaint in window.complaints] == []


@pytest.fixture
async def ada(opened: Open, tenant: Tenant) -> Window:
    """Ada, signed in, looks at an empty project."""
    window = await opened(tenant)
    await window.sign_in("projects/TEST")
    return window


@pytest.fixture
async def grace(opened: Open, tenant: Tenant) -> Window:
    """Grace, another member of the same workspace, in a window of her own, looks at the same project."""
    window = await opened(tenant.member())
    await window.sign_in("projects/TEST")
    return window


@pytest.fixture(autouse=True, scope="session")
def _patience() -> None:
    expect.set_options(timeout=PATIENCE_MS)
