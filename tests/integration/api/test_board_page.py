"""How the board comes to a browser. What it does there: tests/board."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest

from support.harness.api import Api
from support.harness.problems import problem
from taskhub.service.board_files import ASSETS, board_files

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.mark.parametrize("accept", [BROWSER, "text/html", "TEXT/HTML;q=0.1"])
async def test_a_browser_is_sent_to_the_board(api: Api, accept: str) -> None:
    answer = await api.client.get("/", headers={"accept": accept}, follow_redirects=False)

    assert (answer.status_code, answer.headers["location"], answer.content) == (303, "/board", b"")
    assert answer.headers["vary"] == "Accept"


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/*;q=0.5"])
async def test_a_program_is_told_where_things_are(api: Api, accept: str) -> None:
    answer = await api.client.get("/", headers={"accept": accept})

    assert answer.status_code == 200
    assert answer.headers["vary"] == "Accept"
    for place in ("board", "api", "reference", "openapi", "health"):
        assert (await api.client.get(answer.json()[place])).status_code == 200, place


async def test_who_takes_neither_is_told(api: Api) -> None:
    problem(await api.client.get("/", headers={"accept": "image/png"}), 406, "not_acceptable")


@pytest.mark.parametrize("path", ["/board", "/board/", "/board/x/projects/OPS?view=list&q=a&q=b", "/board/x/tasks/OPS-1?%ff"])
async def test_every_address_of_the_board_is_its_page(api: Api, path: str) -> None:
    answer = await api.client.get(path, headers={"accept": BROWSER})

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.content == (await api.client.get("/board")).content


async def test_the_page_loads_its_own_files_alone_and_they_stay(api: Api) -> None:
    page = await api.client.get("/board")
    paths = re.findall(r'(?:src|href)="([^"]+)"', page.text)

    assert len(paths) > 2
    assert all(path.startswith(f"{ASSETS}/{board_files().tag}/") for path in paths)
    assert not re.search(r"<style|\son\w+=|\sstyle=", page.text)
    assert re.findall(r"<script(?! type=\"module\" src=)[^>]*>", page.text) == ['<script type="module">']
    assert {path.split("/", 4)[4] for path in paths} == {*board_files().assets}
    for path in dict.fromkeys(paths):
        answer = await api.client.get(path)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_its_policy_lets_no_script_of_others_run_and_no_text_become_html(api: Api) -> None:
    page = await api.client.get("/board")
    policy = page.headers["content-security-policy"]
    (inline,) = re.findall(r"<script type=\"module\">(.*?)</script>", page.text, re.DOTALL)
    directives = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))

    assert directives == {
        "default-src": "'none'",
        "script-src": f"'self' 'sha256-{b64encode(sha256(inline.encode()).digest()).decode()}'",
        "style-src": "'self'",
        "connect-src": "'self'",
        "img-src": "'self' data:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }


async def test_a_file_for_the_page_of_another_version_is_not_kept(api: Api) -> None:
    answer = await api.client.get(f"{ASSETS}/0123456789abcdef/main.js")

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("name", ["no-such.js", "../pages.css", "..%2Fpages.css", "core/", ""])
async def test_no_other_file_is_served(api: Api, name: str) -> None:
    answer = await api.client.get(f"{ASSETS}/{board_files().tag}/{name}")

    if name.startswith("../"):  # The client has resolved it: that is another address of the board.
        assert answer.headers["content-type"].startswith("text/html")
    else:
        problem(answer, 404, "not_found")
