"""What the tasks module is made of. Parts have the type of their Protocol, so that mypy checks here whether a class fits."""

from typing import Any

from dependency_injector import containers, providers

from taskhub.kernel.application.reversal import Reversal
from taskhub.kernel.application.runner import CommandLog, Runner
from taskhub.kernel.infrastructure.background.purge import Purge
from taskhub.kernel.infrastructure.cache.row_cache import RowCache
from taskhub.kernel.infrastructure.event_log.command_log import SqlCommandLog
from taskhub.kernel.infrastructure.unit_of_work.row_locks import RowLocks
from taskhub.kernel.infrastructure.use_cases import UseCases
from taskhub.tasks.application.background.empty_purged_workspace import empty_purged_workspace
from taskhub.tasks.application.background.release_former_member import ReleaseFormerMember
from taskhub.tasks.application.bulk.bulk_create_tasks import bulk_create_tasks
from taskhub.tasks.application.bulk.bulk_update_tasks import bulk_update_tasks
from taskhub.tasks.application.comments.change_comment import change_comment
from taskhub.tasks.application.comments.create_comment import create_comment
from taskhub.tasks.application.comments.delete_comment import delete_comment
from taskhub.tasks.application.labels.change_label import change_label
from taskhub.tasks.application.labels.create_label import create_label
from taskhub.tasks.application.labels.delete_label import delete_label
from taskhub.tasks.application.ports import TasksUnitOfWork
from taskhub.tasks.application.projects.archive_project import archive_project, unarchive_project
from taskhub.tasks.application.projects.change_project import change_project
from taskhub.tasks.application.projects.create_project import create_project
from taskhub.tasks.application.projects.set_workflow import set_workflow
from taskhub.tasks.application.projects.trash_project import restore_project, trash_project
from taskhub.tasks.application.queries import (
    CommentQueries,
    HistoryQueries,
    KeyQueries,
    LabelQueries,
    ProjectQueries,
    TaskQueries,
)
from taskhub.tasks.application.tasks.assign_task import assign_task, unassign_task
from taskhub.tasks.application.tasks.block_task import block_task, unblock_task
from taskhub.tasks.application.tasks.change_task import change_task
from taskhub.tasks.application.tasks.create_task import create_task
from taskhub.tasks.application.tasks.label_task import label_task, unlabel_task
from taskhub.tasks.application.tasks.move_task import move_task
from taskhub.tasks.application.tasks.put_task import put_task
from taskhub.tasks.application.tasks.trash_task import restore_task, trash_task
from taskhub.tasks.application.undo.reversal import TasksReversal
from taskhub.tasks.contract.tasks import TaskReader, Tasks
from taskhub.tasks.infrastructure.mappings import COMMENTS, LABELS, PROJECTS, TASKS
from taskhub.tasks.infrastructure.purge import TrashPurge
from taskhub.tasks.infrastructure.queries.comments import SqlCommentQueries
from taskhub.tasks.infrastructure.queries.history import SqlHistoryQueries
from taskhub.tasks.infrastructure.queries.keys import SqlKeyQueries
from taskhub.tasks.infrastructure.queries.labels import SqlLabelQueries
from taskhub.tasks.infrastructure.queries.projects import SqlProjectQueries
from taskhub.tasks.infrastructure.queries.tasks import SqlTaskQueries
from taskhub.tasks.infrastructure.repositories.named_rows import lock_named_rows
from taskhub.tasks.infrastructure.repositories.undo import sql_undo_work
from taskhub.tasks.infrastructure.sort_keys import SortKeyUpkeep
from taskhub.tasks.infrastructure.tasks_port import SqlTaskReader, sql_tasks
from taskhub.tasks.infrastructure.unit_of_work import SqlTasksUnitOfWork


class TasksContainer(containers.DeclarativeContainer):
    database: providers.Dependency[Any] = providers.Dependency()
    notifier: providers.Dependency[Any] = providers.Dependency()
    clock: providers.Dependency[Any] = providers.Dependency()
    monotonic: providers.Dependency[Any] = providers.Dependency()
    memberships: providers.Dependency[Any] = providers.Dependency()

    project_cache = providers.Singleton(RowCache, PROJECTS, monotonic)
    unit_of_work: providers.Provider[TasksUnitOfWork] = providers.Factory(
        SqlTasksUnitOfWork, database, notifier, memberships, project_cache
    )
    command_log: providers.Provider[CommandLog] = providers.Singleton(
        SqlCommandLog, database, (PROJECTS, TASKS, LABELS, COMMENTS)
    )
    runner: providers.Provider[Runner[TasksUnitOfWork]] = providers.Singleton(Runner, unit_of_work.provider, command_log, clock)

    task_queries: providers.Provider[TaskQueries] = providers.Singleton(SqlTaskQueries, database)
    project_queries: providers.Provider[ProjectQueries] = providers.Singleton(SqlProjectQueries, database)
    task_reader: providers.Provider[TaskReader] = providers.Singleton(SqlTaskReader, database)
    key_queries: providers.Provider[KeyQueries] = providers.Singleton(SqlKeyQueries, database)
    label_queries: providers.Provider[LabelQueries] = providers.Singleton(SqlLabelQueries, database)
    comment_queries: providers.Provider[CommentQueries] = providers.Singleton(SqlCommentQueries, database)
    history_queries: providers.Provider[HistoryQueries] = providers.Singleton(SqlHistoryQueries, database)

    bound = UseCases(runner, clock=clock)
    create_project = bound(create_project)
    change_project = bound(change_project)
    archive_project = bound(archive_project)
    unarchive_project = bound(unarchive_project)
    set_workflow = bound(set_workflow)
    trash_project = bound(trash_project)
    restore_project = bound(restore_project)

    create_task = bound(create_task)
    change_task = bound(change_task)
    put_task = bound(put_task)
    trash_task = bound(trash_task)
    restore_task = bound(restore_task)
    assign_task = bound(assign_task)
    unassign_task = bound(unassign_task)
    label_task = bound(label_task)
    unlabel_task = bound(unlabel_task)
    block_task = bound(block_task)
    unblock_task = bound(unblock_task)
    move_task = bound(move_task)
    bulk_create_tasks = bound(bulk_create_tasks)
    bulk_update_tasks = bound(bulk_update_tasks)

    create_label = bound(create_label)
    change_label = bound(change_label)
    delete_label = bound(delete_label)

    create_comment = bound(create_comment)
    change_comment = bound(change_comment)
    delete_comment = bound(delete_comment)

    release_former_member = providers.Singleton(ReleaseFormerMember, clock)
    subscribers = providers.List(release_former_member)
    background = providers.Object(())
    ports = providers.Object({Tasks: sql_tasks})
    services = providers.Dict({TaskReader: task_reader.provider})
    reversal: providers.Provider[Reversal] = providers.Singleton(
        TasksReversal, providers.Singleton(sql_undo_work, memberships, project_cache)
    )
    row_locks: providers.Provider[RowLocks] = providers.Object(lock_named_rows)
    empty = providers.Callable(empty_purged_workspace)

    trash_purge = providers.Singleton(TrashPurge, runner)
    sort_keys = providers.Singleton(SortKeyUpkeep)
    purges = providers.List(providers.Factory(Purge, "trash", trash_purge), providers.Factory(Purge, "sort_keys", sort_keys))
