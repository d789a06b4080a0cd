"""Identifiers: UUIDs minted by the application, ordered by time (version 7)."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A UUIDv7: unique without coordination, and close to its neighbours in an index."""
    return uuid7()
