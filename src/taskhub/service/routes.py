"""All routes about the service itself."""

from taskhub.service.documentation import DOCUMENTATION
from taskhub.service.status import STATUS

ROUTES = [STATUS, DOCUMENTATION]
