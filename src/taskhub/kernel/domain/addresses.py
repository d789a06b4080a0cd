"""Addresses of clients, and which of them are taken for one."""

from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address

IPV6_PREFIX = 64
"""What one subscriber is given at least: any address in it is theirs for the asking."""


@lru_cache(maxsize=4096)
def network_of(address: str) -> str:
    """Whoever comes from there is taken for one: an IPv4 address, the /64 of an IPv6 address, or what is no address as it is."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(IPv6Network((parsed, IPV6_PREFIX), strict=False))
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)
