"""How long a role is remembered."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from support.fakes.clocks import FakeMonotonicClock
from taskhub.kernel.infrastructure.event_log.notifier import EventNotifier
from taskhub.workspaces.contract.access import Grant, Role
from taskhub.workspaces.contract.events import MEMBER_REMOVED, MEMBER_UPDATED, WORKSPACE_DELETED, WORKSPACE_UPDATED
from taskhub.workspaces.infrastructure.grants import SqlGrants

WHERE, WHO = uuid4(), uuid4()


class Database:
    """Knows one role of everybody, and takes its time to tell."""

    def __init__(self) -> None:
        self.role: Role | None = Role.MEMBER
        self.is_distributed = False
        self.meanwhile: Callable[[], None] = lambda: None
        self.asked: list[dict[str, list[UUID]]] = []

    @property
    def may_read_for_many(self) -> bool:
        return not self.is_distributed

    def has_unseen(self, *tables: str) -> bool:
        return False

    async def fetch_row(self, statement: Any, parameters: dict[str, UUID]) -> dict[str, Any] | None:
        row = {"role": int(self.role), "time_zone": "UTC"} if self.role else None
        self.meanwhile()
        return row

    async def fetch(self, statement: Any, parameters: dict[str, list[UUID]]) -> list[tuple[UUID, UUID, int, str]]:
        self.asked.append(parameters)
        role = int(self.role or 0)
        rows = [(where, who, role, "UTC") for where in parameters["workspace_ids"] for who in parameters["user_ids"]]
        self.meanwhile()
        return rows if self.role else []


class Setting:
    def __init__(self) -> None:
        self.database, self.notifier, self.clock = Database(), EventNotifier(), FakeMonotonicClock()
        self.grants = SqlGrants(self.database, self.notifier, self.clock)  # type: ignore[arg-type]  # A fake.

    def remembered(self) -> Role | None:
        grant = self.grants.remembered(WHERE, WHO)
        return grant.role if grant else None


@pytest.fixture
async def setting() -> Setting:
    """A role that has just been read."""
    setting = Setting()
    assert await setting.grants.read(WHERE, WHO) == Grant(Role.MEMBER, "UTC")
    return setting


def test_what_was_never_read_is_not_remembered() -> None:
    assert Setting().remembered() is None


async def test_a_role_is_remembered_for_less_than_a_second(setting: Setting) -> None:
    setting.clock.seconds += 0.999
    assert setting.remembered() is Role.MEMBER
    setting.clock.seconds += 0.001
    assert setting.remembered() is None


async def test_the_second_counts_from_when_the_question_was_put(setting: Setting) -> None:
    setting.database.meanwhile = lambda: setattr(setting.clock, "seconds", setting.clock.seconds + 0.8)
    await setting.grants.read(WHERE, WHO)
    setting.clock.seconds += 0.3
    assert setting.remembered() is None


async def test_that_somebody_is_no_member_is_not_remembered(setting: Setting) -> None:
    setting.database.role = None
    assert await setting.grants.read(WHERE, WHO) is None
    assert setting.remembered() is None


async def test_reading_again_remembers_what_is_true_now(setting: Setting) -> None:
    setting.database.role = Role.OWNER
    await setting.grants.read(WHERE, WHO)
    assert setting.remembered() is Role.OWNER


@pytest.mark.parametrize("event", [MEMBER_REMOVED, MEMBER_UPDATED, WORKSPACE_UPDATED, WORKSPACE_DELETED])
async def test_a_loss_in_this_process_is_heeded_at_once(setting: Setting, event: str) -> None:
    setting.notifier.notify({event}, {})
    assert setting.remembered() is None


async def test_what_was_read_before_a_loss_is_not_remembered_after_it(setting: Setting) -> None:
    setting.database.meanwhile = lambda: setting.notifier.notify({MEMBER_REMOVED}, {})
    assert await setting.grants.read(WHERE, WHO) == Grant(Role.MEMBER, "UTC")
    assert setting.remembered() is None


async def test_many_are_renewed_by_one_question_for_those_that_are_not_remembered(setting: Setting) -> None:
    others = {(uuid4(), uuid4()) for _ in range(3)}
    setting.database.asked.clear()
    await setting.grants.renew({(WHERE, WHO), *others})
    (asked,) = setting.database.asked
    assert {*asked["workspace_ids"]} == {where for where, _ in others}
    assert all(setting.grants.remembered(*one) == Grant(Role.MEMBER, "UTC") for one in others)
    await setting.grants.renew(others)
    assert len(setting.database.asked) == 1


async def test_grants_on_several_nodes_are_not_asked_for_at_once() -> None:
    setting = Setting()
    setting.database.is_distributed = True
    await setting.grants.renew({(WHERE, WHO)})
    assert not setting.database.asked


async def test_only_those_that_were_asked_for_are_renewed() -> None:
    setting = Setting()
    (here, ada), (there, grace) = (uuid4(), uuid4()), (uuid4(), uuid4())
    await setting.grants.renew({(here, ada), (there, grace)})
    assert setting.grants.remembered(here, grace) is None


async def test_who_is_no_member_any_more_is_not_renewed() -> None:
    setting = Setting()
    setting.database.role = None
    await setting.grants.renew({(WHERE, WHO)})
    assert setting.remembered() is None


async def test_what_was_renewed_before_a_loss_is_not_remembered_after_it() -> None:
    setting = Setting()
    setting.database.meanwhile = lambda: setting.notifier.notify({MEMBER_REMOVED}, {})
    await setting.grants.renew({(WHERE, WHO)})
    assert setting.remembered() is None


async def test_the_second_of_what_is_renewed_counts_from_the_question_as_well() -> None:
    setting = Setting()
    setting.database.meanwhile = lambda: setattr(setting.clock, "seconds", setting.clock.seconds + 0.8)
    await setting.grants.renew({(WHERE, WHO)})
    assert setting.remembered() is Role.MEMBER
    setting.clock.seconds += 0.3
    assert setting.remembered() is None


async def test_roles_on_several_nodes_are_read_one_by_one(setting: Setting) -> None:
    setting.database.asked.clear()
    setting.database.is_distributed = True
    assert await setting.grants.read(WHERE, WHO) == Grant(Role.MEMBER, "UTC")
    assert setting.database.asked == []
