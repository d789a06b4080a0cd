"""Comments on tasks."""

from typing import Any
from uuid import uuid1, uuid4

import pytest

from integration.tasks.reads.test_lists_over_http import walk
from integration.tasks.structure.conftest import Meet
from support.harness.api import Api, ok
from support.harness.problems import problem, without_request_id

NOWHERE = "019a9f49-95cb-770d-b4b9-06d837e5b03a"

MEMBERS = [
    "id",
    "workspace_id",
    "task_id",
    "author_id",
    "body",
    "mentioned_ids",
    "edited_at",
    "version",
    "created_at",
    "updated_at",
]


@pytest.fixture
async def task(ada: Api) -> dict[str, Any]:
    return await ada.add_task()


async def comment_on(api: Api, task: dict[str, Any], body: str = "Done yet?", **more: Any) -> dict[str, Any]:
    comment: dict[str, Any] = ok(await api.post(f"tasks/{task['id']}/comments", {"body": body, **more}))
    return comment


async def test_a_comment_is_created_with_its_place_and_version(ada: Api, task: dict[str, Any]) -> None:
    answer = await ada.post(f"tasks/{task['id']}/comments", {"body": "**Done** yet?\n"})
    comment = answer.json()
    assert (answer.status_code, list(comment)) == (201, MEMBERS)
    assert (comment["body"], comment["task_id"], comment["author_id"]) == ("**Done** yet?\n", task["id"], ada.user["id"])
    assert (comment["mentioned_ids"], comment["edited_at"], comment["version"]) == ([], None, 1)
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["location"] == ada.at(f"tasks/{task['id']}/comments/{comment['id']}")
    assert (await ada.get(answer.headers["location"])).json() == comment
    assert ok(await ada.get(f"tasks/{task['id']}/comments"))["items"] == [comment]
    assert ok(await ada.get(f"tasks/{task['id']}")) == task, "a comment is no change of the task"


async def test_a_comment_of_a_task_that_is_named_by_its_key_says_where_it_is_by_id(ada: Api, task: dict[str, Any]) -> None:
    first = await ada.post(f"tasks/{task['key']}/comments", {"body": "Done yet?"})
    by_id = ada.at(f"tasks/{task['id']}/comments/{first.json()['id']}")
    path = f"tasks/{task['key']}/comments/{first.json()['id']}"
    for answer in (first, await ada.get(path), await ada.patch(path, {"body": "Done!"})):
        assert (answer.is_success, answer.headers["content-location"]) == (True, by_id)
    assert (await ada.get(by_id)).json() == (await ada.get(first.headers["location"])).json()


async def test_a_comment_may_have_an_id_that_the_client_minted_once(ada: Api, task: dict[str, Any]) -> None:
    id = str(uuid4())
    assert (await comment_on(ada, task, id=id))["id"] == id
    for taken in (id, task["id"]):
        problem(await ada.post(f"tasks/{task['id']}/comments", {"body": "Again", "id": taken}), 409, "id_taken")
    problem(await ada.post(f"tasks/{task['id']}/comments", {"body": "x", "id": str(uuid1())}), 422, "validation_failed")
    await ada.delete(f"tasks/{task['id']}/comments/{id}")
    problem(await ada.post(f"tasks/{task['id']}/comments", {"body": "Again", "id": id}), 409, "id_taken")


async def test_only_the_words_of_a_comment_change(ada: Api, task: dict[str, Any]) -> None:
    comment = await comment_on(ada, task)
    path = f"tasks/{task['id']}/comments/{comment['id']}"
    for nothing in ({}, {"body": comment["body"]}):
        assert ok(await ada.patch(path, nothing)) == comment
    answer = await ada.patch(path, {"body": "Done!"}, if_match='"1"')
    after = answer.json()
    assert answer.headers["etag"] == '"2"'
    assert after == {
        **comment,
        "body": "Done!",
        "version": 2,
        "edited_at": after["updated_at"],
        "updated_at": after["updated_at"],
    }
    assert problem(await ada.patch(path, {"body": "Stale"}, if_match='"1"'), 412, "stale_version")["current_version"] == 2
    problem(await ada.delete(path, if_match='"1"'), 412, "stale_version")
    assert ok(await ada.get(path)) == after


