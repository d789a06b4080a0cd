"""The errors of webhooks."""

from taskhub.kernel.domain.errors import Category, DomainError


class TooManyWebhooks(DomainError):
    category, code, title = Category.CONFLICT, "too_many_webhooks", "Too many webhooks"

    def __init__(self, limit: int) -> None:
        super().__init__(f"A workspace has up to {limit} webhooks. Delete one first.")


class TooManyDeliveries(DomainError):
    category, code, title = Category.CONFLICT, "too_many_deliveries", "Too many deliveries"

    def __init__(self, limit: int) -> None:
        super().__init__(f"Up to {limit:,} deliveries of a webhook wait. Wait until its receiver has taken some.")


class TooManySecrets(DomainError):
    category, code, title = Category.CONFLICT, "too_many_secrets", "Too many secrets"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The webhook has {limit} former secrets that still sign, which is the limit. Wait until one is over.")


class WebhookInactive(DomainError):
    category, code, title = Category.CONFLICT, "webhook_inactive", "Webhook inactive"

    def __init__(self) -> None:
        super().__init__("The webhook is switched off, so nothing is delivered. Switch it on with `active` first.")
