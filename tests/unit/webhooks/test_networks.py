"""Only public addresses are sent to, however they are written."""

import pytest

from taskhub.webhooks.domain.networks import AllowedAddresses

PUBLIC = ["8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4001:82f::200e", "64:ff9b::808:808"]
NOT_PUBLIC = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:a9fe:a9fe",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::808:808",
    "100::1",
    "2001::1",
    "2001:2::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]
NO_ADDRESSES = [
    "fe80::1%eth0",
    "::1%lo",
    "2606:4700:4700::1111%1",
    "2130706433",
    "0177.0.0.1",
    "127.1",
    "0x7f000001",
    "localhost",
    "",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_allowed(address: str) -> None:
    assert AllowedAddresses().allow(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_not_public_is_not_allowed(address: str) -> None:
    assert not AllowedAddresses().allow(address)


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_what_is_no_plain_address_is_not_allowed_in_any_network(text: str) -> None:
    assert not AllowedAddresses(["0.0.0.0/0", "::/0"]).allow(text)


def test_a_network_of_the_deployment_is_allowed_and_what_stands_for_it() -> None:
    allowed = AllowedAddresses(["10.0.0.0/8", "fd00::/8"])
    assert all(map(allowed.allow, ("10.1.2.3", "::ffff:10.1.2.3", "64:ff9b::a01:203", "fd00::1")))
    assert not any(map(allowed.allow, ("192.168.1.1", "127.0.0.1", "fe80::1")))
