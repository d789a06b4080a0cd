"""The feed of changes."""

from uuid import UUID

import msgspec
from starlette.responses import Response

from taskhub.activity.api.answers import change_view
from taskhub.activity.api.module import module_of
from taskhub.activity.api.paths import CHANGES as PATH
from taskhub.activity.api.places import place_of
from taskhub.activity.api.query_params import ChangePageParams
from taskhub.activity.application.read_changes import compacted, read_changes
from taskhub.activity.application.views import ChangePage
from taskhub.activity.domain.errors import CursorExpired
from taskhub.kernel.api.list_validators import NoValidator
from taskhub.kernel.api.long_requests import TooManyStreams
from taskhub.kernel.api.operations import Routes
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.responses import JsonResponse
from taskhub.kernel.application.log_pages import LogPage
from taskhub.workspaces.contract.access import READ

CHANGES = Routes("Changes")
_encode = msgspec.json.Encoder().encode


@CHANGES.get(
    PATH,
    READ,
    summary="Follow the changes of a workspace",
    answers=ChangePage,
    errors=[CursorExpired, TooManyStreams],
    reads_log=True,
    validator=NoValidator("a purge empties events that were there before, and the cursor tells what is new"),
)
async def list_changes(request: ApiRequest, workspace_id: UUID, query: ChangePageParams) -> Response:
    """Lists the events of the workspace's log, oldest first, in the order of their commits and without a gap.

    Go on with `next_cursor`, which is never null: a cursor is a place in the log of the workspace, it fits to any filter and
    to the stream, and is good as long as the service keeps what follows it. With `wait`, an answer without changes is held
    back until there is one, or for so many seconds. While `has_more` is true there is more to read at once: a page of large
    changes (2 MB) has fewer than `limit`, and with a filter a page may be empty.
    """
    module, wanted = module_of(request), query.wanted(request.caller.user_id)
    after = await place_of(request, query, workspace_id)
    work = read_changes(
        module.log(), module.follower(), workspace_id, wanted, after=after, limit=query.limit, wait_seconds=query.wait
    )
    if query.wait:
        waiting = request.app_state.long_requests
        page = await waiting.run("waiting", request.caller.user_id, request.scope, request.receive, work)
        await request.reauthorize(READ)  # The right may have been taken away while the request waited.
    else:
        page = await work
    if page is None:
        page = LogPage((), after, after)  # The service stops: the next request goes on from here.
    events = compacted(page.events) if query.compact else page.events
    items = [change_view(request, event) for event in events]
    return JsonResponse(200, _encode(ChangePage(items, request.log_cursor(page.until), page.has_more)))
