"""The files of the board (docs/board.md): read and compressed when the first of them is asked for, not at the start."""

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib import resources
from importlib.resources.abc import Traversable

from taskhub.service.static_content import StaticContent

PATH = "/board"
ASSETS = "/board/assets"
MAIN = "main.js"
LOADING = "loading.js"
ICON = "icon.svg"
MEDIA_TYPES = {
    ".js": b"text/javascript; charset=utf-8",
    ".css": b"text/css; charset=utf-8",
    ".svg": b"image/svg+xml",
}

# No inline style, no inline script but the one with this hash, nothing from elsewhere. No text is ever parsed as HTML: that needs
# Trusted Types, and there are none.
_POLICY = (
    b"default-src 'none'; script-src 'self' 'sha256-%s'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
)


@dataclass(frozen=True, slots=True)
class BoardFiles:
    """All files of the board, and the page that loads them. ``tag`` is a hash of all of them, and part of their addresses.
    ``headers``: of each answer."""

    page: StaticContent
    headers: Sequence[tuple[bytes, bytes]]
    assets: Mapping[str, StaticContent]
    tag: str


@cache
def board_files() -> BoardFiles:
    contents = dict(sorted(_files(resources.files("taskhub.service") / "static" / "board")))
    of_all = hashlib.sha256()
    for name, content in contents.items():
        of_all.update(b"%s\0%d\0%s" % (name.encode(), len(content), content))
    tag = of_all.hexdigest()[:16]
    # It stands in the page itself: what notices that a part did not come through is there if the page is.
    loading = contents.pop(LOADING)
    policy = _POLICY % base64.b64encode(hashlib.sha256(loading).digest())
    assets = {name: StaticContent.of(content) for name, content in contents.items()}
    page = StaticContent.of(_page(f"{ASSETS}/{tag}", list(assets), loading.decode()))
    return BoardFiles(page, ((b"content-security-policy", policy), *_HEADERS), assets, tag)


def media_type_of(name: str) -> bytes:
    return MEDIA_TYPES[name[name.rindex(".") :]]


def _files(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _files(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(tuple(MEDIA_TYPES)):
            yield f"{prefix}{entry.name}", entry.read_bytes()


def _page(folder: str, names: list[str], loading: str) -> bytes:
    """Names every file, so that a browser asks for all of them at once instead of import by import."""
    styles = "".join(f'<link rel="stylesheet" href="{folder}/{escape(name)}">' for name in names if name.endswith(".css"))
    modules = "".join(f'<link rel="modulepreload" href="{folder}/{escape(name)}">' for name in names if name.endswith(".js"))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">'
        f'<title>TaskHub</title><link rel="icon" href="{folder}/{ICON}">{styles}{modules}'
        f'<script type="module">{loading}</script><script type="module" src="{folder}/{MAIN}"></script></head>'
        "<body><noscript>The board needs JavaScript.</noscript></body></html>\n"
    ).encode()
