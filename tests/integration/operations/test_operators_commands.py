"""What an operator does while the service runs."""

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
    assert done.stderr == "taskhub: Another account has this email address.\n"


def test_a_new_password_ends_every_session(installation: Installation, served: Served, email: str) -> None:
    done = installation.run("user", "reset-password", email, feed="another battery staple\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert not served.sign_in(email)
    assert served.sign_in(email, "another battery staple")


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
