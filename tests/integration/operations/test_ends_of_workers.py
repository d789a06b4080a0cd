"""How a service with several workers ends, and how it starts after whatever ended it."""

import json
import os
import signal
import sys
import time
from collections.abc import Callable

import pytest

from support.harness.program import PASSWORD, Installation
from support.harness.waiting import PROGRAM_SECONDS, wait_until
from support.harness.workers import WorkerClient, clients_of_all_workers, running, workers_of

REGISTRATION = {"email": "late@example.com", "name": "Late", "password": PASSWORD}


@pytest.fixture(scope="module")
def installation(new_installation: Callable[..., Installation]) -> Installation:
    return new_installation(TASKHUB_WORKERS="2")


def test_all_workers_finish_what_is_under_way_on_sigterm(installation: Installation) -> None:
    with installation.serving() as served, clients_of_all_workers(served, 1) as clients:
        bodies = [json.dumps({**REGISTRATION, "email": f"late{number}@example.com"}).encode() for number in range(len(clients))]
        for client, body in zip(clients, bodies, strict=True):
            head = f"POST /v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            client.send(head.encode() + body[:10])
        for one in (WorkerClient(served) for _ in clients):  # An answer to each means that the others' heads were read.
            one.socket.close()
        served.process.send_signal(signal.SIGTERM)
        wait_until(lambda: not served.is_ready())
        for client, body in zip(clients, bodies, strict=True):
            client.send(body[10:])
            assert client.answer().status == 201
        assert served.process.wait(PROGRAM_SECONDS) == 0


def test_streams_and_waiting_requests_do_not_delay_the_end(installation: Installation) -> None:
    with installation.serving() as served:
        served.sign_up("ada@example.com")
        assert served.sign_in("ada@example.com")
        workspace = served.client.post("/v1/workspaces", json={"name": "Works"}).raise_for_status().json()["id"]
        authorization = str(served.client.headers["authorization"])
        with clients_of_all_workers(served, 1) as clients:
            for client in clients:
                assert client.get(f"/v1/workspaces/{workspace}/stream", authorization=authorization).status == 200
            began = time.monotonic()
            assert served.end() == 0
            assert time.monotonic() - began < 10, "requests under way have twenty seconds, streams have none"


def test_a_supervisor_that_is_killed_leaves_no_worker_and_the_next_start_works(installation: Installation) -> None:
    with installation.start() as served:
        served.wait_until_ready()
        served.sign_up("before@example.com")
        orphans = workers_of(served)
        served.end(signal.SIGKILL)
    with installation.serving() as again:
        assert again.sign_in("before@example.com")
        wait_until(lambda: not orphans & running(), PROGRAM_SECONDS)


def test_everything_at_once_is_killed_and_the_next_start_works(installation: Installation) -> None:
    with installation.start() as served:
        served.wait_until_ready()
        for pid in (served.process.pid, *workers_of(served)):
            os.kill(pid, signal.SIGKILL)
        served.process.wait(PROGRAM_SECONDS)
    with installation.serving() as again:
        assert again.sign_in("before@example.com")


def test_the_embedded_database_comes_back_when_it_was_killed(installation: Installation) -> None:
    with installation.serving() as served:
        postmaster = (installation.folder / "data/postgres/data/postmaster.pid").read_text().splitlines()[0]
        before = workers_of(served)
        os.kill(int(postmaster), signal.SIGKILL)
        wait_until(lambda: not served.is_ready())
        served.wait_until_ready()
        with clients_of_all_workers(served, 1) as clients:
            assert all(client.get("/health/ready").status == 200 for client in clients)
        assert workers_of(served) == before


def test_it_can_be_ended_while_its_workers_start(installation: Installation) -> None:
    with installation.start() as starting:
        wait_until(lambda: len(workers_of(starting)) == 2, PROGRAM_SECONDS)
        assert starting.end() == 0


BROKEN = """
import sys
from taskhub.cli.server.workers import run
from taskhub.kernel.cli import CommandFailed
def serve(*_, **__):
    raise CommandFailed("This one never serves.")
run.serve = serve
from taskhub.cli.main import main
sys.argv = ["taskhub", "serve", "--workers", "2"]
main()
"""


def test_where_no_worker_can_start_the_service_ends_and_says_why(new_installation: Callable[..., Installation]) -> None:
    installation = new_installation()
    with installation.start((sys.executable, "-c", BROKEN)) as served:
        assert served.process.wait(PROGRAM_SECONDS) == 1
        assert "taskhub: This one never serves.\n" in served.log
        assert served.log.endswith(
            "taskhub: A worker could not start (exit code 1): what it said stands above. The service ends.\n"
        )
        assert workers_of(served) == set()
