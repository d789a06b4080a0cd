"""Identifiers: UUIDs minted by the application, ordered by time (version 7)."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A UUIDv7: unique without coordination, and close to its neighbours in an index."""
    return uuid7()


_VERSION = 0xF << 76


def derived_id(id: UUID) -> UUID:
    """An id of version 8, for what a log has to name by an id from elsewhere: a member, who has the id of a user.

    Clients may choose ids, but none of version 8: otherwise somebody could use up a derived id for a thing of their own.
    """
    return UUID(int=id.int & ~_VERSION | 8 << 76)


def source_id(derived: UUID) -> UUID:
    """The id that `derived_id` was given. It was made by `new_id`, so it is of version 7."""
    return UUID(int=derived.int & ~_VERSION | 7 << 76)
