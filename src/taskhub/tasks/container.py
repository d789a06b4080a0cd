"""What the tasks module is made of."""

from functools import partial
from typing import Any

from dependency_injector import containers, providers

from taskhub.kernel.application.runner import Runner
from taskhub.kernel.infrastructure.background.purge import Purge
from taskhub.kernel.infrastructure.cache.row_cache import RowCache
from taskhub.kernel.infrastructure.event_log.command_log import SqlCommandLog
from taskhub.tasks.application.background.empty_purged_workspace import empty_purged_workspace
from taskhub.tasks.application.background.release_former_member import ReleaseFormerMember
from taskhub.tasks.application.bulk.bulk_create_tasks import bulk_create_tasks
from taskhub.tasks.application.bulk.bulk_update_tasks import bulk_update_tasks
from taskhub.tasks.application.bulk.workspace_locks import WorkspaceLocks
from taskhub.tasks.application.comments.change_comment import change_comment
from taskhub.tasks.application.comments.create_comment import create_comment
from taskhub.tasks.application.comments.delete_comment import delete_comment
from taskhub.tasks.application.labels.change_label import change_label
from taskhub.tasks.application.labels.create_label import create_label
from taskhub.tasks.application.labels.delete_label import delete_label
from taskhub.tasks.application.projects.archive_project import archive_project, unarchive_project
from taskhub.tasks.application.projects.change_project import change_project
from taskhub.tasks.application.projects.create_project import create_project
from taskhub.tasks.application.projects.set_workflow import set_workflow
from taskhub.tasks.application.projects.trash_project import restore_project, trash_project
from taskhub.tasks.application.tasks.assign_task import assign_task, unassign_task
from taskhub.tasks.application.tasks.block_task import block_task, unblock_task
from taskhub.tasks.application.tasks.change_task import change_task
from taskhub.tasks.application.tasks.create_task import create_task
from taskhub.tasks.application.tasks.label_task import label_task, unlabel_task
from taskhub.tasks.application.tasks.move_task import move_task
from taskhub.tasks.application.tasks.trash_task import restore_task, trash_task
from taskhub.tasks.infrastructure.mappings import COMMENTS, LABELS, PROJECTS, TASKS
from taskhub.tasks.infrastructure.purge import TrashPurge
from taskhub.tasks.infrastructure.queries.comments import SqlCommentQueries
from taskhub.tasks.infrastructure.queries.history import SqlHistoryQueries
from taskhub.tasks.infrastructure.queries.keys import SqlKeyQueries
from taskhub.tasks.infrastructure.queries.labels import SqlLabelQueries
from taskhub.tasks.infrastructure.queries.projects import SqlProjectQueries
from taskhub.tasks.infrastructure.queries.tasks import SqlTaskQueries
from taskhub.tasks.infrastructure.sort_keys import SortKeyUpkeep
from taskhub.tasks.infrastructure.unit_of_work import SqlTasksUnitOfWork


class TasksContainer(containers.DeclarativeContainer):
    database: providers.Dependency[Any] = providers.Dependency()
    notifier: providers.Dependency[Any] = providers.Dependency()
    clock: providers.Dependency[Any] = providers.Dependency()
    memberships: providers.Dependency[Any] = providers.Dependency()

    project_cache = providers.Singleton(RowCache, PROJECTS)
    unit_of_work = providers.Factory(SqlTasksUnitOfWork, database, notifier, memberships, project_cache)
    command_log = providers.Singleton(SqlCommandLog, database, (PROJECTS, TASKS, LABELS, COMMENTS))
    runner: providers.Provider[Runner[SqlTasksUnitOfWork]] = providers.Singleton(
        Runner, unit_of_work.provider, command_log, clock
    )

    task_queries: providers.Provider[SqlTaskQueries] = providers.Singleton(SqlTaskQueries, database)
    project_queries: providers.Provider[SqlProjectQueries] = providers.Singleton(SqlProjectQueries, database)

    key_queries: providers.Provider[SqlKeyQueries] = providers.Singleton(SqlKeyQueries, database)
    label_queries: providers.Provider[SqlLabelQueries] = providers.Singleton(SqlLabelQueries, database)
    comment_queries: providers.Provider[SqlCommentQueries] = providers.Singleton(SqlCommentQueries, database)
    history_queries: providers.Provider[SqlHistoryQueries] = providers.Singleton(SqlHistoryQueries, database)

    create_project = providers.Singleton(partial, create_project, clock=clock)
    change_project = providers.Singleton(partial, change_project, clock=clock)
    archive_project = providers.Singleton(partial, archive_project, clock=clock)
    unarchive_project = providers.Singleton(partial, unarchive_project, clock=clock)
    set_workflow = providers.Singleton(partial, set_workflow, clock=clock)
    trash_project = providers.Singleton(partial, trash_project, clock=clock)
    restore_project = providers.Singleton(partial, restore_project, clock=clock)

    create_task = providers.Singleton(partial, create_task, clock=clock)
    change_task = providers.Singleton(partial, change_task, clock=clock)
    trash_task = providers.Singleton(partial, trash_task, clock=clock)
    restore_task = providers.Singleton(partial, restore_task, clock=clock)
    assign_task = providers.Singleton(partial, assign_task, clock=clock)
    unassign_task = providers.Singleton(partial, unassign_task, clock=clock)
    label_task = providers.Singleton(partial, label_task, clock=clock)
    unlabel_task = providers.Singleton(partial, unlabel_task, clock=clock)
    block_task = providers.Singleton(partial, block_task, clock=clock)
    unblock_task = providers.Singleton(partial, unblock_task, clock=clock)
    move_task = providers.Singleton(partial, move_task, clock=clock)
    workspace_locks = providers.Singleton(WorkspaceLocks)
    bulk_create_tasks = providers.Singleton(partial, bulk_create_tasks, clock=clock)
    bulk_update_tasks = providers.Singleton(partial, bulk_update_tasks, clock=clock)

    create_label = providers.Singleton(partial, create_label, clock=clock)
    change_label = providers.Singleton(partial, change_label, clock=clock)
    delete_label = providers.Singleton(partial, delete_label, clock=clock)

    create_comment = providers.Singleton(partial, create_comment, clock=clock)
    change_comment = providers.Singleton(partial, change_comment, clock=clock)
    delete_comment = providers.Singleton(partial, delete_comment, clock=clock)

    release_former_member = providers.Singleton(ReleaseFormerMember, clock)
    subscribers = providers.List(release_former_member)
    background = providers.Object(())
    ports = providers.Dict()
    services = providers.Dict()
    empty = providers.Callable(empty_purged_workspace)

    trash_purge = providers.Singleton(TrashPurge, runner)
    sort_keys = providers.Singleton(SortKeyUpkeep)
    purges = providers.List(providers.Factory(Purge, "trash", trash_purge), providers.Factory(Purge, "sort_keys", sort_keys))
