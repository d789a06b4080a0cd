"""All routes about the service itself."""

from taskhub.service.board import BOARD
from taskhub.service.documentation import DOCUMENTATION
from taskhub.service.status import STATUS

ROUTES = [STATUS, DOCUMENTATION, BOARD]
