"""Errors in a batch point to the item that caused them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from taskhub.kernel.domain.errors import DomainError, Fault


@contextmanager
def located_at(pointer: str) -> Iterator[None]:
    """Adds a JSON pointer to every error raised in the block: a prefix to the pointers of its faults, or the pointer itself."""
    try:
        yield
    except DomainError as error:
        located = tuple(replace(fault, pointer=pointer + (fault.pointer or "")) for fault in error.faults)
        error.faults = located or (Fault(error.code, error.detail, pointer=pointer),)
        raise
