"""Identifiers: UUIDs minted by the application, ordered by time (version 7)."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A UUIDv7: unique without coordination, and close to its neighbours in an index."""
    return uuid7()


_VERSION = 0xF << 76


def derived_id(id: UUID) -> UUID:
    """The id under which a log knows something that is named by an id from elsewhere: a version 8, which no client may choose.

    Otherwise somebody could use such an id up, for a thing of their own.
    """
    return UUID(int=id.int & ~_VERSION | 8 << 76)


def source_id(derived: UUID) -> UUID:
    """The id that a shadow was made of: one of ours, so a version 7."""
    return UUID(int=derived.int & ~_VERSION | 7 << 76)
