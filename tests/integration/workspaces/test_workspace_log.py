"""What the log of a workspace tells of it, its members and its invitations."""

from uuid import UUID

from support.harness.api import Api, ok
from support.harness.event_log import ReadLog
from support.harness.trusting_service import NewClient
from taskhub.kernel.contract.ids import derived_id


async def test_every_change_is_told_once_and_in_order(new_client: NewClient, owner: Api, log_of: ReadLog) -> None:
    guest = await new_client()
    await owner.invite(guest, "viewer")
    ok(await owner.patch(f"members/{guest.user['id']}", {"role": "member"}))
    ok(await owner.patch(f"/v1/workspaces/{owner.workspace['id']}", {"name": "Bridge"}))
    assert (await guest.delete("members/me")).is_success
    assert (await owner.delete(f"/v1/workspaces/{owner.workspace['id']}")).is_success
    events = await log_of(owner)
    assert [event["seq"] for event in events] == [*range(1, len(events) + 1)]
    assert [(event["type"], event["entity_version"]) for event in events] == [
        ("workspace.created", 1),
        ("member.joined", 1),
        ("invitation.created", 1),
        ("member.joined", 1),
        ("invitation.accepted", 2),
        ("member.updated", 2),
        ("workspace.updated", 2),
        ("member.removed", 3),
        ("workspace.deleted", 3),
    ]


async def test_a_member_is_told_of_by_the_users_id(new_client: NewClient, owner: Api, log_of: ReadLog) -> None:
    guest = await new_client()
    await owner.invite(guest, "viewer")
    joined = (await log_of(owner))[3]
    assert (joined["entity_type"], joined["entity_id"]) == ("member", derived_id(UUID(guest.user["id"])))
    assert joined["actor_id"] == UUID(guest.user["id"])
    member = ok(await guest.get("members/me"))
    assert joined["snapshot"] == {name: member[name] for name in ("user_id", "role", "version", "joined_at", "left_at")}


async def test_leaving_and_coming_back_are_told_as_they_are_shown(new_client: NewClient, owner: Api, log_of: ReadLog) -> None:
    guest = await new_client()
    await owner.invite(guest, "admin")
    await guest.delete("members/me")
    shown = ok(await owner.get(f"members/{guest.user['id']}"))
    left = (await log_of(owner))[-1]
    assert left["snapshot"] == {name: value for name, value in shown.items() if name not in ("name", "email")}
    assert left["changes"] == {"role": ["admin", None], "left_at": [None, shown["left_at"]]}
    again = await owner.invite(guest, "viewer")
    back = next(event for event in (await log_of(owner))[::-1] if event["type"] == "member.joined")
    assert back["snapshot"] == {name: value for name, value in again.items() if name not in ("name", "email")}
    assert back["changes"] == {
        "role": [None, "viewer"],
        "joined_at": [shown["joined_at"], again["joined_at"]],
        "left_at": [shown["left_at"], None],
    }


async def test_the_snapshot_is_the_answer_but_for_the_callers_role(owner: Api, log_of: ReadLog) -> None:
    changed = ok(await owner.patch(f"/v1/workspaces/{owner.workspace['id']}", {"name": "Bridge"}))
    del changed["role"]
    told = (await log_of(owner))[-1]
    assert told["snapshot"] == changed
    assert told["changes"] == {"name": ["Engine room", "Bridge"]}


async def test_the_log_holds_no_token(owner: Api, log_of: ReadLog) -> None:
    invitation = ok(await owner.post("invitations", {"role": "viewer"}))
    token = invitation.pop("token")
    told = (await log_of(owner))[-1]
    assert told["snapshot"] == invitation
    assert token not in str(told)
    assert "digest" not in str(told)
