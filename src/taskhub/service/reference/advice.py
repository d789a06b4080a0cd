"""What the problems of the kernel and the service mean and what to do about them: the text of the problem pages."""

from taskhub.kernel.api.documentation import Advice

ADVICE: dict[str, Advice] = {
    "malformed_json": Advice(
        "The body is not valid JSON in UTF-8, is nested too deeply, or contains half of a surrogate pair.",
        "Fix the JSON that you send. `detail` says at which position parsing failed.",
    ),
    "malformed_request": Advice(
        "The request is not valid HTTP: its method is unknown, a header or a chunk is broken, or two lengths contradict each "
        "other.",
        "Send requests with an HTTP library. If you do, check the proxies between your client and this service.",
    ),
    "request_timeout": Advice(
        "The request arrived too slowly: the headers have to arrive within 10 seconds, and the body may not pause for more than "
        "30. Nothing was executed.",
        "Send the request again on a new connection. If your client produces the body slowly, build all of it before you send.",
    ),
    "headers_too_large": Advice(
        "The path and the headers of the request are larger than 64 KiB.",
        "Send shorter headers and query parameters. The service uses none that are this long.",
    ),
    "invalid_cursor": Advice(
        "The cursor was changed, was made by an earlier version of the service, or belongs to a list with another path, other "
        "filters or another sort order.",
        "Keep path, filters and sort order as they were on the page that returned the cursor, or start again without a cursor.",
    ),
    "not_in_log": Advice(
        "`as_of` names a moment that the log of the workspace does not have: before its first event, or a `seq` after its last "
        "one.",
        "Use the `seq` of a change of this workspace, or an instant after the workspace was created.",
    ),
    "invalid_header": Advice(
        "A request header can't be parsed, or the operation does not support it.",
        "See `errors` for the name of the header. Entity tags have to be in quotes, and `If-Match` can't be used when you create "
        "a resource, because it has no version yet.",
    ),
    "not_allowed": Advice(
        "Your role in the workspace does not allow this, or the operation does not accept your kind of token. `detail` says "
        "which.",
        "Ask an admin or an owner of the workspace for a higher role, or sign in instead of using an API token.",
    ),
    "preflight_refused": Advice(
        "A browser asked whether a web page may call this service, and the origin, the method or the headers are not allowed.",
        "The operator of the service can allow the origin with `TASKHUB_CORS_ORIGINS`.",
    ),
    "not_found": Advice(
        "There is nothing at this path, or you have no access to it. The response is the same in both cases, so that nobody can "
        "find out what exists in workspaces of others.",
        "Check the ids, and that you are a member of the workspace. The resource may be in the trash: `deleted=true` shows it.",
    ),
    "method_not_allowed": Advice(
        "The path exists, but it does not support this method.",
        "Use one of the methods that the header `Allow` lists.",
    ),
    "not_acceptable": Advice(
        "The operation can't respond with any of the media types in your `Accept` header.",
        "Accept `application/json`, or leave the header out.",
    ),
    "id_taken": Advice(
        "The id that you chose is or was used in this workspace. Ids are never reused, not even after a deletion.",
        "If you were retrying a request of your own, read the resource with this id. Otherwise choose a new id.",
    ),
    "changed_since": Advice(
        "The command can't be undone, because something that it would take back was changed since, or something is gone that it "
        "would put back. Nothing was undone.",
        "See `changed` for the things and their fields. Change them yourself, or first undo what changed them since.",
    ),
    "not_undoable": Advice(
        "The command can't be undone: it made the workspace, or changed members, invitations or webhooks, or what it changed was "
        "deleted permanently, or no module takes it back. `detail` says which.",
        "Do the opposite yourself, if there is an operation for it.",
    ),
    "stale_version": Advice(
        "The resource is not at the version in `If-Match`: it was probably changed after you read it. Nothing was changed.",
        "Read the resource again, check whether you still want the change, and send it with the new `ETag`. `current_version` is "
        "the current version.",
    ),
    "body_too_large": Advice(
        "The request body is larger than the service accepts. Nothing was executed.",
        "Split the request into smaller ones. `GET /v1` returns the limit.",
    ),
    "unsupported_media_type": Advice(
        "The operation does not accept the media type or the encoding of the body.",
        "Send uncompressed JSON in UTF-8 with the right `Content-Type`. The header `Accept-Patch`, `Accept` or `Accept-Encoding` "
        "of the response lists what is accepted.",
    ),
    "validation_failed": Advice(
        "A field of the body or a query parameter is missing, unknown, read-only or has an invalid value.",
        "See `errors`. Each entry says where the error is (`pointer`, `parameter` or `header`) and what is wrong.",
    ),
    "unknown_reference": Advice(
        "The body refers to something that does not exist in this workspace, or that you have no access to: a project, label or "
        "task that does not exist or is in the trash, or a user who is not a member.",
        "See `errors` for the position in the body, and check the id.",
    ),
    "idempotency_key_reused": Advice(
        "You have already used this `Idempotency-Key` for a different request.",
        "Use a new key for every new request. Send an old key only to repeat exactly the same request.",
    ),
    "precondition_required": Advice(
        "This service requires `If-Match` on every change, and the request has none.",
        "Read the resource, and send its `ETag` as `If-Match`.",
    ),
    "too_many_streams": Advice(
        "You have as many streams and waiting requests open as a user may have.",
        "Close one, or let several readers share one stream.",
    ),
    "rate_limited": Advice(
        "You have sent too many requests in a short time.",
        "Wait for the number of seconds in `Retry-After`, then send the request again.",
    ),
    "internal_error": Advice(
        "An unexpected error occurred in the service. It is logged under the request id.",
        "Report the request id to the operator of the service. If the request had an `Idempotency-Key`, you can send it again "
        "with the same key.",
    ),
    "busy": Advice(
        "Too many requests change the same resources at once, another process holds them for too long, or all connections to the "
        "database are in use. Nothing was changed.",
        "Wait for the number of seconds in `Retry-After`, then send the same request again.",
    ),
    "unavailable": Advice(
        "The database does not answer, or its schema belongs to another version of the service. Nothing was changed.",
        "Wait for the number of seconds in `Retry-After`, then send the same request again.",
    ),
    "outcome_unknown": Advice(
        "The connection to the database broke during the commit. The change may or may not have been made.",
        "If the request had an `Idempotency-Key`, send the same request with the same key: it is executed only once. Otherwise "
        "read the resource to see whether it was changed.",
    ),
}
