"""All routes of this module, the most frequent ones first."""

from taskhub.workspaces.api.batches import BATCH_ROUTES
from taskhub.workspaces.api.invitations import INVITATION_ROUTES
from taskhub.workspaces.api.members import MEMBER_ROUTES
from taskhub.workspaces.api.workspaces import WORKSPACE_ROUTES

ROUTES = [BATCH_ROUTES, WORKSPACE_ROUTES, MEMBER_ROUTES, INVITATION_ROUTES]
