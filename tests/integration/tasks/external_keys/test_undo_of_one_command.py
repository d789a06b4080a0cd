"""Undoing one command that has taken an external key off a task and created another one with it, as a batch may."""

from typing import Any
from uuid import UUID, uuid4

from support.harness.api import Api, ok
from support.harness.undoing import differences, everything, last_seq, undo
from taskhub.container import Container
from taskhub.kernel.application.clock import system_clock
from taskhub.kernel.application.commands import Context, Reply
from taskhub.tasks.domain.task import Content, Task

KEY = "github:org/repo#12"


async def test_the_key_goes_back_to_the_task_that_had_it(ada: Api, container: Container) -> None:
    task = await ada.add_task(external_keys=[KEY, "other"])
    before = await everything(ada)
    seq = await last_seq(ada)
    await replace_task(ada, container, UUID(task["id"]))
    after = await everything(ada)
    (replacing,) = ok(await ada.get("tasks", external_key=KEY))["items"]
    for _ in range(2):
        told = await undo(ada, seq + 1)
        assert differences(await everything(ada), before) == {}
        assert ok(await ada.get(f"tasks/{replacing['id']}", deleted="true"))["external_keys"] == ["new"]
        seq = (await undo(ada, told[-1]["seq"]))[0]["seq"] - 1
        assert differences(await everything(ada), after) == {}


async def replace_task(api: Api, container: Container, id: UUID) -> None:
    """Takes the key off a task, and creates another one with it."""
    workspace_id, actor_id, now = UUID(api.workspace["id"]), UUID(api.user["id"]), system_clock()

    async def replace(command: None, uow: Any) -> Task:
        await uow.lock()
        await uow.memberships.lock_workspace(workspace_id)
        task, project = await uow.tasks.get_in_project(workspace_id, id)
        task.change(task.content.changed({"external_keys": ("other",)}), project=project, now=now)
        places = await uow.projects.allocate(project, numbers=1, places=1)
        content = Content.of({"title": "New", "status": project.workflow.first, "external_keys": (KEY, "new")})
        (number,), (rank,) = places.numbers, places.ranks
        new = Task.create(id=uuid4(), project=project, content=content, created_by_id=actor_id, now=now, number=number, rank=rank)
        uow.tasks.add(new)
        return new

    await container.modules["tasks"].runner().run(replace, None, Context(actor_id), Reply())
