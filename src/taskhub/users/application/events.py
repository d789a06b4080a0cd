"""Every type of event that this module appends, to the log of the user. Names of members are logged, never values."""

from collections.abc import Mapping
from functools import partial

from taskhub.kernel.application.event_types import event_content, last_event_content
from taskhub.kernel.contract.event_content import EventContent
from taskhub.users.application.views import SessionView, TokenView, UserView

_names = partial(event_content, logs_values=False)

EVENTS: Mapping[str, type[EventContent]] = {
    "user.created": _names("The account was made.", UserView),
    "user.updated": _names("Name, time zone or email address was changed.", UserView),
    "user.password_changed": _names("The password was changed.", UserView, only=()),
    "user.password_rehashed": _names("The password was hashed by today's parameters.", UserView, only=()),
    "user.closed": _names("The account was closed.", UserView),
    "session.opened": _names("The user signed in.", SessionView),
    "session.refreshed": _names("The session was renewed.", SessionView, only=("last_used_at", "expires_at")),
    "session.ended": last_event_content("The session ended."),
    "api_token.created": _names("An API token was made.", TokenView),
    "api_token.revoked": last_event_content("It was revoked."),
}
