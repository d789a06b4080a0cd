"""A request is read as it was sent: by its media type, its coding, its bytes and its conditions."""

import gzip
import json

import pytest

from support.harness.api import Api
from support.harness.operations import OPERATIONS, PROTECTED, READS, WITH_BODY, SampleData, each, example_body
from support.harness.problems import problem
from taskhub.kernel.api.operations import Operation

BOM = b"\xef\xbb\xbf"
WRITES = [operation for operation in OPERATIONS if operation.writes]
READS_OF_VERSIONS = [
    operation
    for operation in READS
    if operation in PROTECTED and "version" in getattr(operation.answers, "__struct_fields__", ())
]


@each(WRITES)
@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "GZIP", "identity, gzip", "x-unknown", "gzip, identity"])
async def test_a_body_in_another_coding_is_415(sample: SampleData, operation: Operation, coding: str) -> None:
    content = gzip.compress(json.dumps(example_body(operation)).encode())
    answer = await sample.call(operation, content=content, headers={"content-encoding": coding})

    assert problem(answer, 415, "unsupported_media_type")["errors"][0]["header"] == "Content-Encoding"
    assert answer.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("coding", ["identity", "Identity", "identity, identity", ""])
async def test_a_body_that_is_as_it_is_is_read(ada: Api, coding: str) -> None:
    body = {"project_id": ada.project["id"], "title": "Oil the engine"}
    assert (await ada.post("tasks", body, content_encoding=coding)).status_code == 201


@each(WITH_BODY)
async def test_a_mark_of_the_byte_order_is_skipped(sample: SampleData, operation: Operation) -> None:
    with_mark = await sample.call(operation, content=BOM + b'{"surprise": 1}')

    assert "/surprise" in {fault.get("pointer") for fault in problem(with_mark, 422, "validation_failed")["errors"]}
    for broken in (BOM * 2 + b"{}", b"{" + BOM + b"}", b"\xff\xfe{\0}\0"):
        problem(await sample.call(operation, content=broken), 400, "malformed_json")


async def test_a_body_with_a_mark_of_the_byte_order_is_done(ada: Api) -> None:
    content = BOM + json.dumps({"project_id": ada.project["id"], "title": "Café"}, ensure_ascii=False).encode()
    answer = await ada.client.post(ada.at("tasks"), content=content, headers={"content-type": "application/json"})

    assert answer.json()["title"] == "Café"


@pytest.mark.parametrize("content", [BOM, BOM + b"{}", BOM + b" null "])
async def test_a_mark_of_the_byte_order_alone_says_nothing(sample: SampleData, content: bytes) -> None:
    path = f"/v1/workspaces/{sample.ids['workspace_id']}/tasks/{sample.ids['task']}/restore"
    assert (await sample.api.client.post(path, content=content)).status_code == 200


@each(READS_OF_VERSIONS)
async def test_a_read_for_another_version_is_412(sample: SampleData, operation: Operation) -> None:
    current = await sample.call(operation)
    version = current.json()["version"]
    for tags in ('"77"', f'W/"{version}"', '"abc"', '"77", "78"'):
        answer = await sample.call(operation, headers={"if-match": tags, "if-none-match": "*"})
        assert problem(answer, 412, "stale_version")["current_version"] == version
        assert answer.headers["etag"] == f'"{version}"'
    for tags in (f'"{version}"', f'"77", "{version}"', "*"):
        answer = await sample.call(operation, headers={"if-match": tags})
        assert (answer.status_code, answer.content) == (200, current.content)


@each([operation for operation in READS if operation not in READS_OF_VERSIONS])
async def test_what_has_no_version_matches_none(sample: SampleData, operation: Operation) -> None:
    if (await sample.call(operation)).status_code == 404:
        return
    assert "current_version" not in problem(await sample.call(operation, headers={"if-match": '"1"'}), 412, "stale_version")
    assert (await sample.call(operation, headers={"if-match": "*"})).status_code == 200


@each(READS)
async def test_a_condition_that_is_none_is_400(sample: SampleData, operation: Operation) -> None:
    answer = await sample.call(operation, headers={"if-match": "1"})

    assert problem(answer, 400, "invalid_header")["errors"][0]["header"] == "If-Match"


async def test_the_description_has_a_tag_that_can_be_asked_for(api: Api) -> None:
    tag = (await api.get("/openapi.json")).headers["etag"]

    assert (await api.get("/openapi.json", headers={"if-match": tag})).status_code == 200
    problem(await api.get("/openapi.json", headers={"if-match": '"0"'}), 412, "stale_version")


async def test_a_condition_on_what_is_not_there_is_404(ada: Api) -> None:
    for tags in ("*", '"1"'):
        problem(await ada.get("tasks/OPS-99", headers={"if-match": tags}), 404, "not_found")


async def test_a_copy_that_is_still_good_is_told_so_only_where_the_condition_holds(ada: Api) -> None:
    path = f"tasks/{(await ada.add_task())['id']}"
    headers = {"if-none-match": '"1"', "if-match": '"1"'}

    assert (await ada.get(path, headers=headers)).status_code == 304
    problem(await ada.get(path, headers={**headers, "if-match": '"2"'}), 412, "stale_version")
    assert (await ada.client.head(ada.at(path), headers={"if-match": '"2"'})).status_code == 412


@pytest.mark.parametrize("name", ["due_after", "due_before"])
async def test_an_offset_whose_plus_was_not_encoded_is_told_how(sample: SampleData, name: str) -> None:
    path = f"/v1/workspaces/{sample.ids['workspace_id']}/tasks"
    refused = await sample.api.client.get(f"{path}?{name}=2026-11-27T00:00:00+02:00")
    late = await sample.api.client.get(f"{path}?{name}=2026-11-27T24:00:00Z")

    assert "%2B" in problem(refused, 422, "validation_failed")["errors"][0]["message"]
    assert "Hours run from 00 to 23" in problem(late, 422, "validation_failed")["errors"][0]["message"]
    assert (await sample.api.client.get(f"{path}?{name}=2026-11-27T00:00:00%2B02:00")).status_code == 200


@pytest.mark.parametrize(
    ("path", "body"), [("/v1/tokens", {"name": "CI", "scopes": ["read"]}), ("invitations", {"role": "member"})]
)
async def test_an_instant_in_a_body_is_told_what_is_wrong_with_it(sample: SampleData, path: str, body: dict[str, object]) -> None:
    answer = await sample.api.post(path, {**body, "expires_at": "2026-11-31T00:00:00Z"})

    assert problem(answer, 422, "validation_failed")["errors"] == [
        {"pointer": "/expires_at", "code": "out_of_range", "message": "Days of 2026-11 run from 01 to 30."}
    ]
