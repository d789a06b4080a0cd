"""Routes of the documentation: the OpenAPI document, the interactive reference, the pages of events and problems."""

import re
from asyncio import to_thread

import msgspec
from fastapi import FastAPI
from starlette.responses import Response

from taskhub.kernel.api.operations import Routes
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.responses import JsonResponse
from taskhub.kernel.contract.access import PUBLIC
from taskhub.kernel.domain.errors import NotFound
from taskhub.service import pages
from taskhub.service.reference.catalogue import Catalogue
from taskhub.service.reference.document import document_of
from taskhub.service.static_content import StaticContent

DOCUMENTATION = Routes("Service")

_CACHED_FOR_EVER = (b"cache-control", b"public, max-age=31536000, immutable")
_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
_CACHED_BRIEFLY = (b"cache-control", b"public, max-age=300")


@DOCUMENTATION.get("/openapi.json", PUBLIC, summary="Read this OpenAPI document", answers=dict, etag=True)
async def get_openapi(request: ApiRequest) -> Response:
    document = await _document(request.scope["app"])
    return document.answer(request, [_CACHED_BRIEFLY])


@DOCUMENTATION.get("/docs", PUBLIC, summary="Open the interactive reference", answers=str, produces="text/html")
async def get_reference(request: ApiRequest) -> Response:
    return JsonResponse(200, await to_thread(pages.reference_page), [*pages.HEADERS, _CACHED_BRIEFLY], pages.HTML)


@DOCUMENTATION.get("/docs/events", PUBLIC, include_in_schema=False, answers=str, produces="text/html")
async def get_events(request: ApiRequest) -> Response:
    page = pages.events_page(_catalogue(request.scope["app"]).events.values())
    return JsonResponse(200, page, [*pages.HEADERS, _CACHED_BRIEFLY], pages.HTML)


@DOCUMENTATION.get("/docs/{digest}/{name}", PUBLIC, include_in_schema=False)
async def get_asset(request: ApiRequest, digest: str, name: str) -> Response:
    if name not in pages.MEDIA_TYPES:
        raise NotFound
    asset = await to_thread(pages.asset, name)
    return asset.answer(request, [*pages.HEADERS, _CACHED_FOR_EVER], pages.MEDIA_TYPES[name])


@DOCUMENTATION.get("/problems/{code}", PUBLIC, summary="Read the page of a problem", answers=str, produces="text/html")
async def get_problem(request: ApiRequest, code: str) -> Response:
    """The page says what the problem means and what to do. It is the `type` of every problem document with this code. For a code
    that this version does not know, such as one of another module or version, it says how clients treat those.
    """
    if not _CODE.fullmatch(code):
        raise NotFound
    catalogue = _catalogue(request.scope["app"])
    problem = catalogue.problems.get(code)
    page = pages.problem_page(problem, catalogue.fault_codes) if problem else pages.unknown_problem_page(code, catalogue.problems)
    return JsonResponse(200, page, [*pages.HEADERS, _CACHED_BRIEFLY], pages.HTML)


async def _document(app: FastAPI) -> StaticContent:
    """The OpenAPI document of an app, built on first use."""
    if not hasattr(app.state, "openapi"):
        app.state.openapi = await to_thread(_encoded, app)
    made: StaticContent = app.state.openapi
    return made


def _encoded(app: FastAPI) -> StaticContent:
    return StaticContent.of(msgspec.json.encode(document_of(app.routes, app.version, _catalogue(app))))


def _catalogue(app: FastAPI) -> Catalogue:
    catalogue: Catalogue = app.state.modules.catalogue
    return catalogue
