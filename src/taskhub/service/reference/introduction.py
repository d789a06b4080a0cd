"""The introduction of the OpenAPI document, and the descriptions of its tags."""

INTRODUCTION = """\
TaskHub manages tasks for teams. Its clients may change the same tasks at the same time: no saved change is lost, no change
is overwritten unnoticed, and every write can be retried.

**Authentication.** Sign in with `POST /v1/sessions` to get an access token, or create an API token. Send either one as
`Authorization: Bearer`.

**Versions.** Everything that can be changed has a `version`. Its `ETag` is that number in quotes. Send the `ETag` as
`If-Match` with a change: if somebody else has changed the resource since you read it, you get 412 and nothing is changed.
Without `If-Match` the change applies to the current version, and two patches of different fields both take effect.

**Patches** are JSON Merge Patches (RFC 7396): a field that is absent stays as it is, and `null` clears a field.

**Retries.** Send an `Idempotency-Key` with a write. If you don't receive a response, send the same request with the same key
again: it is executed only once, and you get the same response.

**Dry runs.** Send `?dry_run=true` with a write that takes an `Idempotency-Key`: you get what it would answer and change, and
nothing is done.

**Lists** are divided into pages. Follow `next_cursor` (or the header `Link`) until it is null. If you combine different
filters, all of them must match. If you repeat a filter, one of its values must match.

**Problems.** Every error is `application/problem+json` (RFC 9457) with a stable `code`. `retry` says whether the same request
can succeed later. Each code has a page under `/problems/{code}`.

**Compatibility.** Responses may gain fields, codes and values: ignore the ones that you don't know. `x-extensible-enum` lists
the values that are known today. Requests are checked strictly: an unknown field or parameter is an error, it is never ignored.

**Deprecation.** Nothing is removed from `/v1` without notice. An operation, parameter or field that will be removed is marked
as `deprecated` in this document. Responses of a deprecated operation have the headers `Deprecation` (RFC 9745), the date from
which it should not be used any more, and `Sunset` (RFC 8594), the date until which it works: at least a year after the notice.
"""

TAGS: dict[str, str] = {
    "Service": "Information about the service: its status, metrics and documentation.",
}
"""The tags in their order, each with its description."""
