"""What every problem means and what to do about it, in words for people."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Advice:
    meaning: str
    remedy: str


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
    "not_authenticated": Advice(
        "The operation needs a credential and the request has none.",
        "Send `Authorization: Bearer` with the access token of a session, or with an API token.",
    ),
    "invalid_token": Advice(
        "The token is not one of this service, or it was revoked, or its session has ended.",
        "Sign in again, or use another API token.",
    ),
    "token_expired": Advice(
        "The token was good and has expired. Access tokens live for 15 minutes.",
        "Renew the session with its refresh token and send the request again with the new access token.",
    ),
    "invalid_credentials": Advice(
        "Email or password is wrong, or the refresh token is spent or unknown. Which of them is not told.",
        "Check both. An operator can reset a forgotten password.",
    ),
    "not_allowed": Advice(
        "You are known here, but your role does not include this.",
        "Ask an admin or an owner of the workspace to do it, or for another role.",
    ),
    "insufficient_scope": Advice(
        "The token was issued for less than this needs.",
        "Use a token with the scope that the challenge names, or a session.",
    ),
    "wrong_password": Advice(
        "The current password that came with the request is wrong. The session is as good as before.",
        "Send the right one.",
    ),
    "preflight_refused": Advice(
        "A browser asked whether a page of another origin may send a request, and it may not.",
        "Whoever runs the service can admit the origin with `TASKHUB_CORS_ORIGINS`.",
    ),
    "registration_closed": Advice(
        "This service takes no new accounts by itself.",
        "Ask whoever runs it for an account.",
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
    "email_taken": Advice(
        "Another account has this email address.",
        "Sign in to that account, or use another address.",
    ),
    "id_taken": Advice(
        "The id that you chose was used in this workspace before. Ids are never given twice, not even after a deletion.",
        "If this was a retry of your own, read the thing; otherwise mint a new id.",
    ),
    "key_taken": Advice(
        "Another project of the workspace has, or had, this key.",
        "Choose another key: keys are never given twice.",
    ),
    "name_taken": Advice(
        "Another label of the workspace has this name, however it is written.",
        "Use that label, or choose another name.",
    ),
    "illegal_transition": Advice(
        "The workflow of the project lets no task go from its status to the one that was asked for.",
        "Take one of `allowed`, or go there in several steps. The workflow stands in the project.",
    ),
    "status_in_use": Advice(
        "A status can't go while tasks are at it, in the trash or not, and nothing tells where they are to go.",
        "Name a status for each of `statuses` in `status_map`.",
    ),
    "cycle": Advice(
        "A task would come to stand above itself, or to wait for itself. `path` is the way around: it begins and ends with the "
        "task that was to be changed, and each is a subtask of the next, or blocked by it. Of a very long way it has the first "
        "200.",
        "Break the way somewhere else first, or leave the change.",
    ),
    "too_deep": Advice(
        "Tasks would be nested more than five levels deep.",
        "Put the task under one further up, or move the ones below it elsewhere first.",
    ),
    "too_many_labels": Advice(
        "The task has as many labels as a task may have.",
        "Take one off it first.",
    ),
    "too_many_blockers": Advice(
        "The task waits for as many others as a task may wait for.",
        "Take one of them off it first, or wait for one task that waits for several.",
    ),
    "parent_deleted": Advice(
        "The task that this is a subtask of is in the trash, or gone for good.",
        "Restore that one: the subtasks that went with it come back with it.",
    ),
    "last_owner": Advice(
        "A workspace keeps at least one owner, and this would take the last one.",
        "Make somebody else an owner first, or delete the workspace.",
    ),
    "already_member": Advice(
        "You are a member of this workspace already. The invitation was not used up.",
        "Nothing is left to do.",
    ),
    "no_owner": Advice(
        "All owners of the workspace have closed their accounts, so nobody is left whom it could be restored for.",
        "An operator has to name a new owner.",
    ),
    "project_archived": Advice(
        "The project is archived: it takes no new tasks and no changes to its tasks.",
        "Take it out of the archive first.",
    ),
    "too_many_assignees": Advice(
        "The task has as many assignees as a task may have.",
        "Take somebody off it first.",
    ),
    "project_deleted": Advice(
        "The task's project is in the trash.",
        "Restore the project: the tasks that went with it come back with it.",
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
