"""Routes of the board: its page, at every address below `/board`, its files, and the way there from `/`."""

from asyncio import to_thread

import msgspec
from starlette.responses import Response

from taskhub.kernel.api.operations import Routes
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.responses import JsonResponse
from taskhub.kernel.contract.access import PUBLIC
from taskhub.kernel.domain.errors import NotFound
from taskhub.service.board_files import ASSETS, PATH, board_files, media_type_of

BOARD = Routes("Service")

_HTML = b"text/html; charset=utf-8"
_CACHED_FOR_EVER = (b"cache-control", b"public, max-age=31536000, immutable")
_ASKED_FOR_EACH_TIME = (b"cache-control", b"no-cache")


class PlacesView(msgspec.Struct, frozen=True):
    name: str
    version: str
    board: str
    api: str
    reference: str
    openapi: str
    health: str


@BOARD.get("/", PUBLIC, summary="Find the board, the API and its reference", answers=PlacesView, also_produces=["text/html"])
async def get_places(request: ApiRequest) -> Response:
    """Browsers, and others that ask for `text/html`, are sent to the board (303)."""
    headers = [(b"vary", b"Accept"), _ASKED_FOR_EACH_TIME]
    if "text/html" in (request.header(b"accept") or "").lower():
        return JsonResponse(303, b"", [(b"location", PATH.encode()), *headers], _HTML)
    version = request.scope["app"].version
    places = PlacesView("TaskHub", version, PATH, "/v1", "/docs", "/openapi.json", "/health/ready")
    return JsonResponse(200, msgspec.json.encode(places), headers)


@BOARD.get(ASSETS + "/{tag}/{file:path}", PUBLIC, include_in_schema=False)
async def get_board_file(request: ApiRequest, tag: str, file: str) -> Response:
    files = await to_thread(board_files)
    asset = files.assets.get(file)
    if asset is None:
        raise NotFound
    # While replicas of two versions run, a page may ask the other one for its files: what it gets then is not kept.
    lifetime = _CACHED_FOR_EVER if tag == files.tag else _ASKED_FOR_EACH_TIME
    return asset.answer(request, [*files.headers, lifetime], media_type_of(file))


@BOARD.get(PATH, PUBLIC, include_in_schema=False, answers=str, produces="text/html", any_query=True)
async def get_board(request: ApiRequest) -> Response:
    files = await to_thread(board_files)
    return files.page.answer(request, [*files.headers, _ASKED_FOR_EACH_TIME], _HTML)


@BOARD.get(PATH + "/{place:path}", PUBLIC, include_in_schema=False, answers=str, produces="text/html", any_query=True)
async def get_board_at(request: ApiRequest, place: str) -> Response:
    """The same page: what it shows at this address is its own affair."""
    return await get_board(request)
