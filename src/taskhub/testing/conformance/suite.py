"""The checks as a class of pytest tests, to derive from.

class TestNotes(Conformance):
    module = module
    resources = [Resource("note", "notes", make=new_note, patches=[{"title": "Other"}])]
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import ExitStack
from inspect import signature
from typing import Any, ClassVar

import pytest
import structlog

from taskhub.kernel.module_api import Module
from taskhub.testing.conformance.checks import (
    concurrency,
    conditions,
    cost,
    description,
    fakes,
    imports,
    keys,
    lists,
    migrations,
    purges,
    refusals,
    representation,
    statements,
    subscribers,
    wire,
)
from taskhub.testing.conformance.databases import MigratedDatabase, own_database
from taskhub.testing.conformance.resources import Fake, ModuleUnderTest, Resource
from taskhub.testing.conformance.rules import NotConforming, RuleCheck
from taskhub.testing.conformance.service import LoopThread, Service
from taskhub.testing.conformance.subject import Subject
from taskhub.testing.conformance.world import Case, World

DATABASE_FIXTURE = "conformance_database_url"
SETTINGS_FIXTURE = "taskhub_settings"
LOG_PROCESSORS = (
    structlog.processors.add_log_level,
    structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
)
"""Errors only, and without all values in a traceback: to show those of a hostile request takes seconds."""


MAX_SECONDS = 300.0
"""Of one check, on a slow machine: they take a second or two. One that waits for something that does not come is ended."""

APPLIES: Mapping[str, Callable[[Resource], object]] = {
    "test_a_key_is_for_one_request": lambda resource: resource.is_retryable,
    "test_a_key_that_is_sent_at_once_is_done_once": lambda resource: resource.is_retryable,
    "test_a_write_can_be_tried_out_and_batched": lambda resource: resource.is_retryable and not resource.is_of_account,
    "test_a_patch_that_changes_nothing_leaves_no_trace": lambda resource: resource.patches,
    "test_concurrent_patches_all_survive": lambda resource: resource.patches,
    "test_a_purged_thing_leaves_nothing_behind": lambda resource: not resource.is_kept,
}
"""Which tests are of some resources only. That a resource is declared rightly in this is tested by others."""


class Running:
    """A service, and the loop that it lives in."""

    def __init__(self, database: MigratedDatabase, module_settings: Mapping[str, Any]) -> None:
        self._configures_logs = not structlog.is_configured()
        if self._configures_logs:
            structlog.configure(processors=[*LOG_PROCESSORS], wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
        self.loop = LoopThread()
        self.service = self.loop.run(_started(database, module_settings))

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run(asyncio.wait_for(coroutine, MAX_SECONDS))

    def stop(self) -> None:
        self.loop.run(self.service.stop())
        self.loop.stop()
        if self._configures_logs:
            structlog.reset_defaults()


_RUNNING = pytest.StashKey[Running]()


async def _started(database: MigratedDatabase, module_settings: Mapping[str, Any]) -> Service:
    service = Service(database, module_settings=module_settings)
    await service.start()
    return service


def running_service(request: pytest.FixtureRequest) -> Running:
    """The service of this process, which is started when it is first asked for, and stopped at the end."""
    stash = request.config.stash
    if _RUNNING not in stash:
        stack = ExitStack()
        request.config.add_cleanup(stack.close)
        url = _value_of(DATABASE_FIXTURE, request)
        database = MigratedDatabase(url) if url else stack.enter_context(own_database())
        stash[_RUNNING] = Running(database, _value_of(SETTINGS_FIXTURE, request) or {})
        stack.callback(stash[_RUNNING].stop)
    return stash[_RUNNING]


def _value_of(fixture: str, request: pytest.FixtureRequest) -> Any:
    """The value of a fixture; None where there is no such."""
    try:
        return request.getfixturevalue(fixture)
    except pytest.FixtureLookupError:
        return None


class Conformance:
    """What every module keeps, as tests: derive a class from it whose name begins with `Test`.

    The service is the installed one, in this process, on a database of its own: the embedded PostgreSQL, or what a session-wide
    fixture `conformance_database_url` gives, a migrated database that nothing else uses. Of the settings only those of modules
    count that the fixture `taskhub_settings` gives, which is that of testing servers.

    Attributes:
        module: the module.
        resources: its things in workspaces.
        fakes: its repositories in memory, for tests of use cases.
        across_workspaces: regular expressions of the SQL that has to look at more than one workspace, by the reason why.
        triggers: what else makes its subscribers work, beside all that can be done to its resources.
    """

    module: ClassVar[Module]
    resources: ClassVar[Sequence[Resource]] = ()
    fakes: ClassVar[Sequence[Fake]] = ()
    across_workspaces: ClassVar[Mapping[str, str]] = {}
    triggers: ClassVar[Sequence[Callable[[World], Coroutine[Any, Any, None]]]] = ()

    def __init_subclass__(cls) -> None:
        """Tests of what is not declared are none: they would be skipped for ever."""
        super().__init_subclass__()
        for name, test in vars(Conformance).items():
            parameters = signature(test).parameters if name.startswith("test_") else {}
            if ("resource" in parameters and not cls._resources_of(name)) or ("fake" in parameters and not cls.fakes):
                setattr(cls, name, None)

    @pytest.fixture(autouse=True)
    def _conformance_service(self, request: pytest.FixtureRequest) -> None:
        self._running = running_service(request)

    @classmethod
    def pytest_generate_tests(cls, metafunc: pytest.Metafunc) -> None:
        resources = cls._resources_of(metafunc.function.__name__)
        for name, declared in (("resource", resources), ("fake", cls.fakes)):
            if name in metafunc.fixturenames:
                ids = [one.name if isinstance(one, Resource) else one.repository for one in declared]
                metafunc.parametrize(name, declared, ids=ids)

    @classmethod
    def _resources_of(cls, test: str) -> list[Resource]:
        """The resources that a test is of."""
        return [one for one in cls.resources if APPLIES.get(test, bool)(one)]

    @classmethod
    def declared(cls) -> ModuleUnderTest:
        return ModuleUnderTest(cls.module, cls.resources, cls.fakes, cls.across_workspaces, cls.triggers)

    def _check_resource(self, check: RuleCheck[Case], resource: Resource) -> None:
        async def run() -> None:
            await check(Case(await World.create(self._running.service, resource), resource))

        self._run(run())

    def _check_module(self, check: RuleCheck[Subject]) -> None:
        self._run(check(Subject(self._running.service, self.declared())))

    def _run(self, checking: Coroutine[Any, Any, None]) -> None:
        """Findings are told without the way to them: it leads through the kit."""
        finding = ""
        try:
            self._running.run(checking)
        except NotConforming as error:
            finding = str(error)
        if finding:
            pytest.fail(finding, pytrace=False)

    def test_refusals_come_in_order(self, resource: Resource) -> None:
        self._check_resource(refusals.refusals_come_in_order, resource)

    def test_the_least_right_is_enough(self, resource: Resource) -> None:
        self._check_resource(refusals.the_least_right_is_enough, resource)

    def test_foreign_missing_and_malformed_look_alike(self, resource: Resource) -> None:
        self._check_resource(refusals.foreign_missing_and_malformed_look_alike, resource)

    def test_a_stale_if_match_changes_nothing(self, resource: Resource) -> None:
        self._check_resource(conditions.a_stale_if_match_changes_nothing, resource)

    def test_a_version_is_asked_for_where_one_is_required(self, resource: Resource) -> None:
        self._check_resource(conditions.a_version_is_asked_for_where_one_is_required, resource)

    def test_a_read_honours_conditions(self, resource: Resource) -> None:
        self._check_resource(conditions.a_read_honours_conditions, resource)

    def test_a_retried_write_is_replayed(self, resource: Resource) -> None:
        self._check_resource(keys.a_retried_write_is_replayed, resource)

    def test_a_key_is_for_one_request(self, resource: Resource) -> None:
        self._check_resource(keys.a_key_is_for_one_request, resource)

    def test_a_key_that_is_sent_at_once_is_done_once(self, resource: Resource) -> None:
        self._check_resource(keys.a_key_that_is_sent_at_once_is_done_once, resource)

    def test_a_write_can_be_tried_out_and_batched(self, resource: Resource) -> None:
        self._check_resource(keys.a_write_can_be_tried_out_and_batched, resource)

    def test_a_thing_has_one_representation(self, resource: Resource) -> None:
        self._check_resource(representation.a_thing_has_one_representation, resource)

    def test_a_patch_that_changes_nothing_leaves_no_trace(self, resource: Resource) -> None:
        self._check_resource(representation.a_patch_that_changes_nothing_leaves_no_trace, resource)

    def test_replaying_the_changes_gives_the_snapshot(self, resource: Resource) -> None:
        self._check_resource(representation.replaying_the_changes_gives_the_snapshot, resource)

    def test_a_walk_shows_each_thing_once(self, resource: Resource) -> None:
        self._check_resource(lists.a_walk_shows_each_thing_once, resource)

    def test_a_cursor_is_bound_to_its_list(self, resource: Resource) -> None:
        self._check_resource(lists.a_cursor_is_bound_to_its_list, resource)

    def test_a_tag_of_a_list_is_good_until_something_changes(self, resource: Resource) -> None:
        self._check_resource(lists.a_tag_of_a_list_is_good_until_something_changes, resource)

    def test_concurrent_patches_all_survive(self, resource: Resource) -> None:
        self._check_resource(concurrency.concurrent_patches_all_survive, resource)

    def test_a_write_whose_reply_is_lost_is_done_once(self, resource: Resource) -> None:
        self._check_resource(concurrency.a_write_whose_reply_is_lost_is_done_once, resource)

    def test_round_trips_stay_within_their_budget(self, resource: Resource) -> None:
        self._check_resource(cost.round_trips_stay_within_their_budget, resource)

    def test_a_purged_thing_leaves_nothing_behind(self, resource: Resource) -> None:
        self._check_resource(purges.a_purged_thing_leaves_nothing_behind, resource)

    def test_methods_and_media_types_are_told(self, resource: Resource) -> None:
        self._check_resource(wire.methods_and_media_types_are_told, resource)

    def test_hostile_bodies_are_refused(self, resource: Resource) -> None:
        self._check_resource(wire.hostile_bodies_are_refused, resource)

    def test_every_statement_is_keyed_by_its_workspace(self) -> None:
        self._check_module(statements.every_statement_is_keyed_by_its_workspace)

    def test_a_purged_workspace_leaves_nothing_behind(self) -> None:
        self._check_module(purges.a_purged_workspace_leaves_nothing_behind)

    def test_an_event_that_comes_twice_counts_once(self) -> None:
        self._check_module(subscribers.an_event_that_comes_twice_counts_once)

    def test_a_process_may_be_killed_at_any_moment(self) -> None:
        self._check_module(subscribers.a_process_may_be_killed_at_any_moment)

    def test_migrations_go_up_down_and_up_again(self) -> None:
        self._check_module(migrations.migrations_go_up_down_and_up_again)

    def test_the_description_is_complete(self) -> None:
        self._check_module(description.the_description_is_complete)

    def test_bodies_and_queries_can_be_validated(self) -> None:
        self._check_module(description.bodies_and_queries_can_be_validated)

    def test_the_examples_can_be_sent(self) -> None:
        self._check_module(description.the_examples_can_be_sent)

    def test_imports_keep_the_contracts(self) -> None:
        self._check_module(imports.imports_keep_the_contracts)

    def test_a_fake_behaves_like_the_repository(self, fake: Fake) -> None:
        case = fakes.FakeCase(self._running.service, self.module.name, fake)
        self._run(fakes.a_fake_behaves_like_the_repository(case))
