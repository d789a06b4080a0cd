"""All routes of this module, the most frequent ones first."""

from taskhub.tasks.api.bulk import TASK_BATCHES
from taskhub.tasks.api.comments import COMMENT_ROUTES
from taskhub.tasks.api.history import TASK_HISTORY
from taskhub.tasks.api.labels import LABEL_ROUTES
from taskhub.tasks.api.projects import PROJECT_COMMANDS
from taskhub.tasks.api.reads import PROJECT_READS, READS
from taskhub.tasks.api.relations import TASK_RELATIONS
from taskhub.tasks.api.tasks import TASK_COMMANDS

ROUTES = [
    READS,
    TASK_COMMANDS,
    TASK_RELATIONS,
    TASK_BATCHES,
    COMMENT_ROUTES,
    TASK_HISTORY,
    PROJECT_READS,
    PROJECT_COMMANDS,
    LABEL_ROUTES,
]
