"""What a worker has of its supervisor."""

from typing import NamedTuple

from taskhub.cli.server.workers.fair_share import FairShare
from taskhub.cli.server.workers.link import SupervisorLink


class Worker(NamedTuple):
    """
    Attributes:
        share: of the connections that come.
    """

    link: SupervisorLink
    share: FairShare
