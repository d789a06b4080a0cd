"""The plugin of pytest, in suites of somebody else."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support.harness.waiting import PROGRAM_SECONDS

Run = Callable[..., str]

SUITE = """
def test_a_tenant(tenant, taskhub_clock, taskhub_faults, taskhub):
    taskhub_faults.fail("list_tasks", times=None)
    assert tenant.client.get("tasks").status_code == 503
    taskhub_clock.freeze()
    assert taskhub_clock.now() == taskhub_clock.now()

def test_the_next_one(taskhub):
    assert taskhub.faults.active() == [], "faults end with their test"
    assert taskhub.clock.now() != taskhub.clock.now(), "and the clock goes on"
"""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs a suite of its own. Gives what pytest says; it has to pass, unless another exit code is expected."""

    def run(suite: str, *options: str, settings: str = "", conftest: str = "", code: int = 0) -> str:
        (tmp_path / "pyproject.toml").write_text(f"[tool.pytest]\n{settings}\n")
        (tmp_path / "conftest.py").write_text(conftest)
        (tmp_path / "test_suite.py").write_text(suite)
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options],
            cwd=tmp_path,
            env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
            capture_output=True,
            text=True,
            timeout=PROGRAM_SECONDS,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    return run


@pytest.mark.parametrize("settings", ["", 'taskhub_mode = "asgi"'])
def test_the_fixtures_need_no_configuration(run: Run, settings: str) -> None:
    assert "2 passed" in run(SUITE, settings=settings)


def test_settings_come_from_the_configuration_or_a_fixture(run: Run) -> None:
    suite = "def test_it(taskhub):\n    assert taskhub.client().get('/v1').json()['registration'] == 'closed'\n"
    assert "1 passed" in run(suite, settings='taskhub_mode = "asgi"\ntaskhub_settings = ["registration=closed"]')
    conftest = (
        "import pytest\n\n@pytest.fixture(scope='session')\ndef taskhub_settings():\n    return {'registration': 'closed'}\n"
    )
    assert "1 passed" in run(suite, settings='taskhub_mode = "asgi"', conftest=conftest)


def test_workers_have_services_of_their_own(run: Run) -> None:
    suite = (
        "import pytest\n\n@pytest.mark.parametrize('n', range(4))\n"
        "def test_it(n, taskhub):\n    taskhub.reset()\n    assert taskhub.tenant().task(title=str(n))['key'] == 'TEST-1'\n"
    )
    assert "4 passed" in run(suite, "-n", "2")


def test_a_suite_that_does_not_use_it_starts_and_imports_nothing(run: Run) -> None:
    suite = "import sys\n\ndef test_it():\n    assert not {'httpx2', 'fastapi', 'taskhub.testing.client'} & set(sys.modules)\n"
    assert "1 passed" in run(suite)


def test_a_test_that_fails_is_reported_with_what_the_server_has_said_meanwhile(run: Run) -> None:
    suite = (
        # The log tells of a request once that was answered: of the last one perhaps when the next test has begun.
        "def test_before(taskhub):\n    client = taskhub.client()\n    client.get('/before')\n    client.get('/then')\n\n"
        "def test_it(taskhub):\n    taskhub.client().get('/meanwhile')\n    assert 1 == 2\n"
    )
    said = run(suite, settings='taskhub_settings = ["log_level=info"]', code=1)
    report = said.partition("- Log of TaskHub -")[2]
    assert "/meanwhile" in report
    assert "/before" not in report


def test_a_fixture_of_the_suite_may_be_called_like_ours(run: Run) -> None:
    conftest = "import pytest\n\n@pytest.fixture\ndef taskhub():\n    return 'something else'\n"
    assert "1 failed" in run("def test_it(taskhub):\n    assert taskhub == 1\n", conftest=conftest, code=1)
