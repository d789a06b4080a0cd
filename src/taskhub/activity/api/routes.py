"""All routes of this module, the most frequent ones first."""

from taskhub.activity.api.changes import CHANGES
from taskhub.activity.api.stream import STREAMS
from taskhub.activity.api.undo import UNDO

ROUTES = [CHANGES, STREAMS, UNDO]
