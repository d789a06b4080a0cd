"""The webhooks module keeps what every module has to keep."""

from typing import ClassVar

from support.resources_of_webhooks import RESOURCES
from taskhub.testing.conformance import Conformance
from taskhub.webhooks.module import module as webhooks


class TestWebhooks(Conformance):
    module = webhooks
    resources = RESOURCES
    across_workspaces: ClassVar = {
        "webhooks that have something to do": r"FROM webhook_queues JOIN webhooks ON .* WHERE webhooks\.active",
        "workspaces with webhooks, to be woken by what is committed there": r"^SELECT DISTINCT webhooks\.workspace_id FROM",
        "the purge of deliveries asks which webhooks there are": r"FROM webhook_queues$",
        "secrets under a former key": r"^SELECT webhooks\.workspace_id, .*, webhooks\.former_secrets FROM webhooks$",
    }
