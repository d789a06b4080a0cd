"""What the service tells about itself."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest

from integration.conftest import make_container
from support.harness.api import Api
from support.harness.databases import cloned_database, execute
from support.harness.operations import SampleData
from support.harness.problems import problem
from support.harness.waiting import eventually
from taskhub.app import TaskHub
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.service.board_files import ASSETS, MAIN, PATH, board_files
from taskhub.service.metrics import metrics_app
from taskhub.service.pages import MEDIA_TYPES, asset, asset_path
from taskhub.service.static_content import StaticContent
from taskhub.testing.conformance.round_trips import recording_round_trips

NOWHERE = "postgresql+asyncpg://nobody:x@127.0.0.1:1/nothing"


@asynccontextmanager
async def running(database_url: str, **settings: object) -> AsyncIterator[Api]:
    """A client of an application of one's own."""
    app = TaskHub(make_container(database_url, **settings))
    async with app.router.lifespan_context(app), Api.on(app) as api:
        yield api


@asynccontextmanager
async def scraping(app: TaskHub) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=metrics_app(app)), base_url="http://metrics.test") as client:
        yield client


async def test_tells_what_it_is_and_how_it_is_set_up(api: Api) -> None:
    assert (await api.get("/v1")).json() == {
        "name": "TaskHub",
        "version": "0.1.0",
        "registration": "open",
        "require_if_match": False,
        "limits": {"body_bytes": 1_048_576, "page_items": 200, "writes_per_minute": None},
    }


# -- health ------------------------------------------------------------------------------------------


async def test_is_ready_where_the_database_answers_in_the_right_schema(api: Api) -> None:
    assert (await api.get("/health/ready")).json() == {"status": "ok"}


async def test_is_alive_without_asking_the_database(api: Api, database: Database) -> None:
    with recording_round_trips(database) as round_trips:
        assert (await api.get("/health/live")).json() == {"status": "ok"}
    assert round_trips == []


async def test_is_alive_but_not_ready_while_the_database_is_away() -> None:
    async with running(NOWHERE) as api:
        problem(await api.get("/health/ready"), 503, "unavailable")
        assert (await api.get("/health/live")).status_code == 200


async def test_is_not_ready_on_the_schema_of_another_version(template_url: str) -> None:
    with cloned_database(template_url) as url:
        await execute(url, "UPDATE alembic_version SET version_num = 'another' WHERE version_num LIKE '0%'")
        async with running(url) as api:
            assert "migrate" in problem(await api.get("/health/ready"), 503, "unavailable")["detail"]


# -- metrics -----------------------------------------------------------------------------------------


def value(metrics: str, name: str) -> float:
    (found,) = re.findall(rf"^{re.escape(name)} (\S+)$", metrics, re.MULTILINE)
    return float(found)


async def test_measures_requests_process_pool_and_commands(ada: Api) -> None:
    project = ada.project["id"]
    before = (await ada.get("/metrics")).text
    for _ in range(2):
        await ada.post("tasks", {"project_id": project, "title": "Once"}, idempotency_key="once")
    after = (await ada.get("/metrics")).text

    def grown(name: str) -> float:
        return value(after, name) - value(before, name)

    route = "/v1/workspaces/{workspace_id}/tasks"
    assert grown('taskhub_replays_total{module="tasks"}') == 1
    assert value(after, f'taskhub_requests_total{{method="POST",route="{route}",status="201"}}') >= 2
    assert value(after, "process_resident_memory_bytes") > 0
    assert value(after, "taskhub_database_connections_max") == 20
    assert value(after, 'taskhub_parked_events{subscriber="tasks.release_former_member"}') == 0


async def test_measures_that_connections_come_back(ada: Api) -> None:
    async def none_is_in_use() -> bool:
        """What runs in the background takes one now and then."""
        return value((await ada.get("/metrics")).text, "taskhub_database_connections_in_use") == 0

    await ada.post("tasks", {"project_id": ada.project["id"], "title": "Oil the engine"})
    await eventually(none_is_in_use)


@pytest.mark.not_on_citus(reason="a commit is several statements there")
async def test_measures_statements_by_their_names(ada: Api) -> None:
    count, seconds = (f'taskhub_statement_seconds_{part}{{statement="commit insert tasks"}}' for part in ("count", "sum"))
    await ada.add_task()
    before = (await ada.get("/metrics")).text
    await ada.add_task()
    after = (await ada.get("/metrics")).text

    assert value(after, count) == value(before, count) + 1
    assert value(after, seconds) > value(before, seconds)
    assert value(after, count) == value(after, 'taskhub_statement_seconds_bucket{le="+Inf",statement="commit insert tasks"}')


