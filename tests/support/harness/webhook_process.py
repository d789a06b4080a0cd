"""A process that delivers to webhooks until it is killed: ``python webhook_process.py DATABASE_URL SECRET_KEY``."""

import asyncio
import sys
from datetime import timedelta

from taskhub.container import Container
from taskhub.settings import Settings
from taskhub.webhooks.infrastructure import turns

vars(turns)["LEASE"] = timedelta(seconds=2)
"""What a killed process had is taken over after so long: the receivers of tests answer at once."""


async def main(url: str, secret_key: str) -> None:
    settings = Settings(_env_file=None, webhook_networks=("127.0.0.0/8",), database_pool_size=4)
    container = Container(settings=settings, database_url=url, secret_keys=(secret_key.encode(),))
    async with container.database().opened():
        await container.modules["webhooks"].deliverer().run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
