"""How fast one place on the network, or one visitor, may ask."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from aiohttp import web
from aiolimiter import AsyncLimiter

MOST_REMEMBERED: Final = 10_000
HOUSEHOLD: Final = 64  # bits of an IPv6 address that name one subscriber

Network = IPv4Network | IPv6Network


class Paces:
    """A leaky bucket each; who asked longest ago is forgotten first."""

    def __init__(self) -> None:
        """Begin with empty buckets."""
        self._limiters: dict[str, AsyncLimiter] = {}

    async def count(self, who: str, *, a_minute: float) -> None:
        """Refuse with 429 what comes faster than *a_minute* times a minute from *who*."""
        limiter = self._limiters.pop(who, None) or AsyncLimiter(a_minute, 60)
        self._limiters[who] = limiter
        if len(self._limiters) > MOST_REMEMBERED:
            del self._limiters[next(iter(self._limiters))]
        if not limiter.has_capacity():
            raise web.HTTPTooManyRequests(headers={"Retry-After": "60"}, text="too many requests")
        await limiter.acquire()  # has room, so it does not wait


def place_of(request: web.Request, proxies: Sequence[Network]) -> str:
    """Name the place that asks: the peer or, behind our own *proxies*, whom the outermost of them saw.

    X-Forwarded-For is read from its end, for its beginning is the asker's own words.
    """
    told = ",".join(request.headers.getall("X-Forwarded-For", ())).split(",")
    place = request.remote or ""
    for before in reversed(told):
        if not _is_in(place, proxies) or not _is_address(before.strip()):
            break
        place = before.strip()
    return _household(place)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_in(place: str, networks: Sequence[Network]) -> bool:
    return _is_address(place) and any(ip_address(place) in network for network in networks)


def _household(place: str) -> str:
    if not _is_address(place) or not isinstance(ip := ip_address(place), IPv6Address) or ip.ipv4_mapped:
        return place
    return str(ip_network((int(ip), HOUSEHOLD), strict=False))
