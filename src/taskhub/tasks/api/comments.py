"""Routes of comments."""

from uuid import UUID

from starlette.responses import Response

from taskhub.kernel.api.as_of import AsOfParams, PastPageParams, moment_of
from taskhub.kernel.api.list_validators import OfLog
from taskhub.kernel.api.operations import Routes
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.responses import Page
from taskhub.kernel.application.commands import Reply
from taskhub.kernel.contract.caller import Scope
from taskhub.kernel.domain.errors import NotAllowed, NotFound, NotInLog
from taskhub.tasks.api.answers import comment_answer
from taskhub.tasks.api.bodies.comments import CommentPatch, NewComment
from taskhub.tasks.api.module import module_of
from taskhub.tasks.api.paths import COMMENT, COMMENTS, comment_path
from taskhub.tasks.api.query_params import page_of
from taskhub.tasks.application.comments.change_comment import ChangeComment
from taskhub.tasks.application.comments.create_comment import CreateComment
from taskhub.tasks.application.comments.delete_comment import DeleteComment
from taskhub.tasks.application.queries import OLDEST_FIRST
from taskhub.tasks.application.views import CommentView
from taskhub.tasks.contract.errors import ProjectArchived
from taskhub.tasks.contract.references import task_ref
from taskhub.workspaces.contract.access import CONTRIBUTE, MANAGE, READ, Role

COMMENT_ROUTES = Routes("Comments")


@COMMENT_ROUTES.get(
    COMMENTS, READ, summary="List the comments on a task", answers=Page[CommentView], validator=OfLog(), errors=[NotInLog]
)
async def list_comments(request: ApiRequest, workspace_id: UUID, task: str, query: PastPageParams) -> Response:
    """The oldest comment comes first."""
    as_of = await moment_of(request, query)
    page = page_of(request, query, OLDEST_FIRST)
    page_slice = await module_of(request).comment_queries().list(workspace_id, task_ref(task), page, as_of=as_of)
    return request.page(page_slice.items, page_slice.after, page_slice.log_head)


@COMMENT_ROUTES.post(
    COMMENTS, CONTRIBUTE, status_code=201, summary="Comment on a task", answers=CommentView, errors=(ProjectArchived,)
)
async def create_comment(request: ApiRequest, workspace_id: UUID, task: str, body: NewComment) -> Response:
    """`@` followed by the id of a member in the body mentions that member."""
    tasks = module_of(request)
    command = CreateComment(workspace_id, task_ref(task), body.id, body.body, request.caller.user_id)
    reply = Reply(201, comment_path(workspace_id, task, body.id))
    return comment_answer(request, workspace_id, await request.run(tasks.create_comment, command, reply))


@COMMENT_ROUTES.get(COMMENT, READ, summary="Read a comment", answers=CommentView, errors=[NotInLog])
async def get_comment(request: ApiRequest, workspace_id: UUID, task: str, comment_id: UUID, query: AsOfParams) -> Response:
    ref, as_of = task_ref(task), await moment_of(request, query)
    view = await module_of(request).comment_queries().find(workspace_id, ref, comment_id, as_of=as_of)
    if view is None:
        raise NotFound
    if isinstance(ref, UUID):
        return request.show(view)
    return request.show(view, (b"content-location", comment_path(workspace_id, str(view.task_id), view.id).encode()))


@COMMENT_ROUTES.patch(
    COMMENT, CONTRIBUTE, summary="Change your comment", answers=CommentView, errors=(NotAllowed, ProjectArchived)
)
async def change_comment(request: ApiRequest, workspace_id: UUID, task: str, comment_id: UUID, body: CommentPatch) -> Response:
    tasks = module_of(request)
    text = body.body if body.model_fields_set else None
    command = ChangeComment(workspace_id, task_ref(task), comment_id, text, request.caller.user_id, request.expected)
    return comment_answer(request, workspace_id, await request.run(tasks.change_comment, command, Reply()))


@COMMENT_ROUTES.delete(COMMENT, CONTRIBUTE, status_code=204, summary="Delete a comment", errors=(NotAllowed,))
async def delete_comment(request: ApiRequest, workspace_id: UUID, task: str, comment_id: UUID) -> Response:
    """You can delete your own comments. Admins (with an API token: with the scope `admin`) can delete all comments."""
    tasks = module_of(request)
    caller = request.caller
    moderates = request.grant.role >= Role.ADMIN and caller.scope >= Scope.ADMIN
    command = DeleteComment(workspace_id, task_ref(task), comment_id, caller.user_id, moderates, request.expected)
    try:
        return request.answer(await request.run(tasks.delete_comment, command, Reply(204)))
    except NotAllowed:
        await request.authorize(MANAGE)  # For an admin the error says that the token lacks the scope.
        raise