@pytest.mark.parametrize(
    "body",
    [
        {"body": None},
        {"body": ""},
        {"body": " \n"},
        {"body": "x" * 20_001},
        {"body": 1},
        {"body": "a\0b"},
        {"author_id": NOWHERE},
        {"edited_at": None},
    ],
    ids=lambda body: str(body)[:40],
)
async def test_what_is_no_comment_is_refused(ada: Api, task: dict[str, Any], body: dict[str, Any]) -> None:
    comment = await comment_on(ada, task)
    problem(await ada.post(f"tasks/{task['id']}/comments", {"body": "Fine", **body}), 422, "validation_failed")
    problem(await ada.patch(f"tasks/{task['id']}/comments/{comment['id']}", body), 422, "validation_failed")
    assert ok(await ada.get(f"tasks/{task['id']}/comments"))["items"] == [comment]


async def test_a_comment_has_up_to_20_000_characters(ada: Api, task: dict[str, Any]) -> None:
    assert len((await comment_on(ada, task, "☃" * 20_000))["body"]) == 20_000


async def test_members_are_mentioned_and_nobody_else(ada: Api, meet: Meet, elsewhere: Api, task: dict[str, Any]) -> None:
    one, two = await meet("viewer"), await meet("member")
    body = f"@{one.user['id']}: ask @{two.user['id'].upper()}, not @{elsewhere.user['id']} or @{uuid4()}, nor a@{ada.user['id']}"
    comment = await comment_on(ada, task, body)
    assert comment["mentioned_ids"] == sorted([one.user["id"], two.user["id"]])
    changed = ok(await ada.patch(f"tasks/{task['id']}/comments/{comment['id']}", {"body": f"@{two.user['id']}"}))
    assert changed["mentioned_ids"] == [two.user["id"]]


async def test_comments_are_listed_oldest_first_page_by_page(ada: Api, task: dict[str, Any]) -> None:
    comments = [await comment_on(ada, task, f"Comment {n}") for n in range(5)]
    await comment_on(ada, await ada.add_task(), "Elsewhere")
    for name in (task["id"], task["key"]):
        assert await walk(ada, f"tasks/{name}/comments", limit=2) == comments
    assert ok(await ada.get(f"tasks/{task['id']}/comments")) == {"items": comments, "next_cursor": None}


async def test_a_task_without_comments_has_an_empty_list_and_no_task_has_none(ada: Api, task: dict[str, Any]) -> None:
    assert ok(await ada.get(f"tasks/{task['id']}/comments")) == {"items": [], "next_cursor": None}
    for name in (str(uuid4()), "OPS-99", "x"):
        problem(await ada.get(f"tasks/{name}/comments"), 404, "not_found")


async def test_a_cursor_of_one_tasks_comments_is_none_of_anothers(ada: Api, task: dict[str, Any]) -> None:
    other = await ada.add_task()
    for _ in range(2):
        await comment_on(ada, task)
    cursor = ok(await ada.get(f"tasks/{task['id']}/comments", limit=1))["next_cursor"]
    problem(await ada.get(f"tasks/{other['id']}/comments", cursor=cursor), 400, "invalid_cursor")
    problem(await ada.get(f"tasks/{task['id']}/history", cursor=cursor), 400, "invalid_cursor")


async def test_a_comment_is_found_only_under_its_task(ada: Api, elsewhere: Api, task: dict[str, Any]) -> None:
    other, comment = await ada.add_task(), await comment_on(ada, task)
    foreign = await comment_on(elsewhere, await elsewhere.add_task())
    for call in (ada.get, ada.delete, lambda path: ada.patch(path, {"body": "Mine"})):
        answers = [
            await call(f"tasks/{other['id']}/comments/{id}") for id in (comment["id"], foreign["id"], str(uuid4()), "x", "OPS-1")
        ]
        problem(answers[0], 404, "not_found")
        assert all(without_request_id(answer) == without_request_id(answers[0]) for answer in answers)
    assert ok(await ada.get(f"tasks/{task['id']}/comments"))["items"] == [comment]


