"""A start with nothing to migrate does not import what migrates: that is a tenth of the time it computes."""

import subprocess
import sys

from support.harness.waiting import PROGRAM_SECONDS

PROGRAM = """
import sys

import taskhub.cli.server.serve
import taskhub.cli.server.worker
from taskhub.modules.discovery import installed_modules

assert installed_modules().revisions.heads
print(*[name for name in sys.modules if name.split(".")[0] in ("alembic", "mako")])
"""


def test_a_start_imports_no_alembic() -> None:
    assert subprocess.check_output([sys.executable, "-c", PROGRAM], text=True, timeout=PROGRAM_SECONDS).split() == []
