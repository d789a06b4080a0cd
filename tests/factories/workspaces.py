"""Workspaces, members and invitations for tests: valid unless told otherwise."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import factory

from taskhub.kernel.contract.ids import new_id
from taskhub.workspaces.contract.access import Role
from taskhub.workspaces.domain.invitation import LIFETIME, Invitation
from taskhub.workspaces.domain.invitation_token import InvitationToken
from taskhub.workspaces.domain.member import Member
from taskhub.workspaces.domain.workspace import Workspace

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=20)


class WorkspaceFactory(factory.Factory[Workspace]):
    """A workspace as it was loaded."""

    class Meta:
        model = Workspace

    id = factory.LazyFunction(new_id)
    name = factory.Sequence(lambda n: f"Workspace {n}")
    time_zone = "UTC"
    version = 1
    created_at = NOW
    updated_at = NOW
    deleted_at = None


class MemberFactory(factory.Factory[Member]):
    """A member as it was loaded; give it the `workspace_id` of others who are to meet it."""

    class Meta:
        model = Member

    workspace_id = factory.LazyFunction(new_id)
    user_id = factory.LazyFunction(uuid4)
    role = Role.MEMBER
    joined_at = NOW
    left_at = None
    version = 1
    updated_at = NOW


class TokenFactory(factory.Factory[InvitationToken]):
    class Meta:
        model = InvitationToken

    workspace_id = factory.LazyFunction(new_id)
    id = factory.LazyFunction(new_id)
    secret = factory.Sequence(lambda n: n.to_bytes(32, "big"))


class InvitationFactory(factory.Factory[Invitation]):
    """An open invitation as it was loaded; give it the `token` that opens it."""

    class Meta:
        model = Invitation

    class Params:
        token = factory.SubFactory(TokenFactory)

    workspace_id = factory.SelfAttribute("token.workspace_id")
    id = factory.SelfAttribute("token.id")
    role = Role.MEMBER
    digest = factory.SelfAttribute("token.digest")
    created_by_id = factory.LazyFunction(uuid4)
    expires_at = NOW + LIFETIME
    spent_at = None
    version = 1
    created_at = NOW
    updated_at = NOW
