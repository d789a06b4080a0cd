"""What the service answers to as a whole, and to whoever asks what it answers to."""

from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from taskhub.kernel.api.responses import JsonResponse

METHODS = ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE")
ALLOWED = ", ".join((*METHODS, "OPTIONS")).encode()


async def unmatched(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers where no path matches: `OPTIONS *` asks about the service, and no path is meant by it."""
    if scope["method"] != "OPTIONS" or scope["path"] != "*":
        raise HTTPException(404)
    await JsonResponse(204, b"", [(b"allow", ALLOWED)])(scope, receive, send)
