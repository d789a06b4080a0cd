"""What a commit is going to send, seen before it is sent."""

import json
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from sqlalchemy import ARRAY, JSON, Column, Integer, MetaData, Table

from factories.tasks import LATER, NOW, ContentFactory, ProjectFactory, TaskFactory
from taskhub.kernel.application.commands import Context, IdempotencyKey, Reply
from taskhub.kernel.application.unit_of_work import Attempt, EventLocator
from taskhub.kernel.infrastructure.unit_of_work import answers, changes
from taskhub.kernel.infrastructure.unit_of_work.bindings import bind_rows
from taskhub.kernel.infrastructure.unit_of_work.commit_statement import statement_for
from taskhub.kernel.infrastructure.unit_of_work.commit_steps import steps_for
from taskhub.kernel.infrastructure.unit_of_work.identity_map import IdentityMap
from taskhub.kernel.infrastructure.unit_of_work.mapping import Mapping
from taskhub.kernel.infrastructure.unit_of_work.plan import CommitPlan, plan_commit
from taskhub.tasks.domain.due import Due
from taskhub.tasks.domain.label import STANDARD_COLOR, Label
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Task
from taskhub.tasks.infrastructure.mappings import LABELS, PROJECTS, TASKS
from taskhub.tasks.infrastructure.task_lookup import digest_of

MAPPINGS: dict[type, Mapping[Any]] = {one.aggregate: one for one in (PROJECTS, TASKS, LABELS)}
DONE = Reply()


class Planned:
    """What a command has in its hands, and how its commit is planned."""

    def __init__(self, *, key: IdempotencyKey | None = None) -> None:
        self.attempt = Attempt(Context(uuid4(), "r", key), NOW)
        self.identity_map = IdentityMap()

    def load(self, aggregate: Any, *, is_locked: bool = False) -> Any:
        mapping = MAPPINGS[type(aggregate)]
        return self.identity_map.load(mapping, mapping.to_row(aggregate), is_locked=is_locked)

    def add(self, aggregate: Any) -> Any:
        self.identity_map.add(MAPPINGS[type(aggregate)], aggregate)
        return aggregate

    def plan(self, result: Any = None, reply: Reply = DONE) -> CommitPlan:
        self.identity_map.raise_versions()
        return plan_commit(self.attempt, self.identity_map, result, reply)


def new_task(project: Project) -> Task:
    """A task that has been created, and has no number yet."""
    task: Task = Task.create(id=uuid4(), project=project, content=ContentFactory(), created_by_id=uuid4(), now=NOW)
    return task


def new_label(workspace_id: UUID, name: str) -> Label:
    return Label.create(workspace_id=workspace_id, id=uuid4(), name=name, color=STANDARD_COLOR, now=NOW)


def retitle(task: Task, project: Project) -> Task:
    task.change(task.content.changed({"title": "Renamed"}), project=project, now=LATER)
    return task


