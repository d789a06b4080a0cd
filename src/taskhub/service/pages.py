"""HTML pages: the interactive reference, the types of events, one page for each problem. They load nothing from other hosts."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from html import escape
from importlib import resources

from taskhub.kernel.application.event_types import EventType
from taskhub.kernel.domain.errors import ValidationFailed
from taskhub.service.reference.catalogue import Problem
from taskhub.service.reference.events import by_module, fields_by_thing, rows_of
from taskhub.service.static_content import StaticContent

RENDERER, RENDERER_STYLE, START, STYLE = "swagger-ui-bundle.js", "swagger-ui.css", "reference.js", "pages.css"
_JAVASCRIPT, _CSS = b"text/javascript; charset=utf-8", b"text/css; charset=utf-8"
MEDIA_TYPES = {RENDERER: _JAVASCRIPT, RENDERER_STYLE: _CSS, START: _JAVASCRIPT, STYLE: _CSS}
"""The assets and their media types."""
_OURS, _RENDERERS = resources.files("taskhub.service") / "static", resources.files("fastapi_swagger.resources")
_FOLDERS = {RENDERER: _RENDERERS, RENDERER_STYLE: _RENDERERS, START: _OURS, STYLE: _OURS}

# Swagger UI writes inline styles. Scripts are allowed from this service only.
_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
    b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = [
    (b"content-security-policy", _POLICY),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]
HTML = b"text/html; charset=utf-8"

_RETRY = {
    "safe": "Yes: the same request may succeed later.",
    "same_key": "Only with the same <code>Idempotency-Key</code>. Without a key, read the resource before you try again.",
    "no": "No: the same request gets the same response until something else changes.",
}


@cache
def asset(name: str) -> StaticContent:
    return StaticContent.of((_FOLDERS[name] / name).read_bytes())


@cache
def asset_path(name: str) -> str:
    """The path contains a hash of the content, so that it can be cached indefinitely."""
    return f"/docs/{asset(name).tag}/{name}"


@cache
def reference_page() -> bytes:
    scripts = "".join(f'<script defer src="{asset_path(name)}"></script>' for name in (RENDERER, START))
    style = f'<link rel="stylesheet" href="{asset_path(RENDERER_STYLE)}">'
    return _page("TaskHub API", '<div id="reference"></div>', head=style + scripts, kind="reference")


def problem_page(problem: Problem, fault_codes: Mapping[str, str]) -> bytes:
    advice = problem.advice
    faults = _faults(fault_codes) if problem.code == ValidationFailed.code else ""
    return _page(
        f"{problem.title} · TaskHub",
        f"<h1>{escape(problem.title)}</h1><p><code>{problem.code}</code>, with status {problem.status}</p><dl>"
        f"<dt>What happened</dt><dd>{_text(advice.meaning)}</dd><dt>What to do</dt><dd>{_text(advice.remedy)}</dd>"
        f"<dt>Does a retry help?</dt><dd>{_RETRY[problem.retry]}</dd></dl>{faults}"
        '<p><a href="/docs">All operations</a></p>',
    )


def unknown_problem_page(code: str, known: Iterable[str]) -> bytes:
    nearest = get_close_matches(code, known, n=1)
    guess = "".join(f'<p>Is <a href="/problems/{one}"><code>{one}</code></a> meant?</p>' for one in nearest)
    return _page(
        "Unknown problem · TaskHub",
        f"<h1>Unknown problem</h1><p><code>{escape(code)}</code></p>{guess}<dl>"
        "<dt>What happened</dt><dd>This version of the service has no problem with this code. It may be one of a module that is "
        "not installed here, or of another version.</dd><dt>What to do</dt><dd>Go by the status and <code>retry</code> of the "
        "problem document: new codes may be added at any time, and clients treat those that they don't know like others with the "
        "same status. Its <code>detail</code> says what was wrong.</dd></dl>"
        '<p><a href="/docs">All operations</a></p>',
    )


def events_page(types: Iterable[EventType]) -> bytes:
    """All types of events by module: what each holds, and the types of the members of what they are about."""
    modules = "".join(
        f"<h2>{escape(module)}</h2>{_types_of_events(of_module)}{_things(of_module)}"
        for module, of_module in by_module(types).items()
    )
    return _page(
        "Events · TaskHub",
        "<h1>Events</h1><p>Every change is kept in the log of its workspace, or of its user where it belongs to none. The "
        "<code>changes</code> of an event have each member that changed, with its values before and after.</p>"
        f'{modules}<p><a href="/docs">All operations</a></p>',
        kind="events",
    )


def _types_of_events(types: Iterable[EventType]) -> str:
    return _table(
        ("type", "schema", "what happened", "members in <code>changes</code>"),
        (
            (f"<code>{escape(one.name)}</code>", str(one.content.schema), _text(one.content.summary), _text(members))
            for one, members in rows_of(types)
        ),
    )


def _things(types: Iterable[EventType]) -> str:
    return "".join(
        f"<h3><code>{escape(thing)}</code></h3>"
        + _table(("member", "type"), ((f"<code>{escape(name)}</code>", escape(kind)) for name, kind in fields.items()))
        for thing, fields in fields_by_thing(types).items()
    )


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """The cells are HTML."""
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{''.join(f'<th>{cell}</th>' for cell in head)}</tr></thead><tbody>{body}</tbody></table>"


def _faults(fault_codes: Mapping[str, str]) -> str:
    meanings = "".join(f"<dt><code>{code}</code></dt><dd>{_text(meaning)}</dd>" for code, meaning in fault_codes.items())
    return f"<h2>Codes in <code>errors</code></h2><dl>{meanings}</dl>"


def _page(title: str, body: str, *, head: str = "", kind: str = "") -> bytes:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<title>{escape(title)}</title><link rel="icon" href="data:,"><link rel="stylesheet" href="{asset_path(STYLE)}">'
        f'{head}</head><body class="{kind}">{body}</body></html>\n'
    ).encode()


def _text(markdown: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(markdown))
