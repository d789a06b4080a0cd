"""What each problem means and what to do about it: the text of the problem pages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Advice:
    meaning: str
    remedy: str


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
    "invalid_header": Advice(
        "A request header can't be parsed, or the operation does not support it.",
        "See `errors` for the name of the header. Entity tags have to be in quotes, and `If-Match` can't be used when you create "
        "a resource, because it has no version yet.",
    ),
    "not_authenticated": Advice(
        "The operation requires authentication, and the request has no credential.",
        "Send `Authorization: Bearer` with the access token of a session, or with an API token.",
    ),
    "invalid_token": Advice(
        "The token was not issued by this service, it was revoked or already used, or its session has ended.",
        "Sign in again, or use another API token.",
    ),
    "token_expired": Advice(
        "The token has expired. Access tokens are valid for 15 minutes.",
        "Renew the session with its refresh token, then send the request again with the new access token.",
    ),
    "invalid_credentials": Advice(
        "The email address or the password is wrong. For security reasons the service does not say which.",
        "Check both. If you have forgotten your password, ask the operator of the service to reset it.",
    ),
    "not_allowed": Advice(
        "Your role in the workspace does not allow this, or the operation does not accept your kind of token. `detail` says "
        "which.",
        "Ask an admin or an owner of the workspace for a higher role, or sign in instead of using an API token.",
    ),
    "insufficient_scope": Advice(
        "The API token does not have the scope that this operation requires.",
        "Use a token with the scope that `WWW-Authenticate` names, or sign in and use a session.",
    ),
    "wrong_password": Advice(
        "The `current_password` in the request is wrong. Your session is still valid.",
        "Send the request again with the correct password.",
    ),
    "preflight_refused": Advice(
        "A browser asked whether a web page may call this service, and the origin, the method or the headers are not allowed.",
        "The operator of the service can allow the origin with `TASKHUB_CORS_ORIGINS`.",
    ),
    "registration_closed": Advice(
        "This service does not accept registrations.",
        "Ask the operator of the service to create an account for you.",
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
    "email_taken": Advice(
        "Another account already uses this email address.",
        "Sign in to that account, or use another address.",
    ),
    "id_taken": Advice(
        "The id that you chose is or was used in this workspace. Ids are never reused, not even after a deletion.",
        "If you were retrying a request of your own, read the resource with this id. Otherwise choose a new id.",
    ),
    "key_taken": Advice(
        "Another project of the workspace has this key, or had it. Keys are never reused.",
        "Choose another key.",
    ),
    "name_taken": Advice(
        "Another label of the workspace already has this name. Names that differ only in case or invisible characters count as "
        "equal.",
        "Use that label, or choose another name.",
    ),
    "illegal_transition": Advice(
        "The workflow of the project does not allow a task to go from its current status to the requested one.",
        "Choose one of the statuses in `allowed`, or go there in several steps. The project shows its whole `workflow`.",
    ),
    "status_in_use": Advice(
        "The new workflow removes a status that tasks still have. Tasks in the trash count.",
        "For each of `statuses`, say in `status_map` which status its tasks get.",
    ),
    "cycle": Advice(
        "The change would make a task a subtask of itself, or blocked by itself. `path` shows the cycle: each task in it is a "
        "subtask of the next one, or blocked by it, and it begins and ends with the task that you wanted to change. It is cut "
        "off after 200 tasks.",
        "Remove another link of the cycle first, or do without this change.",
    ),
    "too_deep": Advice(
        "The change would nest tasks more than five levels deep.",
        "Choose a parent closer to the top level, or move the subtasks of the task elsewhere first.",
    ),
    "too_many_labels": Advice(
        "The task already has the maximum number of labels.",
        "Remove a label from the task first.",
    ),
    "too_many_blockers": Advice(
        "The task already has the maximum number of blockers.",
        "Remove a blocker from the task first, or let the task be blocked by one task that is itself blocked by several others.",
    ),
    "parent_deleted": Advice(
        "The parent of this task is in the trash, or was deleted permanently.",
        "Restore the parent. The subtasks that were deleted together with it are restored with it.",
    ),
    "last_owner": Advice(
        "Every workspace needs at least one owner, and this would remove the last one.",
        "Make another member an owner first, or delete the workspace.",
    ),
    "already_member": Advice(
        "You are already a member of this workspace. The invitation was not used up.",
        "You don't have to do anything.",
    ),
    "no_owner": Advice(
        "All owners of the workspace have closed their accounts, so the restored workspace would have no owner.",
        "An operator has to name a new owner.",
    ),
    "project_archived": Advice(
        "The project is archived. It accepts no new tasks and no changes to its tasks.",
        "Unarchive the project first.",
    ),
    "too_many_assignees": Advice(
        "The task already has the maximum number of assignees.",
        "Remove an assignee from the task first.",
    ),
    "project_deleted": Advice(
        "The project of the task is in the trash.",
        "Restore the project. The tasks that were deleted together with it are restored with it.",
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
