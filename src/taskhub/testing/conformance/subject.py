"""A module in its application, as the checks that are about a whole module take it."""

from dataclasses import dataclass

from taskhub.kernel.module_api import Module
from taskhub.testing.conformance.resources import ModuleUnderTest, Resource
from taskhub.testing.conformance.service import Service
from taskhub.testing.conformance.world import World


@dataclass(frozen=True)
class Subject:
    service: Service
    declared: ModuleUnderTest

    @property
    def module(self) -> Module:
        return self.declared.module

    async def live(self, world: World, resource: Resource) -> None:
        """All that happens to things of a resource: they are made, listed, read, changed, and what else can be done."""
        client = await world.client()
        await world.make(resource)
        await world.items(resource)
        async for call in world.writes(resource):
            await call.send(client)
        thing = await world.make(resource)
        await world.read(resource, thing)
