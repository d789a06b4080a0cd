"""Errors in a batch point to the item that caused them."""

from dataclasses import replace

from taskhub.kernel.domain.errors import DomainError, Fault


def locate(error: DomainError, pointer: str) -> DomainError:
    """Adds a JSON pointer to an error: a prefix to the pointers of its faults, or the pointer itself."""
    located = tuple(replace(fault, pointer=pointer + (fault.pointer or "")) for fault in error.faults)
    error.faults = located or (Fault(error.code, error.detail, pointer=pointer),)
    return error
