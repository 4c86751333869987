"""Addresses inside and outside."""

import pytest

from bots.addresses import is_public

INNER = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "100.100.100.200", "192.0.0.1", "198.18.0.1", "224.0.0.1", "239.255.255.250", "240.0.0.1",
    "255.255.255.255", "168.63.129.16", "192.0.2.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
    "fd00:ec2::254", "ff02::1", "fec0::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1",
    "64:ff9b::7f00:1", "2002:7f00:1::", "2002:a00:1::", "2001:db8::1", "::ffff:0:7f00:1",
    "64:ff9b:1::7f00:1", "not an address", "", "0177.0.0.1", "2130706433", "127.1", "0x7f000001", " 8.8.8.8",
    "8.8.8.8/32", "2606:4700::1111%eth0", "::ffff:169.254.169.254", "::ffff:100.64.0.1", "64:ff9b::6440:1",
    "2001:0:53aa:64c::1", "100::1", "3fff::1", "2001:db8:ffff::1", "192.88.99.1", "192.168.0.0", "0.1.2.3",
]  # fmt: skip


@pytest.mark.parametrize("address", INNER)
def test_an_inner_address_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "151.101.1.6", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)
