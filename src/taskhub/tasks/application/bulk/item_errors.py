"""Pointing at the item of a batch that is in the way."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from taskhub.kernel.domain.errors import DomainError, Fault


@contextmanager
def located_at(pointer: str) -> Iterator[None]:
    """Lets what is refused in the block point to a place in the body: to the fault below it, or to the place itself."""
    try:
        yield
    except DomainError as error:
        located = tuple(replace(fault, pointer=pointer + (fault.pointer or "")) for fault in error.faults)
        error.faults = located or (Fault(error.code, error.detail, pointer=pointer),)
        raise
