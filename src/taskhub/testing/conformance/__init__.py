"""The conformance kit: what TaskHub promises of every resource, as tests that the author of a module gets for declaring it.

See `Conformance`, and docs/conformance.md for each rule.
"""

from taskhub.testing.conformance.calls import Client
from taskhub.testing.conformance.resources import Action, Fake, Resource
from taskhub.testing.conformance.rules import NotConforming
from taskhub.testing.conformance.suite import Conformance
from taskhub.testing.conformance.world import World

__all__ = ["Action", "Client", "Conformance", "Fake", "NotConforming", "Resource", "World"]
