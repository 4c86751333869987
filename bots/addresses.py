"""Which IP addresses belong to the open internet."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

NAT64: Final = IPv6Network("64:ff9b::/96")
INTERNET6: Final = IPv6Network("2000::/3")
"""All that is given out of IPv6 so far; translations and local uses of NAT64 lie outside."""

INNER: Final = (
    ip_network("168.63.129.16/32"),  # Azure's host agent: public by its number only
    ip_network("192.88.99.0/24"),  # the relays of 6to4
    ip_network("3fff::/20"),  # documentation, RFC 9637: newer than the library's list
)


def is_public(address: str) -> bool:
    """Say whether an IP address is one of the open internet, looking into IPv6 wrappings of IPv4."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        wrapped = _wrapped(ip)
        if wrapped is not None:
            return is_public(str(wrapped))
        if ip.scope_id or ip not in INTERNET6:
            return False
    if any(ip.version == net.version and ip in net for net in INNER):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _wrapped(ip: IPv6Address) -> IPv4Address | None:
    """Find the IPv4 address in a mapped, compatible, 6to4, Teredo or NAT64 address."""
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip.sixtofour is not None:
        return ip.sixtofour
    if ip.teredo is not None:
        return ip.teredo[1]
    if ip in NAT64 or (0xFFFF < int(ip) < 1 << 32):
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return None
