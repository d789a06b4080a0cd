"""The tasks module keeps what every module has to keep."""

from typing import ClassVar
from uuid import UUID

from factories.tasks import LATER, NOW
from support.fakes.tasks.store import FakeStore
from support.fakes.tasks.unit_of_work import FakeTasksUnitOfWork
from support.resources_of_tasks import RESOURCES, project
from taskhub.tasks.domain.label import Label
from taskhub.tasks.module import module as tasks
from taskhub.testing.conformance import Conformance, Fake, World


def a_new_label(workspace_id: UUID, id: UUID) -> Label:
    return Label.create(workspace_id=workspace_id, id=id, now=NOW, name="Bug", color="#808080")


LABELS_IN_MEMORY = Fake(
    "labels",
    store=FakeStore,
    unit_of_work=FakeTasksUnitOfWork,
    new=a_new_label,
    change=lambda label: label.update(now=LATER, name="Other"),
    remove=lambda label: label.delete(LATER),
)


async def a_member_leaves(world: World) -> None:
    """Somebody with tasks of theirs, who are taken off them."""
    member = await world.client("member")
    (await world.add("tasks", {"project_id": (await project(world))["id"], "title": "Theirs", "assignee_ids": [member.id]}))
    assert (await member.delete("members/me")).is_success


class TestTasks(Conformance):
    module = tasks
    fakes = (LABELS_IN_MEMORY,)
    triggers = (a_member_leaves,)
    resources = RESOURCES
    across_workspaces: ClassVar = {
        "the purge asks where the trash is old": r"^SELECT tasks\.workspace_id FROM tasks WHERE tasks\.deleted_at < \$1",
        "names that a process of a former version has written": r"^SELECT \w+\.workspace_id, \w+\.id, \w+\.name, \w+\.sort_key ",
    }
