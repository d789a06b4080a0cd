"""What an operator does while the service runs."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from support.harness.program import PASSWORD, Installation, Served


@pytest.fixture
def email(served: Served) -> str:
    """Somebody who is signed in."""
    email = f"{uuid4().hex}@example.com"
    served.sign_up(email)
    assert served.sign_in(email)
    return email


def test_an_account_is_made_with_a_password_from_standard_input(installation: Installation, served: Served) -> None:
    email = f"{uuid4().hex}@example.com"
    done = installation.run("user", "create", email, "--name", "Grace", "--time-zone", "Europe/Berlin", feed=f"{PASSWORD}\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert served.sign_in(email)
    user = served.client.get("/v1/users/me").json()
    assert (user["id"], user["name"], user["time_zone"]) == (done.stdout.strip(), "Grace", "Europe/Berlin")


def test_an_address_that_is_taken_is_refused(installation: Installation, email: str) -> None:
    done = installation.run("user", "create", email.upper(), "--name", "Twin", feed=PASSWORD)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "taskhub: Another account already uses this email address.\n"


def test_a_new_password_ends_every_session(installation: Installation, served: Served, email: str) -> None:
    done = installation.run("user", "reset-password", email, feed="another battery staple\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert not served.sign_in(email)
    assert served.sign_in(email, "another battery staple")


def test_a_token_is_made_for_an_account(installation: Installation, served: Served, email: str) -> None:
    done = installation.run("token", "create", email.upper(), "--scopes", "write, read", "--name", "Nightly", "--expires", "30d")
    assert (done.returncode, done.stderr) == (0, "")
    (token,) = served.client.get("/v1/tokens").json()["items"]
    assert (token["name"], token["scopes"]) == ("Nightly", ["read", "write"])
    lifetime = datetime.fromisoformat(token["expires_at"]) - datetime.fromisoformat(token["created_at"])
    assert abs(lifetime - timedelta(days=30)) < timedelta(minutes=1)
    me = served.client.get("/v1/users/me", headers={"authorization": f"Bearer {done.stdout.strip()}"})
    assert me.json()["email"] == email


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nobody@example.com", "--scopes", "read"], "No account has this email address."),
        (["EMAIL", "--scopes", "everything"], "--scopes"),
        (["EMAIL", "--scopes", ""], "--scopes"),
        (["EMAIL", "--scopes", "read", "--name", " "], "--name"),
        (["EMAIL", "--scopes", "read", "--expires", "soon"], "--expires: expected 90d, 12h, never, or an instant"),
        (["EMAIL", "--scopes", "read", "--expires", "2020-01-01T00:00:00Z"], "future"),
    ],
    ids=lambda value: None if isinstance(value, list) else value[:20],
)
def test_a_token_that_cant_be_made_is_explained(
    installation: Installation, served: Served, email: str, arguments: list[str], sentence: str
) -> None:
    done = installation.run("token", "create", *(email if one == "EMAIL" else one for one in arguments))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("taskhub: ")
    assert sentence in done.stderr
    assert served.client.get("/v1/tokens").json()["items"] == []


def test_a_deleted_workspace_is_listed_and_comes_back(installation: Installation, served: Served, email: str) -> None:
    workspace = served.client.post("/v1/workspaces", json={"name": "Engine room"}).json()
    path = f"/v1/workspaces/{workspace['id']}"
    assert served.client.delete(path).status_code == 204
    listed = installation.run("workspace", "deleted").stdout
    assert workspace["id"] in listed
    assert "Engine room" in listed
    assert installation.run("workspace", "restore", workspace["id"]).stdout == "Engine room was restored.\n"
    assert served.client.get(path).json()["name"] == "Engine room"


def test_the_doctor_finds_a_sound_deployment_sound(installation: Installation, served: Served) -> None:
    done = installation.run("doctor")
    assert done.returncode == 0, done.stdout
    assert {line.split()[0] for line in done.stdout.splitlines()} <= {"ok", "warn"}
    assert "schema: the one of this program" in done.stdout
