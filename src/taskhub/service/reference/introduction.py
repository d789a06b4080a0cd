"""The words that stand before the operations."""

INTRODUCTION = """\
TaskHub keeps tasks for teams. Its clients may change the same things at the same time: nothing is lost, nothing is
overwritten unseen, and every write can be retried.

**Credentials.** Sign in with `POST /v1/sessions`, or make an API token; send either as `Authorization: Bearer`.

**Versions.** Every thing has a `version`; its `ETag` is that number in quotes. Send it back as `If-Match` with a
change: if somebody was faster you get 412 and nothing is changed. Without `If-Match` the change is applied to
whatever is current, and two patches of different members both survive.

**Patches** are JSON Merge Patches (RFC 7396): an absent member stays as it is, `null` clears it.

**Retries.** Send an `Idempotency-Key` with a write. If the answer got lost, send the same again: it is done once, and
answered the same.

**Lists** come in pages. Follow `next_cursor` (or `Link`) until it is null. Filters of different names must all hold;
of a repeated one any.

**Problems** are `application/problem+json` (RFC 9457) with a stable `code`, and `retry` tells whether trying again
can help. Each code has a page under `/problems/{code}`.

**What may change.** Answers may gain members, codes and values: ignore those that you don't know, and take
`x-extensible-enum` for what is known today. Requests are read strictly: an unknown member or parameter is refused, never
ignored.

**What goes.** Within `/v1` nothing is taken away unannounced. What is to go is `deprecated` here, and its answers carry
`Deprecation` (RFC 9745), the date since when it should not be used, and `Sunset` (RFC 8594), the date until which it works:
at least a year after it was announced.
"""

TAGS: dict[str, str] = {
    "Service": "About the service itself.",
}
"""The group of the operations that belong to no module."""
