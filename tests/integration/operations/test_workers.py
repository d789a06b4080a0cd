"""`taskhub serve` with several workers: clients see one service, whatever happens to its processes."""

import json
import os
import re
import select
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx2
import pytest

from support.harness.program import PASSWORD, Installation, Served
from support.harness.waiting import PATIENCE_SECONDS, PROGRAM_SECONDS, wait_until
from support.harness.workers import clients_of_all_workers, workers_of

REGISTRATION = {"email": "late@example.com", "name": "Late", "password": PASSWORD}


@pytest.fixture(scope="module")
def installation(new_installation: Callable[..., Installation]) -> Installation:
    return new_installation(TASKHUB_WORKERS="2", TASKHUB_LIMIT_ATTEMPTS_PER_ADDRESS="1000")


def has_two(served: Served) -> bool:
    return served.client.get("/metrics").text.count("\ntaskhub_workers 2.0\n") == 1


def serves_with_new_workers(served: Served, before: set[int]) -> bool:
    """Whether all of those before have ended, and as many others serve."""
    now = workers_of(served)
    return len(now) == 2 and not now & before and has_two(served)


def counted(served: Served, route: str) -> int:
    lines = re.findall(
        rf'^taskhub_requests_total{{.*route="{route}",status="200"}} (\S+)$', served.client.get("/metrics").text, re.MULTILINE
    )
    return int(sum(float(line) for line in lines))


def test_it_is_said_once_where_it_serves_and_the_log_names_the_workers(served: Served) -> None:
    lines = [json.loads(line) for line in served.log.splitlines()]
    assert len([line for line in lines if "serves on" in line["message"]]) == 1
    assert len(workers_of(served)) == 2
    with clients_of_all_workers(served, 1) as clients:
        assert {client.worker for client in clients} == workers_of(served)


def test_a_worker_that_is_killed_is_replaced_and_the_clients_of_the_others_notice_nothing(served: Served) -> None:
    with clients_of_all_workers(served) as clients:
        before = workers_of(served)
        killed = clients[0].worker
        os.kill(killed, signal.SIGKILL)
        assert clients[0].is_ended()
        for client in clients:
            if client.worker != killed:
                assert client.get("/health/ready").status == 200
        assert served.client.get("/health/ready").status_code == 200
        wait_until(lambda: len(workers_of(served)) == 2, PROGRAM_SECONDS)
        assert workers_of(served) & before == before - {killed}
        for client in clients:
            if client.worker != killed:
                assert client.get("/v1").status == 200
    wait_until(lambda: has_two(served))


def test_metrics_add_up_over_all_workers_and_those_that_have_ended(served: Served) -> None:
    before = counted(served, "/v1")
    with clients_of_all_workers(served) as clients:
        for client in clients:
            for _ in range(5):
                assert client.get("/v1").status == 200
        asked = 6 * len(clients)
        wait_until(lambda: counted(served, "/v1") == before + asked)
        os.kill(clients[0].worker, signal.SIGKILL)
        assert clients[0].is_ended()
    wait_until(lambda: has_two(served))
    assert counted(served, "/v1") == before + asked
    old = workers_of(served)
    served.process.send_signal(signal.SIGHUP)
    wait_until(lambda: serves_with_new_workers(served, old), PROGRAM_SECONDS)
    assert counted(served, "/v1") == before + asked


def test_limits_hold_over_all_workers(served: Served) -> None:
    guess = {"email": "nobody@example.com", "password": "a wrong guess"}
    with clients_of_all_workers(served, 1) as clients:
        here, there = clients[0], next(client for client in clients if client.worker != clients[0].worker)
        while here.request("POST", "/v1/sessions", guess).status == 401:
            pass
        gained = 0
        while there.request("POST", "/v1/sessions", guess).status == 401:
            gained += 1
        assert gained < 20, "it has heard nothing of the other"


