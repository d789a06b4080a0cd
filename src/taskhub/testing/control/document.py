"""The OpenAPI document of the control interface."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec

from taskhub.kernel.api.documentation import Advice, Documentation, Word
from taskhub.kernel.api.operations import Operation
from taskhub.service.reference.catalogue import Catalogue
from taskhub.service.reference.document import About, document_of

PACKAGE = "taskhub.testing.control"
_ID = "018f7a52-7c3e-7d6a-9f10-3c2b1a0d9e8f"
_NEVER = ("403", "412", "428", "429")
"""What the service may answer, and its control interface does not: who knows the secret may do anything, nothing is counted, and
nothing has a version.
"""

DOCUMENTATION = Documentation(
    tags={"Testing": "What a test asks of a testing server, beside the API: tenants, the clock, faults, and waiting."},
    words={
        "account": Word("Whom the test acts by."),
        "owner": Word("An owner of the workspace."),
        "password": Word("What the account signs in with."),
        "token": Word("A credential for `Authorization: Bearer`."),
        "refresh_token": Word("What the session is renewed with; null for an API token."),
        "project_key": Word("The key of the project.", "TEST"),
        "project": Word("The key of the project that is created; none, if null.", "TEST"),
        "timeout": Word("How many seconds to wait at most.", 10),
        "NewUserToken.scope": Word("What the token may do: `read`, `write` or `admin`.", "write"),
        "lifetime_seconds": Word("After how many seconds of the service's time it ends; never, if null.", 3600),
        "ClockStep.seconds": Word("By how much the clock is moved.", 86400),
        "NewFault.kind": Word("What happens.", "fail"),
        "InjectedFault.kind": Word("What happens.", "fail"),
        "operation_id": Word(
            "The operation that it happens to, by its name in the OpenAPI document; all, if null.", "create_task"
        ),
        "entity": Word("The id of the thing that the event is about.", _ID),
        "after": Word("Only events after this place (`seq`) in the log count.", 0),
        "hits": Word("How often it has happened.", 0),
        "is_frozen": Word("Whether the clock stands still.", False),
        "Server.url": Word("Where the service is reached.", "http://127.0.0.1:8000"),
        "Server.pid": Word("The id of its process.", 4711),
    },
    advice={
        "not_settled": Advice(
            "Something that is due was not done in time, or a subscriber has given up an event. `pending` says what, and what it "
            "fails with if it does; `detail` says how far the clock has come.",
            "Read the log of the server: work that fails says why. Wait for longer if there is much to do.",
        ),
        "event_not_seen": Advice(
            "No such event was appended in time. `seen` lists the last ones in the log after the place that was asked for.",
            "Check the type, the entity and the place. Wait for longer if the change is made by background work.",
        ),
    },
)
ABOUT = About(
    title="TaskHub testing control",
    summary="What a test may ask of a testing server.",
    description=(
        "The control interface of `taskhub serve --testing`, on a port of its own. Send the secret that the server gave out at "
        "its start as `Authorization: Bearer`. Problems are those of the service, as `application/problem+json`.\n"
    ),
    bearer="The secret that the testing server gave out at its start.",
)


def document_of_control(operations: Sequence[Operation], version: str, of_service: Catalogue) -> bytes:
    own = Catalogue.of({PACKAGE: DOCUMENTATION}, {})
    catalogue = replace(
        of_service,
        problems={**of_service.problems, **own.problems},
        events={},
        tags=own.tags,
        words={**of_service.words, **own.words},
    )
    document = document_of(operations, version, catalogue, ABOUT)
    for path in document["paths"].values():
        for operation in path.values():
            _without_limits(operation)
    return msgspec.json.encode(document)


def _without_limits(operation: dict[str, Any]) -> None:
    for status in _NEVER:
        operation["responses"].pop(status, None)
    for response in operation["responses"].values():
        for header in ("RateLimit", "RateLimit-Policy"):
            response["headers"].pop(header, None)
