"""`taskhub serve` as a process: where it says it is, what it refuses, how it ends."""

import json
import signal
import socket
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from support.harness.program import PASSWORD, Installation, Served, free_port
from support.harness.raw_http import RawConnection
from support.harness.waiting import PATIENCE_SECONDS, PROGRAM_SECONDS, wait_until
from taskhub.embedded.layout import Layout
from taskhub.embedded.locks import FileLock
from taskhub.embedded.placement import known_folder


@pytest.fixture(scope="module")
def installation(new_installation: Callable[..., Installation]) -> Installation:
    return new_installation(TASKHUB_METRICS_PORT=str(free_port()))


def test_the_log_says_where_it_serves(served: Served) -> None:
    lines = [json.loads(line) for line in served.log.splitlines()]
    (line,) = [line for line in lines if "serves on" in line["message"]]
    assert (line["url"], line["board"]) == (served.url, f"{served.url}/board")


def test_people_are_told_where_the_board_is(new_installation: Callable[..., Installation]) -> None:
    with new_installation(TASKHUB_LOG_FORMAT="console").serving() as served:
        assert f"\n  board      {served.url}/board\n" in served.log
        assert httpx2.get(served.url, headers={"accept": "text/html"}, trust_env=False).headers["location"] == "/board"


def test_answers_do_not_say_what_they_were_made_with(served: Served) -> None:
    assert "server" not in served.client.get("/v1").headers


def test_a_port_in_use_is_told_in_one_sentence(installation: Installation, served: Served) -> None:
    done = installation.run("serve")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"taskhub: Port {installation.port} on 127.0.0.1 is in use: stop what serves there, or set TASKHUB_PORT to another one."
    ]


def test_an_unknown_setting_stops_the_start_and_is_named(new_installation: Callable[..., Installation]) -> None:
    done = new_installation(TASKHUB_PROT="8000").run("serve")
    assert done.returncode == 1
    assert done.stderr.startswith("taskhub: TASKHUB_PROT is not a setting of TaskHub. Did you mean TASKHUB_PORT?")


def test_metrics_can_have_a_port_of_their_own(installation: Installation, served: Served) -> None:
    assert served.client.get("/metrics").status_code == 404
    answer = httpx2.get(f"http://127.0.0.1:{installation.settings['TASKHUB_METRICS_PORT']}/metrics", trust_env=False)
    assert "taskhub_requests_total" in answer.text


def test_a_request_under_way_is_finished_on_sigterm(new_installation: Callable[..., Installation]) -> None:
    body = json.dumps({"email": "late@example.com", "name": "Late", "password": PASSWORD}).encode()
    head = f"POST /v1/users HTTP/1.1\r\nHost: taskhub\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    with (
        new_installation().serving() as served,
        socket.create_connection(("127.0.0.1", int(served.url.rsplit(":", 1)[1])), PATIENCE_SECONDS) as client,
    ):
        client.sendall(head.encode() + body[:10])
        served.sign_up("before@example.com")  # An answer to this means that the other's head was read.
        served.process.send_signal(signal.SIGTERM)
        wait_until(lambda: not served.is_ready())
        client.sendall(body[10:])
        assert client.recv(1000).startswith(b"HTTP/1.1 201")
        assert served.process.wait(PROGRAM_SECONDS) == 0


def test_a_stream_that_nobody_reads_does_not_delay_the_end(new_installation: Callable[..., Installation]) -> None:
    """More changes than buffers hold, and nobody who takes them: the service would wait until it gives up all requests."""
    with new_installation().serving() as served:
        served.sign_up("ada@example.com")
        assert served.sign_in("ada@example.com")
        workspace = "/v1/workspaces/" + _made(served, "/v1/workspaces", name="Works")["id"]
        project = _made(served, f"{workspace}/projects", name="Web", key="WEB")
        for _ in range(6):
            items = [{"project_id": project["id"], "title": "Long", "description": "x" * 100_000} for _ in range(9)]
            _made(served, f"{workspace}/tasks/bulk_create", items=items)
        authorization = served.client.headers["authorization"]
        with RawConnection(int(served.url.rsplit(":", 1)[1]), receive_buffer=4096) as unread:
            unread.send(f"GET {workspace}/stream HTTP/1.1\r\nHost: x\r\nAuthorization: {authorization}\r\n\r\n".encode())
            served.wait_until(unread.has_something)
            assert served.end() == 0
        assert "timeout graceful shutdown exceeded" not in served.log


def _made(served: Served, path: str, **body: Any) -> Any:
    return served.client.post(path, json=body).raise_for_status().json()


def test_a_service_that_waits_for_its_database_to_start_ends_when_it_is_told_to(
    new_installation: Callable[..., Installation],
) -> None:
    installation = new_installation()
    with installation.serving():
        folder = known_folder(installation.folder / "data")
    assert folder is not None
    held = FileLock(Layout(folder).clients_lock)
    wait_until(held.try_acquire)  # As one has it who stops the database: a start waits for that, for two minutes.
    try:
        with installation.start() as starting:
            starting.wait_until_it_says("TaskHub starts its database")
            assert starting.end() == 0
    finally:
        held.release()
