"""The routes of this module, the hot ones first."""

from taskhub.tasks.api.projects import PROJECT_COMMANDS
from taskhub.tasks.api.reads import PROJECT_READS, READS
from taskhub.tasks.api.tasks import TASK_COMMANDS

ROUTES = [READS, TASK_COMMANDS, PROJECT_READS, PROJECT_COMMANDS]
