"""What every problem means that any module may answer with, and what to do about it, in words for people."""

from taskhub.kernel.api.documentation import Advice

ADVICE: dict[str, Advice] = {
    "malformed_json": Advice(
        "The body is not well-formed JSON in UTF-8, is nested too deeply, or holds half of a surrogate pair.",
        "Mend whatever writes the JSON: `detail` says where reading stopped.",
    ),
    "malformed_request": Advice(
        "What came is not HTTP: an unknown method, a broken header or chunk, or two lengths that contradict each other.",
        "Use an HTTP library rather than text of your own, and look at what stands between the client and this service.",
    ),
    "request_timeout": Advice(
        "The client took too long over its request: its head has to come within 10 seconds, and its body may not stand still for "
        "30. Nothing of it was run.",
        "Send it again, on a new connection. A client that is slow should have the whole body before it begins to send.",
    ),
    "headers_too_large": Advice(
        "The headers and the path of the request are larger than 64 KiB.",
        "Send less: nothing that this service reads is that long.",
    ),
    "invalid_cursor": Advice(
        "The cursor was changed, or it belongs to a list with another path, other filters or another sort, or a former version.",
        "Keep path, filters and sort as they were on the page that gave the cursor, or start again without a cursor.",
    ),
    "invalid_header": Advice(
        "A request header can't be read, or has no meaning on this operation.",
        "See `errors` for the header. Entity tags stand in quotes; nothing that is being created has one yet.",
    ),
    "not_allowed": Advice(
        "You are known here, but your role does not include this.",
        "Ask an admin or an owner of the workspace to do it, or for another role.",
    ),
    "preflight_refused": Advice(
        "A browser asked whether a page of another origin may send a request, and it may not.",
        "Whoever runs the service can admit the origin with `TASKHUB_CORS_ORIGINS`.",
    ),
    "not_found": Advice(
        "There is nothing at this path, or nothing that you may see: what belongs to a workspace that you are no member of looks "
        "the same as what does not exist.",
        "Check the ids, and whether the thing is in the trash (`deleted=true` shows it).",
    ),
    "method_not_allowed": Advice(
        "The path exists, but not for this method.",
        "Use one of the methods that `Allow` names.",
    ),
    "not_acceptable": Advice(
        "`Accept` admits nothing that this operation can answer with.",
        "Accept `application/json`, or leave the header out.",
    ),
    "id_taken": Advice(
        "The id that you chose was used in this workspace before. Ids are never given twice, not even after a deletion.",
        "If this was a retry of your own, read the thing; otherwise mint a new id.",
    ),
    "stale_version": Advice(
        "The thing was changed since you read it: `If-Match` does not name its current version. Nothing was changed.",
        "Read it again, decide anew, and send the change with the new `ETag`; `current_version` has its number.",
    ),
    "body_too_large": Advice(
        "The body is larger than this service reads. Nothing of it was used.",
        "Send less at once; `GET /v1` tells the limit.",
    ),
    "unsupported_media_type": Advice(
        "The body is not of a kind that this operation takes, or it is compressed.",
        "Send JSON in UTF-8 as it is, and say so in `Content-Type`. `Accept-Patch`, `Accept` or `Accept-Encoding` names what is "
        "taken.",
    ),
    "validation_failed": Advice(
        "The request does not have the shape that is expected: a member is missing, unknown, read-only or out of range.",
        "See `errors`: each names a place (`pointer`, `parameter` or `header`) and what is wrong there.",
    ),
    "unknown_reference": Advice(
        "The body names something that is not there for you: a project, label or task that does not exist here or is in the "
        "trash, or a user who is no member.",
        "See `errors` for the place, and check the id.",
    ),
    "idempotency_key_reused": Advice(
        "This `Idempotency-Key` belongs to an earlier, different request of yours.",
        "Use a new key for every new request, and the old one only to repeat the same request.",
    ),
    "precondition_required": Advice(
        "This service is set up to take no change without `If-Match`.",
        "Read the thing and send its `ETag` as `If-Match`.",
    ),
    "rate_limited": Advice(
        "You asked too often.",
        "Wait for as many seconds as `Retry-After` says.",
    ),
    "internal_error": Advice(
        "Something went wrong on our side. The log has it under the request id.",
        "Tell whoever runs the service the request id. With an `Idempotency-Key` the request may be repeated under the same key.",
    ),
    "busy": Advice(
        "Too many others are changing the same things, hold them for too long, or keep all connections to the database busy. "
        "Nothing was changed.",
        "Send the same request again after `Retry-After`.",
    ),
    "unavailable": Advice(
        "The database does not answer, or is not set up for this version. Nothing was changed.",
        "Send the same request again after `Retry-After`.",
    ),
    "outcome_unknown": Advice(
        "The connection to the database broke while the change was being committed: it may or may not have happened.",
        "With an `Idempotency-Key`, send the same request under the same key: it is done once. Otherwise read the thing first.",
    ),
}