async def test_measures_how_long_borrowers_wait_for_a_connection(ada: Api, database: Database) -> None:
    before = (await ada.get("/metrics")).text
    async with database.connection():
        during = (await ada.get("/metrics")).text
        assert value(during, "taskhub_database_oldest_borrow_seconds") > 0

    assert value(during, "taskhub_database_wait_seconds_count") > value(before, "taskhub_database_wait_seconds_count")
    assert value(during, "taskhub_database_connections_waiting") == 0


async def test_what_waits_for_changes_is_counted_but_says_nothing_about_how_fast_requests_are(ada: Api) -> None:
    route = "/v1/workspaces/{workspace_id}/changes"

    async def measured() -> tuple[float, float]:
        """The requests that were counted, and those whose time was measured."""
        metrics, labels = (await ada.get("/metrics")).text, f'{{method="GET",route="{route}"'
        return value(metrics, f'taskhub_requests_total{labels},status="200"}}'), value(
            metrics, f"taskhub_request_seconds_count{labels}}}"
        )

    await ada.get("changes")
    counted, timed = await measured()
    assert (await ada.get("changes", wait=20)).status_code == 200
    assert await measured() == (counted + 1, timed)


async def test_counts_commands_that_were_run_again(ada: Api, app: TaskHub) -> None:
    runner = app.state.container.modules["tasks"].runner()
    runner.reruns += 3

    assert value((await ada.get("/metrics")).text, 'taskhub_reruns_total{module="tasks"}') >= 3


async def test_counts_what_the_throttle_refused(database_url: str) -> None:
    async with running(database_url, rate_limits="on", limit_attempts_per_account=1) as api:
        for _ in range(3):
            await api.post("/v1/sessions", {"email": "nobody@example.com", "password": "x"})

        assert value((await api.get("/metrics")).text, 'taskhub_rate_limited_total{limit="account"}') == 2


async def test_measures_on_while_the_database_is_away() -> None:
    async with running(NOWHERE) as api:
        metrics = await api.get("/metrics")

        assert metrics.status_code == 200
        assert value(metrics.text, "taskhub_database_connections_in_use") == 0


async def test_measurements_stand_on_a_port_of_their_own_where_one_is_set(database_url: str) -> None:
    container = make_container(database_url, metrics_port=9464)
    app = TaskHub(container)
    async with app.router.lifespan_context(app), Api.on(app) as api, scraping(app) as scraper:
        problem(await api.get("/metrics"), 404, "not_found")
        metrics = await scraper.get("/metrics")

    assert metrics.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert value(metrics.text, 'taskhub_requests_total{method="GET",route="/metrics",status="404"}') == 1


# -- documentation -----------------------------------------------------------------------------------


async def test_describes_itself_under_a_tag_that_saves_the_next_read(api: Api) -> None:
    first = await api.get("/openapi.json")
    again = await api.get("/openapi.json", headers={"if-none-match": first.headers["etag"]})

    assert first.json()["openapi"].startswith("3.1")
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])


async def test_says_of_itself_that_it_has_a_tag(api: Api) -> None:
    described = (await api.get("/openapi.json")).json()["paths"]["/openapi.json"]["get"]

    assert {"ETag"} <= described["responses"]["200"]["headers"].keys() & described["responses"]["304"]["headers"].keys()
    assert {"$ref": "#/components/parameters/IfNoneMatch"} in described["parameters"]
    refused = await api.get("/openapi.json", headers={"if-match": '"1"'})
    assert refused.status_code == 412
    assert ("etag" in refused.headers) == ("ETag" in described["responses"]["412"]["headers"])


async def test_describes_every_operation_that_it_has(api: Api, sample: SampleData) -> None:
    paths = (await api.get("/openapi.json")).json()["paths"]

    assert "/v1/workspaces/{workspace_id}/tasks/{task}" in paths
    assert paths["/v1/workspaces"]["post"]["operationId"] == "create_workspace"


