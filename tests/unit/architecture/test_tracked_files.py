"""No tracked file says where packages are downloaded from, so that a checkout works with whatever index a machine has."""

import subprocess
from pathlib import Path

import pytest

from support.harness.waiting import PROGRAM_SECONDS

TOP = Path(__file__).parents[3]
# In parts, so that this file does not name them itself.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("repo", "maven", "apache", "org"),
        ("repo1", "maven", "org"),
        ("proxy", "golang", "org"),
        ("crates", "io"),
    )
]


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    if not (TOP / ".git").exists():
        pytest.skip("only a checkout knows what is tracked")
    # Whoever checked it out need not be who runs the tests.
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    listed = (
        subprocess.run(command, cwd=TOP, capture_output=True, timeout=PROGRAM_SECONDS, check=True).stdout.decode().split("\0")
    )
    files = [TOP / name for name in listed if (TOP / name).is_file()]
    return {str(file.relative_to(TOP)): file.read_text("utf-8", errors="replace") for file in files}


@pytest.mark.parametrize("host", REGISTRIES)
def test_no_tracked_file_names_a_registry(texts: dict[str, str], host: str) -> None:
    assert [name for name, text in texts.items() if host in text] == []
