"""Who is asked what before an endpoint runs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from starlette.responses import Response

from taskhub.kernel.api.authorizer import HeldRight
from taskhub.kernel.api.operations import Operation, Routes
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.responses import JsonResponse
from taskhub.kernel.contract.access import PUBLIC, Access
from taskhub.kernel.contract.caller import Caller, Scope
from taskhub.kernel.domain.errors import NotFound

ADA = Caller(uuid4(), Scope.ADMIN)
ROOM = UUID("4b626473-8758-4a2c-acf5-806f7b7fc45a")


@dataclass(frozen=True, slots=True)
class RoomAccess(Access):
    """The right to something in the room of the path."""

    stream_parameter: ClassVar[str] = "room_id"


@dataclass
class ScriptedAuthorizer:
    """Admits everybody as Ada, and remembers what it was asked."""

    asked: list[Any] = field(default_factory=list)

    async def authenticate(self, authorization: str | None) -> Caller:
        self.asked.append(authorization)
        return ADA

    async def authorize(self, caller: Caller, access: Access, stream_id: UUID | None) -> str:
        self.asked.append((caller, access, stream_id))
        return "what is granted"

    async def renew(self, held: Sequence[HeldRight]) -> None:
        raise NotImplementedError


class Served:
    """One request to an operation, and what its endpoint saw."""

    def __init__(self, access: Access, path: str = "/things", method: str = "POST") -> None:
        self.authorizer = ScriptedAuthorizer()
        self.seen: list[ApiRequest] = []
        routes = Routes("Things")
        routes.add(method, path, access)(self.endpoint)
        self.operation: Operation = routes.operations[0]

    async def endpoint(self, request: ApiRequest) -> Response:
        """Does nothing."""
        self.seen.append(request)
        return JsonResponse(200, b"{}")

    async def get(self, path: str) -> ApiRequest:
        state = SimpleNamespace(authorizer=self.authorizer, throttle=None, require_if_match=False)
        scope: dict[str, Any] = {
            "type": "http",
            "app": SimpleNamespace(state=state),
            "method": self.operation.method,
            "escaped_path": path,
            "query_string": b"",
            "headers": [(b"authorization", b"Bearer x"), (b"idempotency-key", b"k")],
            "request_id": "r",
        }
        scope |= self.operation.matches(scope)[1]
        await self.operation.serve(scope, self._receive, self._send)
        return self.seen[-1]

    async def _receive(self) -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def _send(self, message: Any) -> None:
        """Nobody listens."""


async def test_a_public_route_asks_nobody() -> None:
    served = Served(PUBLIC)
    request = await served.get("/things")
    assert (served.authorizer.asked, request.is_authenticated) == ([], False)
    with pytest.raises(AssertionError):
        _ = request.caller


async def test_everything_else_takes_a_caller_with_its_right() -> None:
    access = Access(Scope.READ)
    served = Served(access)
    request = await served.get("/things")
    assert served.authorizer.asked == ["Bearer x", (ADA, access, None)]
    assert (request.caller, request.grant) == (ADA, "what is granted")


async def test_the_right_says_which_stream_the_path_names() -> None:
    served = Served(RoomAccess(Scope.READ), "/rooms/{room_id}")
    await served.get(f"/rooms/{ROOM}")
    assert served.authorizer.asked[-1][2] == ROOM


async def test_a_malformed_id_names_no_stream() -> None:
    served = Served(RoomAccess(Scope.READ), "/rooms/{room_id}")
    with pytest.raises(NotFound):
        await served.get("/rooms/not-an-id")
    assert served.seen == []


def test_a_right_in_a_stream_that_the_path_does_not_name_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="room_id"):
        Served(RoomAccess(Scope.READ), "/rooms")


@pytest.mark.parametrize(
    ("access", "declared", "path", "stream_id"),
    [
        (RoomAccess(Scope.WRITE), "/rooms/{room_id}", f"/rooms/{ROOM}", ROOM),
        (Access(Scope.WRITE), "/rooms/{room_id}", f"/rooms/{ROOM}", ADA.user_id),
        (Access(Scope.WRITE), "/things", "/things", ADA.user_id),
    ],
)
async def test_a_key_belongs_to_the_stream_that_the_right_is_for(
    access: Access, declared: str, path: str, stream_id: UUID
) -> None:
    request = await Served(access, declared).get(path)
    key = request.command_context().idempotency_key
    assert key is not None
    assert key.stream_id == stream_id
