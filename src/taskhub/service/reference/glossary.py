"""What the members of bodies and answers, and the parameters, mean that are the same in all modules: wherever they stand."""

from taskhub.kernel.api.documentation import Word

_USER = "019a9f3e-6a10-7c52-8f0e-5b1d2c3a4e5f"
_TASK = "019a9f42-2e54-7096-8d42-9f51607e8293"
_INSTANT = "2026-11-20T09:00:00Z"
_LATER = "2026-12-20T09:00:00Z"

WORDS: dict[str, Word] = {
    "id": Word("The id: a UUID of version 4 or 7. On a create the client may mint it; it is never given twice.", _TASK),
    "version": Word("1, and 1 more with each committed change. As an entity tag: the number in quotes.", 3),
    "created_at": Word("When it was made.", _INSTANT),
    "updated_at": Word("When it was last changed.", _INSTANT),
    "deleted_at": Word("When it was moved to the trash; null where it is not there.", None),
    "created_by_id": Word("The user who made it.", _USER),
    "expires_at": Word("When it stops working; null for never.", _LATER),
    "last_used_at": Word("When it was last used, to within a minute; null for never.", _INSTANT),
    "items": Word("The things, in the order asked for."),
    "next_cursor": Word("Asks for the next page, as `cursor`; null ends the list.", None),
    "limit": Word("How many things a page has at most.", 50),
    "cursor": Word("The `next_cursor` of the page before.", "b3BhcXVl"),
    "time_zone": Word("An IANA time zone.", "Europe/Berlin"),
    "name": Word("What people call it.", "Operations"),
    "stale_version.current_version": Word("the version that the thing has now."),
    "sort": Word("What to sort by; with `-` the other way round.", "-created_at"),
    "Service.name": Word("What it is.", "TaskHub"),
    "Service.version": Word("Which version of it runs.", "0.1.0"),
    "registration": Word("Whether anybody may register: `open` or `closed`.", "open"),
    "require_if_match": Word("Whether every change has to name the version that it is meant for.", False),
    "limits": Word("How much it takes."),
    "body_bytes": Word("The largest request body, in bytes.", 1_048_576),
    "page_items": Word("The largest page of a list.", 200),
    "writes_per_minute": Word("How many writes a user has per minute; null for no limit.", 1200),
    "Health.status": Word("`ok`.", "ok"),
    "code": Word("The code of a problem.", "stale_version"),
}
