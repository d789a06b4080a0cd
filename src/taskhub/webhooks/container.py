"""What the webhooks module is made of. Parts have the type of their Protocol, so that mypy checks here whether a class fits."""

from collections.abc import Set
from typing import Any

from dependency_injector import containers, providers

from taskhub.activity.contract.changes import Changes
from taskhub.kernel.application.clock import Clock, Monotonic
from taskhub.kernel.application.runner import CommandLog, Runner
from taskhub.kernel.infrastructure.background.purge import Purge
from taskhub.kernel.infrastructure.event_log.command_log import SqlCommandLog
from taskhub.kernel.infrastructure.event_log.log_reader import LogReader
from taskhub.kernel.infrastructure.use_cases import UseCases
from taskhub.webhooks.application.background.empty_purged_workspace import empty_purged_workspace
from taskhub.webhooks.application.background.pause_deleted_workspace import PauseDeletedWorkspace
from taskhub.webhooks.application.change_webhook import change_webhook
from taskhub.webhooks.application.create_webhook import create_webhook
from taskhub.webhooks.application.delete_webhook import delete_webhook
from taskhub.webhooks.application.ports import WebhooksUnitOfWork
from taskhub.webhooks.application.queries import WebhookQueries
from taskhub.webhooks.application.redeliver import redeliver, send_test
from taskhub.webhooks.application.replay_events import replay_events
from taskhub.webhooks.application.rotate_secret import rotate_secret
from taskhub.webhooks.domain.networks import AllowedAddresses
from taskhub.webhooks.infrastructure.deliverer import Deliverer, Sender
from taskhub.webhooks.infrastructure.mappings import WEBHOOKS
from taskhub.webhooks.infrastructure.metrics import DeliveryMetrics
from taskhub.webhooks.infrastructure.names import SystemNames
from taskhub.webhooks.infrastructure.purge import SecretUpkeep, purge_deliveries
from taskhub.webhooks.infrastructure.queries import SqlWebhookQueries
from taskhub.webhooks.infrastructure.secret_box import EncryptedSecrets
from taskhub.webhooks.infrastructure.turns import Turns
from taskhub.webhooks.infrastructure.unit_of_work import SqlWebhooksUnitOfWork


def _http_sender(allowed: AllowedAddresses, clock: Clock, monotonic: Monotonic, names: SystemNames) -> Sender:
    from taskhub.webhooks.infrastructure.sender import HttpSender  # noqa: PLC0415  # Takes a while, and most starts need none.

    return HttpSender(allowed, clock, monotonic, names)


class WebhooksContainer(containers.DeclarativeContainer):
    database: providers.Dependency[Any] = providers.Dependency()
    notifier: providers.Dependency[Any] = providers.Dependency()
    clock: providers.Dependency[Any] = providers.Dependency()
    secret_keys: providers.Dependency[Any] = providers.Dependency()
    networks: providers.Dependency[Any] = providers.Dependency()
    event_types: providers.Dependency[Set[str]] = providers.Dependency()
    metrics_registry: providers.Dependency[Any] = providers.Dependency()
    stopwatch: providers.Dependency[Any] = providers.Dependency()
    memberships: providers.Dependency[Any] = providers.Dependency()
    changes: providers.Dependency[Changes] = providers.Dependency()

    unit_of_work: providers.Provider[WebhooksUnitOfWork] = providers.Factory(
        SqlWebhooksUnitOfWork, database, notifier, memberships
    )
    command_log: providers.Provider[CommandLog] = providers.Singleton(SqlCommandLog, database, (WEBHOOKS,))
    runner: providers.Provider[Runner[WebhooksUnitOfWork]] = providers.Singleton(
        Runner, unit_of_work.provider, command_log, clock
    )
    log = providers.Singleton(LogReader, database)
    queries: providers.Provider[WebhookQueries] = providers.Singleton(SqlWebhookQueries, database)
    secret_box = providers.Singleton(EncryptedSecrets, secret_keys)

    bound = UseCases(runner, clock=clock, secret_box=secret_box)
    create_webhook = bound(create_webhook)
    change_webhook = bound(change_webhook)
    delete_webhook = bound(delete_webhook)
    rotate_secret = bound(rotate_secret)
    replay_events = bound(replay_events)
    redeliver = bound(redeliver)
    send_test = bound(send_test)

    names = providers.Singleton(SystemNames)
    allowed_addresses = providers.Singleton(AllowedAddresses, networks)
    sender: providers.Provider[Sender] = providers.Singleton(_http_sender, allowed_addresses, clock, stopwatch, names)
    turns = providers.Singleton(Turns, database, runner, log, changes, clock)
    metrics = providers.Singleton(DeliveryMetrics, metrics_registry)
    deliverer = providers.Singleton(Deliverer, database, notifier, turns, sender.provider, secret_box, metrics, clock)

    background = providers.List(deliverer)
    subscribers = providers.List(providers.Factory(PauseDeletedWorkspace))
    secret_upkeep = providers.Singleton(SecretUpkeep, secret_box)
    purges = providers.List(
        providers.Object(Purge("webhook_deliveries", purge_deliveries)),
        providers.Factory(Purge, "webhook_secrets", secret_upkeep),
    )
    ports: providers.Provider[Any] = providers.Dict({})
    services: providers.Provider[Any] = providers.Dict({})
    empty = providers.Callable(empty_purged_workspace)
