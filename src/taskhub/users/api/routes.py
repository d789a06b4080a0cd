"""All routes of this module."""

from taskhub.users.api.accounts import ACCOUNTS
from taskhub.users.api.sessions import SESSIONS
from taskhub.users.api.tokens import TOKENS

ROUTES = [ACCOUNTS, SESSIONS, TOKENS]
