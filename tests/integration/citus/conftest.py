"""What only a Citus cluster can show: skipped on any other database."""

import os
from pathlib import Path

import pytest

from support.harness.database_server import CHOICE


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get(CHOICE) != "citus":
        skipped = pytest.mark.skip(reason=f"needs a Citus cluster: {CHOICE}=citus")
        for item in items:
            if item.path.is_relative_to(Path(__file__).parent):
                item.add_marker(skipped)
