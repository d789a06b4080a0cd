"""The description and an example of every field and parameter that several modules or the service use. The others: in the
`documentation` of each module.
"""

from taskhub.kernel.api.documentation import Word

_USER = "019a9f3e-6a10-7c52-8f0e-5b1d2c3a4e5f"
_TASK = "019a9f42-2e54-7096-8d42-9f51607e8293"
_INSTANT = "2026-11-20T09:00:00Z"
_LATER = "2026-12-20T09:00:00Z"

WORDS: dict[str, Word] = {
    "id": Word("A UUID of version 4 or 7. You may choose it when you create the resource. Ids are never reused.", _TASK),
    "version": Word("Starts at 1 and grows by 1 with every change. The `ETag` is this number in quotes.", 3),
    "created_at": Word("When it was created.", _INSTANT),
    "updated_at": Word("When it was last changed.", _INSTANT),
    "deleted_at": Word("When it was moved to the trash; null if it is not in the trash.", None),
    "created_by_id": Word("The user who created it.", _USER),
    "expires_at": Word("When it expires; null if it never does.", _LATER),
    "last_used_at": Word("When it was last used, accurate to a minute; null if never.", _INSTANT),
    "items": Word("The items of this page, in the requested order."),
    "next_cursor": Word("Send it as `cursor` to get the next page; null on the last page.", None),
    "limit": Word("The maximum number of items on a page.", 50),
    "cursor": Word("The `next_cursor` of the previous page.", "b3BhcXVl"),
    "time_zone": Word("An IANA time zone.", "Europe/Berlin"),
    "name": Word("The display name.", "Operations"),
    "changed_since.changed": Word("the first 15 things that were changed since, or are gone."),
    "ChangedThing.entity_type": Word("The kind of thing, as in the log.", "task"),
    "ChangedThing.entity_id": Word("The id of the thing.", "019a9f42-2e54-7096-ad42-9f5162738495"),
    "ChangedThing.fields": Word(
        "The fields in question: `id` if the thing itself is gone or is there again, `rank` for a place in the order.", ["title"]
    ),
    "stale_version.current_version": Word("the current version of the resource."),
    "as_of": Word(
        "Answers what was at this moment: an instant, or the `seq` of a change, which is included. Such answers have no `ETag`.",
        _INSTANT,
    ),
    "sort": Word("The field to sort by. A leading `-` reverses the order.", "-created_at"),
    "Service.name": Word("The name of the service.", "TaskHub"),
    "Service.version": Word("The version of the service.", "0.1.0"),
    "Places.name": Word("The name of the service.", "TaskHub"),
    "Places.version": Word("The version of the service.", "0.1.0"),
    "board": Word("The path of the board, which shows tasks to people in a browser.", "/board"),
    "api": Word("The path of the API, which tells how the service is set up.", "/v1"),
    "reference": Word("The path of the interactive reference.", "/docs"),
    "openapi": Word("The path of the OpenAPI document.", "/openapi.json"),
    "health": Word("The path that tells whether the service is ready.", "/health/ready"),
    "registration": Word("`open` if anybody may register, otherwise `closed`.", "open"),
    "require_if_match": Word("Whether every change requires `If-Match`.", False),
    "limits": Word("The limits of the service."),
    "body_bytes": Word("The maximum size of a request body, in bytes.", 1_048_576),
    "page_items": Word("The maximum number of items on a page of a list.", 200),
    "writes_per_minute": Word("How many write requests each user may send per minute; null if there is no limit.", 1200),
    "Health.status": Word("`ok`.", "ok"),
    "code": Word("The code of a problem.", "stale_version"),
}
