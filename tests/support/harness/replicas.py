"""Several processes of the service on one database, which are killed at random and started again."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any, Self
from uuid import uuid4

import httpx2

from support.harness.program import Installation, Served
from support.harness.waiting import PROGRAM_SECONDS

PAUSE_SECONDS = 0.05
"""Before a request is sent again, to another replica: one was killed, or answered 503."""


class Replicas:
    """``kills`` counts them."""

    def __init__(self, installations: list[Installation]) -> None:
        self._installations = installations
        self._served: list[Served] = []
        self.kills = 0

    @classmethod
    @contextmanager
    def on(cls, database_url: str, folder: Path, count: int) -> Iterator[Self]:
        """All are ready."""
        settings = {
            "TASKHUB_DATABASE_URL": database_url,
            "TASKHUB_SECRET_KEY": uuid4().hex * 2,
            "TASKHUB_RATE_LIMITS": "off",
            "TASKHUB_WEBHOOK_NETWORKS": "127.0.0.0/8",
        }
        installations = [Installation(folder / f"replica-{number}", settings=settings) for number in range(count)]
        replicas = cls(installations)
        try:
            for installation in installations:
                installation.folder.mkdir()
                replicas._served.append(installation.start())
            for served in replicas._served:
                served.wait_until_ready()
            yield replicas
        finally:
            for served in replicas._served:
                if served.process.poll() is None:
                    served.process.kill()
                served.process.wait(PROGRAM_SECONDS)
                served.client.close()

    @property
    def first(self) -> Served:
        return self._served[0]

    def any_url(self, random: Random) -> str:
        return random.choice(self._installations).url

    async def kill_at_random(self, random: Random) -> None:
        """Kills one after another, each time when the last one serves again, until it is cancelled."""
        while True:
            await self._replace(random.randrange(len(self._served)))
            self.kills += 1

    async def _replace(self, number: int) -> None:
        killed, installation = self._served[number], self._installations[number]
        killed.process.send_signal(signal.SIGKILL)
        await asyncio.to_thread(killed.process.wait, PROGRAM_SECONDS)
        killed.client.close()
        served = self._served[number] = installation.start()
        await asyncio.to_thread(served.wait_until_ready)


class ReplicaClient:
    """One caller, who sends each request to another replica, and again to the next one where that is killed or asks for it."""

    def __init__(self, replicas: Replicas, authorization: str, path: str, random: Random) -> None:
        """``path``: of the workspace."""
        self._replicas = replicas
        self._path = path
        self._random = random
        self._http = httpx2.AsyncClient(headers={"authorization": authorization}, timeout=PROGRAM_SECONDS, trust_env=False)

    async def close(self) -> None:
        await self._http.aclose()

    async def get(self, path: str, **parameters: Any) -> httpx2.Response:
        return await self._answer("GET", path, params=parameters)

    async def send(self, method: str, path: str, body: Any = None) -> httpx2.Response:
        headers = {"idempotency-key": uuid4().hex}
        return await self._answer(method, path, headers=headers, **({} if body is None else {"json": body}))

    @asynccontextmanager
    async def stream(self, path: str, headers: dict[str, str]) -> AsyncIterator[httpx2.Response]:
        """Of any replica. One that is killed is a `httpx2.TransportError`."""
        async with self._http.stream("GET", self._url(path), headers=headers) as answer:
            yield answer

    async def _answer(self, method: str, path: str, **content: Any) -> httpx2.Response:
        async with asyncio.timeout(PROGRAM_SECONDS):
            while True:
                with suppress(httpx2.TransportError):
                    answer = await self._http.request(method, self._url(path), **content)
                    if answer.status_code != 503:
                        return answer
                await asyncio.sleep(PAUSE_SECONDS)

    def _url(self, path: str) -> str:
        return f"{self._replicas.any_url(self._random)}{self._path}/{path}"
