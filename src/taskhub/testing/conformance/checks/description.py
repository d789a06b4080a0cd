"""Rule 16: the reference describes all of a module, and what it shows can be sent."""

import json
from collections.abc import Iterator
from typing import Any

from taskhub.kernel.api.operations import Operation
from taskhub.kernel.api.validators import models_without_validator
from taskhub.testing.conformance.rules import Report, answer_of, checks, request_of
from taskhub.testing.conformance.subject import Subject
from taskhub.testing.conformance.world import MERGE_PATCH, World

SECTION = "docs/extending.md, “7. Words, and the test from outside”"
OF_THE_SHAPE = ("malformed_json", "validation_failed", "unsupported_media_type", "invalid_header")


def _everything(node: Any, schemas: dict[str, Any], known: set[str]) -> Iterator[dict[str, Any]]:
    """All objects of a description, and those that it refers to, each once."""
    if isinstance(node, dict):
        yield node
        name = str(node.get("$ref", "")).rpartition("/")[2]
        if name in schemas and name not in known:
            known.add(name)
            yield from _everything(schemas[name], schemas, known)
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _everything(child, schemas, known)


@checks(
    16,
    "Every operation, parameter, member, tag, event and error code of the module is described, and has an example where a client"
    " has to send something.",
    section=SECTION,
)
async def the_description_is_complete(subject: Subject, report: Report) -> None:
    document = subject.service.document_of(subject.module)
    schemas = document["components"]["schemas"]
    for operation in operations_of(subject):
        described = document["paths"][operation.path][operation.method.lower()]
        what = f"{operation.method} {operation.path}"
        for name in ("summary", "description"):
            report.true(f"{what}: its {name}", described.get(name), expected="a sentence", seen="nothing")
        for parameter in described["parameters"]:
            if "name" in parameter:
                report.true(
                    f"{what}: the parameter `{parameter['name']}`",
                    parameter.get("description"),
                    expected="a word in the module's documentation",
                    seen="no description",
                )
        _check_members(described, schemas, what, report)
    for tag in {routes.tag for routes in subject.module.routes}:
        report.true(f"the tag {tag}", subject.module.documentation.tags.get(tag), expected="a description", seen="none")
    for name, content in subject.module.events.items():
        report.true(f"the event {name}", content.summary, expected="a summary", seen="none")


def _check_members(described: dict[str, Any], schemas: dict[str, Any], what: str, report: Report) -> None:
    shown = [described.get("requestBody", {})] + [
        answer for status, answer in described["responses"].items() if status.startswith("2")
    ]
    for node in _everything(shown, schemas, set()):
        for name, member in node.get("properties", {}).items() if isinstance(node.get("properties"), dict) else ():
            report.true(
                f"{what}: the member `{name}`",
                isinstance(member, dict) and member.get("description"),
                expected="a word in the module's documentation",
                seen="no description",
            )


@checks(16, "Every request body and query has members of types that can be validated.", section=SECTION)
async def bodies_and_queries_can_be_validated(subject: Subject, report: Report) -> None:
    for sentence in models_without_validator(one for routes in subject.module.routes for one in routes.operations):
        report.add(sentence)


def operations_of(subject: Subject) -> list[Operation]:
    return [one for routes in subject.module.routes for one in routes.operations if one.include_in_schema]


@checks(
    16,
    "The example of every request body can be sent as it is shown: it has the right shape, whatever the rules say of it.",
    section=SECTION,
)
async def the_examples_can_be_sent(subject: Subject, report: Report) -> None:
    document = subject.service.document_of(subject.module)
    world = await World.create(subject.service)
    client = await world.client()
    for operation in operations_of(subject):
        if operation.body is None:
            continue
        described = document["paths"][operation.path][operation.method.lower()]
        (content,) = described["requestBody"]["content"].values()
        if not report.true(f"{operation.method} {operation.path}: an example", content.get("example") is not None):
            continue
        params = dict.fromkeys(operation.param_convertors, world.id)  # Nothing else is there.
        answer = await client.http.request(
            operation.method,
            operation.path_format.format(**params),
            content=json.dumps(content["example"]),
            headers={"content-type": MERGE_PATCH if operation.method == "PATCH" else "application/json"},
        )
        is_refused = answer.status_code >= 500 or (answer.is_error and answer.json().get("code") in OF_THE_SHAPE)
        report.true(request_of(answer), not is_refused, expected="not refused for its shape", seen=answer_of(answer))
