"""A password becomes a token of this computer, which is revoked at the end."""

import json
import socket

import pytest

from integration.client.conftest import PASSWORD, Account, Run
from support.harness.program import free_port
from support.harness.waiting import wait_until
from taskhub.client import sign_in
from taskhub.testing import TaskHubServer


def tokens(account: Account) -> list[dict[str, object]]:
    items: list[dict[str, object]] = account.client.get("/v1/tokens").json()["items"]
    return items


def test_a_token_with_the_name_of_this_computer_is_made_and_revoked(server: TaskHubServer, ada: Account, taskhub: Run) -> None:
    said = taskhub("login", f"{server.url}/", "--email", ada.email, "--scopes", "read,write", feed=f"{PASSWORD}\n")
    assert (said.code, said.out, said.err) == (0, f"You are signed in to {server.url} as Ada.\n", "")
    (token,) = tokens(ada)
    assert token["name"] == f"taskhub on {socket.gethostname()}"
    assert token["scopes"] == ["read", "write"]
    assert token["expires_at"] is not None
    assert len(ada.client.get("/v1/sessions").json()["items"]) == 1  # Ada's own: that of the login has ended.

    assert taskhub("logout", feed="not the password").code == 1
    assert len(tokens(ada)) == 1
    said = taskhub("logout", feed=PASSWORD)
    assert (said.code, said.err) == (0, "A token can't revoke tokens, not even itself: for that TaskHub needs your password.\n")
    assert tokens(ada) == []
    assert taskhub("workspaces").code == 4


def test_who_signs_in_again_has_one_token_and_works_where_they_did(
    signed_in: Account, server: TaskHubServer, taskhub: Run
) -> None:
    (first,) = tokens(signed_in)
    assert taskhub("login", server.url, "--email", signed_in.email, feed=PASSWORD).code == 0
    (second,) = tokens(signed_in)
    assert first["id"] != second["id"]
    assert taskhub("tasks", "add", "Oil the engine").out == "OPS-1\n"


def test_the_password_is_nowhere(server: TaskHubServer, ada: Account, taskhub: Run) -> None:
    taskhub("login", server.url, "--email", ada.email, feed=PASSWORD)
    assert PASSWORD not in sign_in.path().read_text()


def test_a_wrong_password_is_told(server: TaskHubServer, ada: Account, taskhub: Run) -> None:
    said = taskhub("login", server.url, "--email", ada.email, feed="not the password")
    assert said.code == 1
    assert "email address or the password is wrong" in said.err
    assert "Traceback" not in said.err


def test_a_token_is_read_from_standard_input_and_only_forgotten(server: TaskHubServer, ada: Account, taskhub: Run) -> None:
    token = ada.client.post("/v1/tokens", json={"name": "Mine", "scopes": ["read"]}).json()["token"]
    assert taskhub("login", server.url, "--token", feed=f"{token}\n").code == 0
    assert json.loads(taskhub("workspaces", "list", "--json").out)[0]["id"] == ada.workspace_id
    refused = taskhub("tasks", "add", "Oil the engine", "--project", "OPS")
    assert refused.code == 1
    assert "insufficient_scope" in refused.err
    assert "still valid" in taskhub("logout").out
    assert len(tokens(ada)) == 1


def test_a_token_of_nobody_is_not_stored(server: TaskHubServer, taskhub: Run) -> None:
    assert taskhub("login", server.url, "--token", feed="thub_nobody\n").code == 4
    assert not sign_in.path().exists()


def test_the_environment_is_enough(server: TaskHubServer, ada: Account, taskhub: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    token = ada.client.post("/v1/tokens", json={"name": "Mine", "scopes": ["read", "write"]}).json()["token"]
    monkeypatch.setenv("TASKHUB_URL", server.url)
    monkeypatch.setenv("TASKHUB_TOKEN", token)
    monkeypatch.setenv("TASKHUB_PROJECT", "OPS")
    said = taskhub("tasks", "add", "Oil the engine")
    assert (said.code, said.out) == (0, "OPS-1\n")
    assert not sign_in.path().exists()


def test_a_proxy_is_not_asked_for_a_service_on_this_computer(
    signed_in: Account, taskhub: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    assert taskhub("workspaces").code == 0


def test_a_revoked_token_says_how_to_sign_in(signed_in: Account, taskhub: Run) -> None:
    (token,) = tokens(signed_in)
    signed_in.client.delete(f"/v1/tokens/{token['id']}").raise_for_status()
    wait_until(lambda: taskhub("tasks").code == 4)  # Within a second it holds everywhere.
    assert "taskhub login URL" in taskhub("tasks").err
    assert taskhub("logout").code == 0


def test_nobody_at_the_address_is_told_in_a_sentence(taskhub: Run) -> None:
    said = taskhub("login", f"http://127.0.0.1:{free_port()}", "--email", "ada@example.com", feed=PASSWORD)
    assert said.code == 3
    assert said.err.startswith("taskhub: No answer from http://127.0.0.1:")
    assert len(said.err.splitlines()) == 1
