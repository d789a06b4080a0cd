"""External keys that are hard to get through a URL, and how they are written in a path."""

from urllib.parse import quote

HOSTILE = [
    "/",
    "a/b/c",
    "//",
    "%",
    "%2F",
    "a%2Fb",
    "%252F",
    "#12",
    "a?b=c&d",
    "a b",
    " a ",
    "+",
    "a;b",
    "a\\b",
    '"quoted"',
    "{braces},{NULL}",
    "<b>&amp;",
    "external:x",
    "OPS-1",
    "me",
    "none",
    "comments",
    "move",
    "...",
    "019a9f42-2e54-7096-8d42-9f51607e8293",
    "żółw",
    "\U0001f469\u200d\U0001f52c",
    "漢字",
    "\ufffd",
    "x" * 255,
    "\U0001f600" * 255,
    "~!@$&'()*+,;=:-._",
]


def external(key: str) -> str:
    return f"external:{quote(key, safe='')}"
