"""The dashboard and the alert rules fit to the metrics of a service, and to a real Prometheus where there is one."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from support.harness.program import Served, free_port
from support.harness.waiting import PATIENCE_SECONDS, PROGRAM_SECONDS, wait_until

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "monitoring.md").read_text("utf-8")
RULES = DOCS / "monitoring" / "alerts.yaml"
DASHBOARD: dict[str, Any] = json.loads((DOCS / "monitoring" / "dashboard.json").read_text("utf-8"))

ALERTS = re.findall(r"^      - alert: (\w+)$", RULES.read_text("utf-8"), re.MULTILINE)
CONDITIONS = re.findall(r"^        expr: (.+)$", RULES.read_text("utf-8"), re.MULTILINE)
QUERIES = [target["expr"] for panel in DASHBOARD["panels"] for target in panel.get("targets", [])]

with_prometheus = pytest.mark.skipif(not shutil.which("prometheus"), reason="there is no Prometheus")


@pytest.fixture(scope="module")
def metrics(served: Served) -> set[str]:
    """Names as queries use them."""
    names: set[str] = set()
    for name, kind in re.findall(r"^# TYPE (\S+) (\w+)$", served.client.get("/metrics").text, re.MULTILINE):
        names |= {f"{name}_{part}" for part in ("bucket", "sum", "count")} if kind == "histogram" else {name}
    return names


@pytest.mark.parametrize("query", [*QUERIES, *CONDITIONS])
def test_a_query_names_only_metrics_that_there_are(query: str, metrics: set[str]) -> None:
    named = {*re.findall(r"\b(?:taskhub|process)_\w+", query)} or {*re.findall(r"^(up)\{", query)}
    assert named
    assert named <= metrics | {"up"}


def test_the_page_explains_every_metric(metrics: set[str]) -> None:
    explained = {*re.findall(r"^\| `(taskhub_\w+)` \|", PAGE, re.MULTILINE)}
    told = {re.sub(r"_(bucket|sum|count)$", "", name) for name in metrics if name.startswith("taskhub_")}
    assert explained == {name for name in told if not name.endswith("_created")}


def test_the_page_says_for_each_alert_what_to_do() -> None:
    assert len(ALERTS) == len(CONDITIONS)
    assert re.findall(r"^\| `(TaskHub\w+)` \|", PAGE, re.MULTILINE) == ALERTS


def test_a_panel_that_the_page_names_is_on_the_dashboard() -> None:
    titles = {panel["title"] for panel in DASHBOARD["panels"]}
    assert {*re.findall(r"\*([A-Z][^*]+)\*", PAGE)} <= titles


def test_the_dashboard_asks_the_data_source_that_is_chosen_at_its_top() -> None:
    variables = {variable["name"] for variable in DASHBOARD["templating"]["list"]}
    assert {"datasource", "job"} <= variables
    for panel in DASHBOARD["panels"]:
        for target in panel.get("targets", []):
            assert target["datasource"] == panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}


def test_panels_do_not_lie_on_each_other() -> None:
    places = [panel["gridPos"] for panel in DASHBOARD["panels"]]
    cells = [(x, y) for at in places for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])]
    assert len(cells) == len({*cells})
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(places)


# -- with a real Prometheus --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def prometheus(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    """One that scrapes the service and evaluates the rules."""
    folder = tmp_path_factory.mktemp("prometheus")
    config = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(RULES)],
        "scrape_configs": [{"job_name": "taskhub", "static_configs": [{"targets": [served.url.removeprefix("http://")]}]}],
    }
    (folder / "prometheus.yml").write_text(json.dumps(config), "utf-8")  # JSON is YAML.
    address = f"127.0.0.1:{free_port()}"
    command = ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*command, f"--web.listen-address={address}"], stdout=log, stderr=log)
    try:
        with httpx2.Client(base_url=f"http://{address}", trust_env=False, timeout=PATIENCE_SECONDS) as client:
            yield client
    finally:
        process.terminate()
        process.wait(PROGRAM_SECONDS)


def answer(prometheus: httpx2.Client, path: str, **parameters: str) -> Any:
    """What it says, or None where it does not answer yet."""
    try:
        told = prometheus.get(path, params=parameters).json()
    except (httpx2.TransportError, ValueError):
        return None
    assert told["status"] == "success", told
    return told["data"]


@with_prometheus
def test_prometheus_answers_every_query_of_the_dashboard(prometheus: httpx2.Client) -> None:
    def is_scraped() -> bool:
        found = answer(prometheus, "/api/v1/query", query='count_over_time(up{job="taskhub"}[1m]) > 2')
        return bool(found and found["result"])

    wait_until(is_scraped, seconds=PROGRAM_SECONDS)
    for query in QUERIES:
        asked = query.replace("$__rate_interval", "1m").replace("$job", "taskhub")
        assert answer(prometheus, "/api/v1/query", query=asked) is not None, query


@with_prometheus
def test_prometheus_evaluates_every_rule(prometheus: httpx2.Client) -> None:
    def rules() -> list[dict[str, Any]]:
        found = answer(prometheus, "/api/v1/rules")
        return [rule for group in found["groups"] for rule in group["rules"]] if found else []

    def all_are_evaluated() -> bool:
        return bool(rules()) and all(rule["health"] != "unknown" for rule in rules())

    wait_until(all_are_evaluated, seconds=PROGRAM_SECONDS)
    assert {rule["name"]: (rule["health"], rule["state"]) for rule in rules()} == dict.fromkeys(ALERTS, ("ok", "inactive"))
