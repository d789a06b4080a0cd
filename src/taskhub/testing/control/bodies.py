"""What the control interface is sent, and answers."""

import re
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from taskhub.kernel.api.bodies import Body
from taskhub.kernel.api.query_params import Integer, QueryParams
from taskhub.kernel.api.types import Id
from taskhub.kernel.contract.caller import Scope
from taskhub.testing.control.fault_registry import InjectedFault, Kind
from taskhub.workspaces.contract.access import Role

MAX_SECONDS = 300.0
PATIENCE_SECONDS = 10.0
"""How long is waited where nothing else is said."""

CENTURY_SECONDS = 100 * 366 * 86400
MAX_TIMES = 1_000_000

_DECIMAL = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?(e[+-]?[0-9]{1,3})?")


def _decimal(value: Any) -> Any:
    if not _DECIMAL.fullmatch(value):
        raise PydanticCustomError("wrong_format", "Expected a number such as 10 or 0.5.")
    return float(value)


Seconds = Annotated[float, Field(ge=0, le=MAX_SECONDS)]
RoleKey = Literal["viewer", "member", "admin", "owner"]


class NewTenant(Body):
    role: RoleKey = "owner"
    project: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{1,9}$")] | None = "TEST"

    @property
    def of_role(self) -> Role:
        return Role.of(self.role)


class NewMember(Body):
    role: RoleKey = "member"


class NewUserToken(Body):
    scope: Literal["read", "write", "admin"] = "admin"
    lifetime_seconds: Annotated[float, Field(ge=0.001, le=CENTURY_SECONDS)] | None = None
    workspace_id: Id | None = None

    @property
    def of_scope(self) -> Scope:
        return Scope[self.scope.upper()]


class Patience(Body):
    timeout: Seconds = PATIENCE_SECONDS


class ClockStep(Body):
    seconds: Annotated[float, Field(ge=0, le=CENTURY_SECONDS)]
    timeout: Seconds = PATIENCE_SECONDS


class NewFault(Body):
    """``code``: of the problem, for `fail`. ``seconds``: of the pause, for `delay`."""

    kind: Kind
    operation_id: str | None = None
    code: str | None = None
    seconds: Seconds = 0.0
    after_commit: bool = False
    times: Annotated[int, Field(ge=1, le=MAX_TIMES)] | None = None
    workspace_id: Id | None = None
    user_id: Id | None = None


class EventQuery(QueryParams):
    entity: Id | None = None
    after: Annotated[int, Field(ge=0), Integer] = 0
    timeout: Annotated[Seconds, BeforeValidator(_decimal)] = PATIENCE_SECONDS


class FaultQuery(QueryParams):
    workspace: Id | None = None


class InjectedFaultView(msgspec.Struct, frozen=True):
    """``times``: how often still; null for always. ``hits``: how often it has happened."""

    id: UUID
    kind: str
    operation_id: str | None
    code: str | None
    seconds: float
    after_commit: bool
    times: int | None
    workspace_id: UUID | None
    user_id: UUID | None
    hits: int

    @classmethod
    def of(cls, fault: InjectedFault) -> "InjectedFaultView":
        code = fault.problem.code if fault.problem else None
        return cls(
            fault.id,
            fault.kind,
            fault.operation_id,
            code,
            fault.seconds,
            fault.after_commit,
            fault.times,
            fault.workspace_id,
            fault.user_id,
            fault.hits,
        )


class FaultList(msgspec.Struct, frozen=True):
    items: list[InjectedFaultView]


class ClockView(msgspec.Struct, frozen=True):
    now: datetime
    is_frozen: bool


class PurgesView(msgspec.Struct, frozen=True):
    """How many rows were removed, by purge."""

    removed: dict[str, int]


class SettledView(msgspec.Struct, frozen=True):
    now: datetime


class ServerView(msgspec.Struct, frozen=True):
    name: str
    version: str
    url: str
    pid: int
    warning: str