async def test_ones_own_comments_are_changed_and_deleted_by_oneself(ada: Api, meet: Meet, task: dict[str, Any]) -> None:
    author, other = await meet("member"), await meet("member")
    comment = await comment_on(author, task)
    path = f"tasks/{task['id']}/comments/{comment['id']}"
    problem(await ada.patch(path, {"body": "Censored"}), 403, "not_allowed")
    problem(await other.patch(path, {"body": "Mine"}), 403, "not_allowed")
    problem(await other.delete(path), 403, "not_allowed")
    assert ok(await author.patch(path, {"body": "Mine"}))["version"] == 2
    assert (await author.delete(path)).status_code == 204


async def test_admins_delete_any_comment(ada: Api, meet: Meet, task: dict[str, Any]) -> None:
    author, admin = await meet("member"), await meet("admin")
    for moderator in (admin, ada):
        comment = await comment_on(author, task)
        assert (await moderator.delete(f"tasks/{task['id']}/comments/{comment['id']}")).status_code == 204


async def test_a_token_that_may_write_deletes_only_ones_own_comments(ada: Api, meet: Meet, task: dict[str, Any]) -> None:
    author, writer, manager = await meet("member"), await meet(scope="write"), await meet(scope="admin")
    comment, own = await comment_on(author, task), await comment_on(ada, task)
    refused = await writer.delete(f"tasks/{task['id']}/comments/{comment['id']}")
    problem(refused, 403, "insufficient_scope")
    assert 'scope="admin"' in refused.headers["www-authenticate"]
    assert (await writer.delete(f"tasks/{task['id']}/comments/{own['id']}")).status_code == 204
    assert (await manager.delete(f"tasks/{task['id']}/comments/{comment['id']}")).status_code == 204


async def test_an_archived_project_takes_no_comments_but_lets_them_be_deleted(ada: Api, task: dict[str, Any]) -> None:
    comment = await comment_on(ada, task)
    path = f"tasks/{task['id']}/comments"
    ok(await ada.post(f"projects/{ada.project['id']}/archive"))
    problem(await ada.post(path, {"body": "One more"}), 409, "project_archived")
    problem(await ada.patch(f"{path}/{comment['id']}", {"body": "Other"}), 409, "project_archived")
    assert ok(await ada.get(path))["items"] == [comment]
    assert (await ada.delete(f"{path}/{comment['id']}")).status_code == 204


async def test_an_archived_project_is_told_of_after_what_is_wrong_with_the_request(
    ada: Api, meet: Meet, task: dict[str, Any]
) -> None:
    comment, other = await comment_on(ada, task), await meet("member")
    path = f"tasks/{task['id']}/comments"
    ok(await ada.post(f"projects/{ada.project['id']}/archive"))
    body = {"body": "Other"}
    problem(await ada.patch(f"{path}/{uuid4()}", body), 404, "not_found")
    problem(await ada.patch(f"{path}/{comment['id']}", body, if_match='"2"'), 412, "stale_version")
    problem(await other.patch(f"{path}/{comment['id']}", body), 403, "not_allowed")
    assert ok(await ada.patch(f"{path}/{comment['id']}", {"body": comment["body"]})) == comment, "nothing would change"


async def test_comments_come_back_with_their_task(ada: Api, task: dict[str, Any]) -> None:
    comment = await comment_on(ada, task)
    await ada.delete(f"tasks/{task['id']}")
    ok(await ada.post(f"tasks/{task['id']}/restore"))
    assert ok(await ada.get(f"tasks/{task['id']}/comments"))["items"] == [comment]