async def test_the_reference_loads_only_what_this_service_has(api: Api) -> None:
    page = await api.get("/docs", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assets = re.findall(r'(?:src|href)="(/[^"]+)"', page.text)

    assert not re.search(r'(?:src|href)="(?!/|data:)', page.text)
    assert {*assets} == {asset_path(name) for name in MEDIA_TYPES}
    assert "default-src 'none'; script-src 'self';" in page.headers["content-security-policy"]
    for path in assets:
        answer = await api.get(path)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_the_page_of_events_is_where_the_description_says(api: Api) -> None:
    description = (await api.get("/openapi.json")).json()["info"]["description"]
    (path,) = re.findall(r"\[A page\]\((/[^)]+)\) lists all types", description)
    page = await api.get(path)

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h2>tasks</h2>" in page.text
    assert "<code>task.created</code>" in page.text


async def test_the_reference_stays_signed_in_over_a_reload_and_asks_nobody_else() -> None:
    start = asset("reference.js").plain.decode()

    assert "persistAuthorization: true" in start
    assert "validatorUrl: null" in start


PREPARED = ["/openapi.json", *map(asset_path, MEDIA_TYPES), PATH, f"{ASSETS}/{board_files().tag}/{MAIN}"]


@pytest.mark.parametrize("path", PREPARED)
@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "gzip"),
        ("*", "gzip"),
        ("br;q=1, gzip;q=0.2", "gzip"),
        ("identity;q=0.5, gzip;q=0.5", "gzip"),
        ("X-GZIP", "gzip"),
        ("identity", None),
        ("br", None),
        ("", None),
        ("gzip;q=0", None),
        ("gzip;q=0, *", None),
        ("identity, gzip;q=0.9", None),
        ("gzip;q=x", None),
    ],
)
async def test_a_document_is_sent_as_the_client_takes_it(api: Api, path: str, accepted: str, coding: str | None) -> None:
    plain = await api.get(path, headers={"accept-encoding": "identity"})
    answer = await api.get(path, headers={"accept-encoding": accepted})

    assert answer.headers.get("content-encoding") == coding
    assert answer.content == plain.content
    assert answer.headers["vary"] == "Accept-Encoding"
    assert (answer.headers["etag"] == plain.headers["etag"]) == (coding is None)


@pytest.mark.parametrize("path", PREPARED)
@pytest.mark.parametrize("coding", ["gzip", "identity"])
async def test_each_form_of_a_document_has_a_tag_that_saves_the_next_read_of_it(api: Api, path: str, coding: str) -> None:
    headers = {"accept-encoding": coding}
    first = await api.get(path, headers=headers)
    again = await api.get(path, headers={**headers, "if-none-match": first.headers["etag"]})
    other = {"gzip": "identity", "identity": "gzip"}[coding]
    in_other_form = await api.get(path, headers={"accept-encoding": other, "if-none-match": first.headers["etag"]})
    head = await api.client.head(path, headers=headers)

    assert re.fullmatch('"[^"]+"', first.headers["etag"])
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert (again.headers["vary"], again.headers["cache-control"]) == ("Accept-Encoding", first.headers["cache-control"])
    assert in_other_form.status_code == 200
    assert (head.headers["content-length"], head.headers.get("content-encoding")) == (
        first.headers["content-length"],
        first.headers.get("content-encoding"),
    )


async def test_compression_is_worth_it_and_the_same_in_all_processes(api: Api) -> None:
    size = {}
    for coding in ("gzip", "identity"):
        size[coding] = int((await api.get("/openapi.json", headers={"accept-encoding": coding})).headers["content-length"])

    assert size["gzip"] < size["identity"] / 5
    assert StaticContent.of(b"the same").compressed == StaticContent.of(b"the same").compressed


async def test_explains_a_problem_to_whoever_follows_its_type(api: Api) -> None:
    refusal = problem(await api.get("/v1/workspaces"), 401, "not_authenticated")
    page = await api.get(refusal["type"], headers={"accept": "text/html"})

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "Not authenticated" in page.text


async def test_explains_how_to_treat_a_problem_that_it_does_not_know(api: Api) -> None:
    page = await api.get("/problems/stale_versoin")

    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "<code>stale_versoin</code>" in page.text
    assert 'href="/problems/stale_version"' in page.text


@pytest.mark.parametrize("code", ["No-Code", "%3Cscript%3E", "a" * 65, "%D9%A1"])
async def test_explains_nothing_that_is_no_code(api: Api, code: str) -> None:
    problem(await api.get(f"/problems/{code}"), 404, "not_found")


@pytest.mark.parametrize("path", ["/docs/0/secrets.txt", "/docs/0/..%2Fpages.py", "/docs/0/LICENSE"])
async def test_serves_no_other_file(api: Api, path: str) -> None:
    problem(await api.get(path), 404, "not_found")