@contextmanager
def under_load(served: Served, count: int = 8) -> Iterator[list[str]]:
    """Clients that ask without a pause, on connections that they keep. What goes wrong is in the result."""
    failures: list[str] = []
    is_over = threading.Event()

    def ask() -> None:
        with httpx2.Client(base_url=served.url, trust_env=False, timeout=PATIENCE_SECONDS) as client:
            while not is_over.is_set():
                try:
                    status = client.get("/health/ready").status_code
                    failures.extend([f"answered with {status}"] if status != 200 else [])
                except httpx2.TransportError as error:
                    failures.append(repr(error))

    threads = [threading.Thread(target=ask) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield failures
    finally:
        is_over.set()
        for thread in threads:
            thread.join(PATIENCE_SECONDS)


def test_a_reload_under_load_refuses_and_loses_nothing(served: Served) -> None:
    before = workers_of(served)
    with under_load(served) as failures:
        served.process.send_signal(signal.SIGHUP)
        wait_until(lambda: serves_with_new_workers(served, before), PROGRAM_SECONDS)
    assert failures == []


def test_in_a_reload_a_request_whose_head_has_arrived_in_part_is_answered(served: Served) -> None:
    before = workers_of(served)
    with clients_of_all_workers(served, 2) as clients:
        idle, sending = ({client.worker: client for client in order} for order in (clients, reversed(clients)))
        for client in sending.values():
            client.send(b"GET /v1 HTTP/1.1\r\nHost: x\r\n")
        served.process.send_signal(signal.SIGHUP)
        for _ in before:
            (closed, *_), _, _ = select.select([one.socket for one in idle.values()], [], [], PROGRAM_SECONDS)
            retiring = next(worker for worker, one in idle.items() if one.socket is closed)
            assert idle.pop(retiring).is_ended()
            client = sending[retiring]
            client.send(b"\r\n")
            answer = client.answer()
            assert (answer.status, answer.headers.get("connection")) == (200, "close")
    wait_until(lambda: serves_with_new_workers(served, before), PROGRAM_SECONDS)


def test_in_a_reload_connections_that_are_in_use_end_with_an_answer_that_says_so(served: Served) -> None:
    with clients_of_all_workers(served, 2) as clients:
        served.process.send_signal(signal.SIGHUP)
        left = list(clients)
        while left:  # Without a pause: those that are idle are closed.
            answers = [(client, client.get("/v1")) for client in left]
            assert {answer.status for _, answer in answers} == {200}
            left = [client for client, answer in answers if answer.headers.get("connection") != "close"]


def test_two_reloads_at_once_are_done(served: Served) -> None:
    before = workers_of(served)
    for _ in range(2):
        served.process.send_signal(signal.SIGHUP)
    wait_until(lambda: serves_with_new_workers(served, before), PROGRAM_SECONDS)
    with clients_of_all_workers(served, 1) as clients:
        assert all(client.get("/health/ready").status == 200 for client in clients)


def test_a_reload_takes_over_the_settings_of_now(new_installation: Callable[..., Installation]) -> None:
    installation = new_installation(TASKHUB_WORKERS="2")
    variables = installation.folder / ".env"
    with installation.serving() as served:

        def registration() -> str:
            told: str = served.client.get("/v1").json()["registration"]
            return told

        before = workers_of(served)
        variables.write_text("TASKHUB_REGISTRATION=closed\n")
        served.process.send_signal(signal.SIGHUP)
        wait_until(lambda: serves_with_new_workers(served, before), PROGRAM_SECONDS)
        assert registration() == "closed"

        before = workers_of(served)
        variables.write_text("TASKHUB_REGISTRATION=perhaps\n")
        served.process.send_signal(signal.SIGHUP)
        served.wait_until_it_says("TASKHUB_REGISTRATION: ")
        variables.write_text("TASKHUB_METRICS_PORT=9999\n")
        served.process.send_signal(signal.SIGHUP)
        served.wait_until_it_says("TASKHUB_METRICS_PORT can't be changed while it serves")
        assert workers_of(served) == before
        assert registration() == "closed"
