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
        self.meanwhile: Callable[[], None] = lambda: None

    def has_unseen(self, *tables: str) -> bool:
        return False

    async def fetch_row(self, statement: Any, parameters: dict[str, UUID]) -> dict[str, Any] | None:
        row = {"role": int(self.role), "time_zone": "UTC"} if self.role else None
        self.meanwhile()
        return row


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