def idempotency_key() -> IdempotencyKey:
    return IdempotencyKey(uuid4(), uuid4(), "k", b"fingerprint")


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What has been encoded, in order."""
    documents: list[Any] = []

    def encode(document: Any) -> bytes:
        documents.append(document)
        return msgspec.json.encode(document, order="deterministic")

    monkeypatch.setattr(changes, "encode", encode)
    monkeypatch.setattr(answers, "encode", encode)
    return documents


# -- what is sent -------------------------------------------------------------------------------------


def test_a_command_that_changes_nothing_sends_nothing() -> None:
    command = Planned()
    project = command.load(ProjectFactory())
    plan = command.plan(project)
    assert (plan.commits, plan.locator) == ((), None)
    assert msgspec.json.decode(plan.answer.body)["id"] == str(project.id)


def test_a_key_is_kept_even_so() -> None:
    key = idempotency_key()
    (commit,) = Planned(key=key).plan().commits
    assert commit.parameters["key__key"] == "k"


def test_one_row_or_only_new_ones_go_through_whole_and_need_no_transaction() -> None:
    one, new = Planned(), Planned()
    project = one.load(ProjectFactory())
    retitle(one.load(TaskFactory(project=project)), project)
    for name in ("Bug", "Idea"):
        new.add(new_label(project.workspace_id, name))
    assert [command.plan().needs_transaction for command in (one, new)] == [False, False]


def test_two_changed_rows_may_fall_short_halfway_and_need_one() -> None:
    command = Planned()
    project = command.load(ProjectFactory())
    for task in TaskFactory.build_batch(2, project=project):
        retitle(command.load(task), project)
    assert command.plan().needs_transaction


def test_what_several_rows_have_in_common_is_sent_once() -> None:
    command = Planned()
    project = command.load(ProjectFactory())
    labels = [command.add(new_label(project.workspace_id, name)) for name in ("Bug", "Idea")]
    (commit,) = command.plan().commits
    assert sorted(commit.parameters["insert_labels__name"]) == ["Bug", "Idea"]
    assert commit.parameters["insert_labels__created_at"] == [labels[0].created_at]
    assert commit.parameters["event__type"] == ["label.created"]
    assert commit.parameters["event__snapshot"] != commit.parameters["event__snapshot"][:1]


@pytest.mark.parametrize("days", [(1, 1, 1), (1, 2, 1), (1, 1, 2), (2, 1, 1)])
def test_values_are_sent_once_where_all_are_equal_and_each_for_its_row_otherwise(days: tuple[int, ...]) -> None:
    command = Planned()
    project = command.load(ProjectFactory())
    wanted = {}
    for day, task in zip(days, TaskFactory.build_batch(3, project=project, version=1_000), strict=True):
        wanted[task.id] = date(2031, 1, day)
        changed = command.load(task)
        changed.change(changed.content.changed({"due": Due(date(2031, 1, day))}), project=project, now=LATER)
    (commit,) = command.plan().commits
    sent = commit.parameters["update_tasks__due_date"]
    assert len(sent) == (1 if len({*days}) == 1 else 3)
    of_rows = sent if len(sent) > 1 else sent * 3
    assert dict(zip(commit.parameters["update_tasks__id"], of_rows, strict=True)) == wanted
    assert commit.parameters["update_tasks__loaded_version"] == [1_000]


def test_json_that_is_equal_to_python_alone_is_sent_for_each_row() -> None:
    parameters: dict[str, Any] = {}
    table = Table("t", MetaData(), Column("setting", JSON()), Column("n", Integer()))
    bind_rows(parameters, "part", table, ("setting", "n"), [({"on": 1}, 7), ({"on": True}, 7), ({"on": 1}, 7)])
    assert json.dumps(parameters["part__setting"]) == '[{"on": 1}, {"on": true}, {"on": 1}]'
    assert parameters["part__n"] == [7]


@pytest.mark.parametrize(
    ("lists", "elements", "starts", "ends"),
    [
        ([[1, 2], [1, 2], [1, 2]], [1, 2], [1], [2]),
        ([[], [], []], [], [1], [0]),
        ([None, None, None], [], [None], [None]),
        ([[1, 2], None, [1, 2]], [1, 2, 1, 2], [1, None, 3], [2, None, 4]),
        ([[1], [1, 2], [1]], [1, 1, 2, 1], [1, 2, 4], [1, 3, 4]),
    ],
)
def test_a_list_that_all_rows_have_is_sent_once(
    lists: list[list[int] | None], elements: list[int], starts: list[int | None], ends: list[int | None]
) -> None:
    parameters: dict[str, Any] = {}
    table = Table("t", MetaData(), Column("numbers", ARRAY(Integer())))
    bind_rows(parameters, "part", table, ("numbers",), [(numbers,) for numbers in lists])
    sent = (parameters["part__numbers"], parameters["part__numbers_from"], parameters["part__numbers_until"])
    assert sent == (elements, starts, ends)


def test_a_field_that_is_not_loaded_is_written_only_where_it_was_given_a_value() -> None:
    command = Planned()
    project = command.load(ProjectFactory())
    row = [*TASKS.to_row(TaskFactory(project=project))]
    row[TASKS.not_loaded["rank"]] = "i000000001"
    loaded = command.identity_map.load(TASKS, row, is_locked=False)
    retitle(loaded, project)
    assert "update_tasks__rank" not in command.plan().commits[0].parameters
    loaded.rank = "i000000002"
    assert command.plan().commits[0].parameters["update_tasks__rank"] == "i000000002"


def with_keys(command: Planned, before: tuple[str, ...], after: tuple[str, ...]) -> Task:
    """A task that is given other external keys."""
    project = command.load(ProjectFactory())
    task: Task = command.load(TaskFactory(project=project, content=ContentFactory(external_keys=before)))
    task.change(task.content.changed({"external_keys": after}), project=project, now=LATER)
    return task


def test_what_is_claimed_comes_in_one_order_and_needs_no_transaction() -> None:
    command = Planned()
    task = with_keys(command, ("a",), ("a", "b", "c"))
    plan = command.plan()
    (commit,) = plan.commits
    digests = sorted(map(digest_of, "bc"))
    assert commit.parameters["claim_external_keys__digest"] == digests
    assert commit.parameters["claim_external_keys__task_id"] == [task.id]
    assert not any(name.startswith("release_external_keys") for name in commit.parameters)
    assert not plan.needs_transaction


def test_what_is_released_may_fall_short_and_needs_one() -> None:
    command = Planned()
    with_keys(command, ("a", "b"), ("b", "c"))
    plan = command.plan()
    (commit,) = plan.commits
    assert commit.parameters["release_external_keys__digest"] == digest_of("a")
    assert commit.parameters["claim_external_keys__digest"] == digest_of("c")
    sql = statement_for(commit.shape).sql
    assert sql.index("DELETE FROM external_keys") < sql.index("INSERT INTO external_keys")
    assert plan.needs_transaction


def test_what_a_removed_thing_has_claimed_stays_its_own() -> None:
    command = Planned()
    task = command.load(TaskFactory(content=ContentFactory(external_keys=("a",))), is_locked=True)
    task.purge(LATER)
    command.identity_map.remove(TASKS, task)
    (commit,) = command.plan().commits
    assert "external_keys" not in statement_for(commit.shape).sql.replace("tasks.external_keys", "")


def test_two_streams_need_one_and_the_last_has_the_key() -> None:
    command = Planned(key=idempotency_key())
    for name in ("Bug", "Idea"):
        command.add(new_label(uuid4(), name))
    plan = command.plan()
    assert plan.needs_transaction
    assert ["key__key" in commit.parameters for commit in plan.commits] == [False, True]
    streams = [commit.parameters["events__stream_id"] for commit in plan.commits]
    assert streams == sorted(streams)
    assert len({commit.parameters["event__id"] for commit in plan.commits}) == 2


def test_an_update_writes_what_differs_under_the_version_that_was_loaded() -> None:
    command = Planned()
    project = command.load(ProjectFactory())
    task = retitle(command.load(TaskFactory(project=project, version=4)), project)
    (commit,) = command.plan().commits
    written = {name: value for name, value in commit.parameters.items() if name.startswith("update_tasks__")}
    assert written == {
        "update_tasks__workspace_id": task.workspace_id,
        "update_tasks__id": task.id,
        "update_tasks__title": "Renamed",
        "update_tasks__version": 5,
        "update_tasks__updated_at": LATER,
        "update_tasks__loaded_version": 4,
    }


def test_a_plan_can_be_made_twice() -> None:
    command = Planned()
    project = command.load(ProjectFactory())
    retitle(command.load(TaskFactory(project=project)), project)
    command.identity_map.guard(PROJECTS.guard, (project.workspace_id, project.id, project.version))
    assert command.plan().commits == command.plan().commits


# -- what is relied upon ------------------------------------------------------------------------------


def test_what_was_loaded_and_not_changed_is_checked() -> None:
    command = Planned(key=idempotency_key())
    project = command.load(ProjectFactory(version=3))
    (commit,) = command.plan().commits
    assert (commit.parameters["guard_0__id"], commit.parameters["guard_0__version"]) == (project.id, 3)


def test_what_is_locked_can_not_change_any_more() -> None:
    command = Planned(key=idempotency_key())
    command.load(ProjectFactory(), is_locked=True)
    (commit,) = command.plan().commits
    assert not any(name.startswith("guard_") for name in commit.parameters)


@pytest.mark.parametrize("is_locked", [False, True])
def test_the_step_in_front_of_an_insert_checks_the_parent_itself(is_locked: bool) -> None:
    command = Planned()
    project = command.load(ProjectFactory(version=3), is_locked=is_locked)
    command.add(new_task(project))
    (commit,) = command.plan().commits
    assert (commit.parameters["parent__id"], commit.parameters["parent__version"]) == (project.id, 3)
    assert not any(name.startswith("guard_") for name in commit.parameters)


# -- what is answered ---------------------------------------------------------------------------------


def test_what_changed_is_encoded_once_for_its_event_and_the_answer(encoded: list[Any]) -> None:
    command = Planned(key=idempotency_key())
    project = command.load(ProjectFactory())
    task = retitle(command.load(TaskFactory(project=project)), project)
    plan = command.plan(task)
    assert plan.complete({}).body.decode() == plan.commits[0].parameters["event__snapshot"]
    assert encoded.count(TASKS.represent(task)) == 1


def test_what_only_the_commit_can_tell_is_encoded_once_without_it_and_once_with_it(encoded: list[Any]) -> None:
    command = Planned(key=idempotency_key())
    task = command.add(new_task(command.load(ProjectFactory(key="OPS"))))
    plan = command.plan(task)
    logged = TASKS.represent(task)
    answer = plan.complete({"number": 7, "key": "OPS-7"})
    assert (task.number, task.key) == (7, "OPS-7")
    assert answer.body == msgspec.json.encode(TASKS.represent(task), order="deterministic")
    assert [document for document in encoded if isinstance(document, TASKS.view)] == [logged, TASKS.represent(task)]


def test_until_then_the_answer_has_no_body_and_its_place_in_the_log_is_known() -> None:
    command = Planned()
    task = command.add(new_task(command.load(ProjectFactory())))
    plan = command.plan(task)
    assert (plan.is_incomplete, plan.answer.body, plan.answer.version) == (True, b"", 1)
    assert plan.locator == EventLocator(task.workspace_id, task.id, 1, command.attempt.event_id(0))


def test_an_answer_that_the_log_can_not_repeat_is_known_before_the_commit() -> None:
    command = Planned()
    task = command.add(new_task(command.load(ProjectFactory())))
    with pytest.raises(AssertionError, match="known before the commit"):
        command.plan(task, Reply(present=lambda view: view))


def test_a_thing_that_nobody_is_shown_gets_its_number_all_the_same() -> None:
    command = Planned()
    task = command.add(new_task(command.load(ProjectFactory())))
    answer = command.plan(None).complete({"number": 7, "key": "OPS-7"})
    assert (answer.body, task.number) == (b"", 7)


def test_the_key_keeps_a_body_only_where_the_log_has_none() -> None:
    shown, hidden = Planned(key=idempotency_key()), Planned(key=idempotency_key())
    for command in (shown, hidden):
        command.load(ProjectFactory())
    project = shown.load(ProjectFactory())
    (of_log,) = shown.plan(project).commits
    project = hidden.load(ProjectFactory())
    (of_key,) = hidden.plan(project, Reply(present=lambda view: {"of": view.name})).commits
    assert of_log.parameters["key__body"] is None
    assert msgspec.json.decode(of_key.parameters["key__body"]) == {"of": project.name}


def test_several_rows_that_others_rely_on_are_locked_and_written_with_the_same_values() -> None:
    planned, workspace_id = Planned(), uuid4()
    for name in ("one", "two"):
        label = planned.load(new_label(workspace_id, name))
        label.update(now=LATER, name=f"{name} more")
    (commit,) = planned.plan().commits
    assert commit.parameters["update_labels__workspace_id"] == workspace_id
    assert statement_for(commit.shape).arguments(commit.parameters)
    lock, update, *_ = steps_for(commit.shape).steps
    assert (lock.wanted, update.wanted) == ("update_labels__count", "update_labels__count")
    assert [step.statement.arguments(commit.parameters) for step in (lock, update)]


def test_arrays_of_several_rows_travel_as_one_with_their_bounds() -> None:
    planned, project = Planned(), ProjectFactory()
    labels = [[uuid4(), uuid4()], [], [uuid4()]]
    for ids in labels:
        planned.add(
            Task.create(id=uuid4(), project=project, content=ContentFactory(label_ids=ids), created_by_id=uuid4(), now=NOW)
        )
    (commit,) = planned.plan().commits
    bounds = zip(
        commit.parameters["insert_tasks__label_ids_from"], commit.parameters["insert_tasks__label_ids_until"], strict=True
    )
    sent = [commit.parameters["insert_tasks__label_ids"][first - 1 : last] for first, last in bounds]
    assert sorted(sent) == sorted(labels)


def test_rows_that_were_relied_on_in_two_streams_are_checked_in_each_by_itself() -> None:
    planned = Planned()
    projects = [planned.load(ProjectFactory()) for _ in range(2)]
    planned.add(new_label(projects[0].workspace_id, "new"))
    (commit,) = planned.plan().commits
    assert [many for _, many in commit.shape.guards] == [False, False]
    told = {commit.parameters[f"guard_{index}__workspace_id"] for index in range(2)}
    assert told == {project.workspace_id for project in projects}
