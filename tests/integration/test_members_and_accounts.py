"""Who was a member once, looked up by id: with real accounts."""

from support.harness.api import Api, ok


async def test_whoever_has_left_stays_readable_by_name(ada: Api, guest: Api) -> None:
    joined = await ada.invite(guest)
    await guest.delete("members/me")
    left = ok(await ada.get(f"members/{guest.user['id']}"))
    assert isinstance(left.pop("left_at"), str)
    assert (joined.pop("left_at"), joined["role"]) == (None, "member")
    assert left == {**joined, "email": None, "role": None, "version": 2}


async def test_whoever_was_removed_stays_readable_by_name(ada: Api, guest: Api) -> None:
    await ada.invite(guest)
    await ada.delete(f"members/{guest.user['id']}")
    assert ok(await ada.get(f"members/{guest.user['id']}"))["name"] == "Grace"


async def test_the_address_of_somebody_who_left_is_shown_no_more_nor_one_that_they_take_later(ada: Api, guest: Api) -> None:
    await ada.invite(guest)
    await guest.delete("members/me")
    private = f"private-{guest.user['email']}"
    ok(await guest.patch("/v1/users/me", {"email": private, "current_password": guest.password}))
    for answer in (await ada.get(f"members/{guest.user['id']}"), await ada.get("members", former="true")):
        assert private not in answer.text
        assert guest.user["email"] not in answer.text


async def test_whoever_has_closed_the_account_stays_readable_as_deleted_user(ada: Api, guest: Api) -> None:
    await ada.invite(guest)
    await guest.send("DELETE", "/v1/users/me", {"current_password": guest.password})
    member = ok(await ada.get(f"members/{guest.user['id']}"))
    assert (member["name"], member["email"], member["role"]) == ("Deleted user", None, None)
    assert ok(await ada.get("members", former="true"))["items"] == [member]
    assert guest.user["id"] not in {each["user_id"] for each in ok(await ada.get("members"))["items"]}


async def test_whoever_never_was_a_member_is_not_there(ada: Api, guest: Api) -> None:
    assert (await ada.get(f"members/{guest.user['id']}")).status_code == 404


async def test_a_replay_shows_the_name_and_role_of_its_time(ada: Api, guest: Api) -> None:
    await ada.invite(guest)
    path = f"members/{guest.user['id']}"
    first = await ada.patch(path, {"role": "viewer"}, idempotency_key="once")
    await guest.patch("/v1/users/me", {"name": "Another name"})
    again = await ada.patch(path, {"role": "viewer"}, idempotency_key="once")
    assert again.headers["idempotency-replayed"] == "true"
    assert again.content == first.content


async def test_a_workspace_is_replayed_as_it_was_shown(ada: Api, guest: Api) -> None:
    await ada.invite(guest, role="admin")
    path = f"/v1/workspaces/{ada.workspace['id']}"
    first = await guest.patch(path, {"name": "Bridge"}, idempotency_key="once")
    await ada.patch(f"members/{guest.user['id']}", {"role": "owner"})
    again = await guest.patch(path, {"name": "Bridge"}, idempotency_key="once")
    assert again.content == first.content


async def test_a_replay_needs_the_right_that_the_first_answer_needed(ada: Api, guest: Api) -> None:
    await ada.invite(guest, role="owner")
    path = f"members/{guest.user['id']}"
    demoted = await ada.patch(path, {"role": "admin"}, idempotency_key="once")
    assert demoted.status_code == 200
    ok(await ada.patch(path, {"role": "owner"}))
    ok(await guest.patch(f"members/{ada.user['id']}", {"role": "admin"}))
    again = await ada.patch(path, {"role": "admin"}, idempotency_key="once")
    assert (again.status_code, again.json()["code"]) == (403, "not_allowed")


async def test_a_closed_account_leaves_no_trace_in_the_answers_kept_for_others(ada: Api, guest: Api) -> None:
    await ada.invite(guest)
    path = f"members/{guest.user['id']}"
    await ada.patch(path, {"role": "viewer"}, idempotency_key="once")
    await guest.send("DELETE", "/v1/users/me", {"current_password": guest.password})
    again = await ada.patch(path, {"role": "viewer"}, idempotency_key="once")
    assert guest.user["email"] not in again.text


async def test_an_account_that_is_closed_opens_no_workspace_with_a_session_that_is_still_remembered(guest: Api) -> None:
    await guest.send("DELETE", "/v1/users/me", {"current_password": guest.password})
    answer = await guest.post("/v1/workspaces", {"name": "Ghost ship"})
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")


async def test_an_account_that_is_closed_accepts_no_invitation(ada: Api, guest: Api) -> None:
    invitation = ok(await ada.post("invitations", {"role": "owner"}))
    await guest.send("DELETE", "/v1/users/me", {"current_password": guest.password})
    answer = await guest.post("/v1/invitations/accept", {"token": invitation["token"]})
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")


async def test_nobody_is_kept_out_by_a_task_that_has_their_id(ada: Api, guest: Api) -> None:
    await ada.add_task(id=guest.user["id"])
    assert (await ada.invite(guest))["user_id"] == guest.user["id"]
