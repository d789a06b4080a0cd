"""Members of an exported workspace are found again by their account or their email address; who is missing is told."""

from typing import Any

from taskhub.client.transfer.people import People
from taskhub.client.transfer.plan import Plan
from taskhub.client.transfer.report import losses
from taskhub.client.transfer.snapshot import Snapshot

ADA, BOB, CAL, DAN = (f"0000000{n}-0000-4000-8000-000000000000" for n in range(1, 5))
ADA_HERE = "00000009-0000-4000-8000-000000000000"


def member(id: str, name: str, role: str | None = "member") -> dict[str, Any]:
    return {"user_id": id, "name": name, "email": f"{name}@example.com" if role else None, "role": role}


def snapshot(*members: dict[str, Any]) -> Snapshot:
    made = Snapshot()
    for one in members:
        made.add("member", one)
    return made


EXPORTED = snapshot(member(ADA, "Ada"), member(BOB, "Bob"), member(CAL, "Cal"), member(DAN, "Dan", None))
THERE = snapshot(member(ADA_HERE, "ADA"), member(BOB, "Robert"), member(DAN, "Dan", None))


def test_they_are_found_by_their_account_or_their_email_address() -> None:
    people = People(EXPORTED, THERE)
    assert people.ids([BOB, CAL, ADA, DAN]) == [BOB, ADA_HERE]
    assert people.missing == ["Cal <Cal@example.com>"]


def test_mentions_name_them_as_they_are_here() -> None:
    assert People(EXPORTED, THERE).mentioned(f"@{ADA.upper()} and @{CAL}, ask @{BOB}.") == f"@{ADA_HERE} and @{CAL}, ask @{BOB}."


def test_who_is_missing_is_taken_off_the_tasks_and_told() -> None:
    task = {
        "id": "t1",
        "key": "OPS-1",
        "project_id": "p1",
        "number": 1,
        "title": "Oil",
        "assignee_ids": [ADA, CAL],
        "label_ids": [],
    }
    exported, there = snapshot(*EXPORTED.all("member")), snapshot(*THERE.all("member"))
    exported.add("task", task)
    plan = Plan(exported, there)
    content = plan._content(task)
    assert content["assignee_ids"] == [ADA_HERE]
    there.add("task", {**task, "assignee_ids": content["assignee_ids"]})
    told = [(loss.kind, loss.field, loss.count, loss.why) for loss in losses(exported, there, plan.people, 0)]
    assert told == [
        ("task", "assignee_ids", 1, "they are no members here"),
        ("member", "", 1, "they are no members here: Cal <Cal@example.com>"),
    ]


def test_a_thing_that_is_not_there_is_told() -> None:
    exported = snapshot()
    exported.add("label", {"id": "l1", "name": "Bug"})
    (loss,) = losses(exported, snapshot(), People(exported, snapshot()), 0)
    assert (loss.kind, loss.count, loss.why) == ("label", 1, "it is not there")
