"""The demo, as somebody sees it who follows its link. The picture of it is the README's."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from board.conftest import Open
from support.harness.program import Installation, Served

PICTURE = Path(__file__).parents[2] / "docs" / "pictures" / "board.png"


@pytest.fixture(scope="module")
def demo() -> Iterator[Served]:
    with tempfile.TemporaryDirectory(prefix="taskhub-demo-") as name:
        Path(name).chmod(0o711)  # As root, the database runs under another account.
        installation = Installation(Path(name))
        with installation.start((*installation.program, "demo")) as served:
            served.wait_until_it_says("To remove the demo: ")
            yield served
        assert installation.run("demo", "--remove").returncode == 0


async def test_two_links_of_the_demo_show_two_people_one_board(demo: Served, opened: Open) -> None:
    ada, grace, _ = re.findall(r"http://\S+/board/sign-in#\S+", demo.log)
    windows = []
    for link in (ada, grace):
        window = await opened()
        page = window.page
        await page.goto(link)
        await page.get_by_role("button", name="Sign in").click()
        await page.get_by_role("link", name="Lighthouse Coffee").click()
        await page.get_by_role("link", name="Shop on Harbour Street").click()
        await expect(window.column("Done").locator(".card")).to_have_count(5)
        windows.append(window)
    await windows[0].picture("demo")

    await windows[0].drag(windows[0].card("New wiring"), windows[0].column("Done"))
    await expect(windows[1].column("Done").locator(".card")).to_have_count(6)
    await windows[1].page.keyboard.press("Control+z")  # What another has done is undone in the history, not with a key.
    await expect(windows[1].page.get_by_text("There is nothing to undo.")).to_be_visible()
    await windows[1].link("New wiring").click()
    await windows[1].page.locator(".history li").first.get_by_role("button", name="Undo").click()
    await expect(windows[0].column("Done").locator(".card")).to_have_count(5)


def test_the_picture_in_the_readme_is_small() -> None:
    """It is `demo.png` of `tests/board/screenshots`, copied when the board looks otherwise."""
    content = PICTURE.read_bytes()
    assert content.startswith(b"\x89PNG")
    assert (int.from_bytes(content[16:20]), int.from_bytes(content[20:24])) == (1280, 800)
    assert len(content) < 150_000
