"""The kernel knows streams; that a workspace is one, the right that a route demands says."""

from pathlib import Path

import taskhub.kernel
from taskhub.kernel.contract.access import Access
from taskhub.modules.discovery import installed_modules
from taskhub.workspaces.contract.access import WorkspaceAccess

KERNEL = Path(next(iter(taskhub.kernel.__path__)))


def test_the_kernel_does_not_name_what_is_a_stream_elsewhere() -> None:
    sources = sorted(KERNEL.rglob("*.py"))
    assert len(sources) > 50
    assert [str(path) for path in sources if "workspace_id" in path.read_text("utf-8")] == []


def test_whatever_names_a_workspace_in_its_path_demands_a_right_there() -> None:
    operations = installed_modules().operations
    in_workspace = [operation for operation in operations if "workspace_id" in operation.param_convertors]
    assert len(in_workspace) > 30
    elsewhere: list[Access] = [one.access for one in in_workspace if not isinstance(one.access, WorkspaceAccess)]
    assert elsewhere == []
