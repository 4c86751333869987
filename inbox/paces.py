"""How fast one place on the network, or one visitor, may ask; each node counts for itself."""

import math
import time
from collections.abc import Callable, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from aiohttp import web

MOST_REMEMBERED: Final = 10_000
HOUSEHOLD: Final = 64  # bits of an IPv6 address that name one subscriber

Network = IPv4Network | IPv6Network


class Paces:
    """A leaky bucket each; who asked longest ago is forgotten first."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with empty buckets; *clock* counts seconds."""
        self._clock = clock
        self._empty_at: dict[str, float] = {}

    async def count(self, who: str, *, a_minute: float) -> None:
        """Refuse with 429 what comes faster than *a_minute* times a minute from *who*."""
        if wait := self.wait(who, a_minute=a_minute):
            headers = {"Retry-After": str(math.ceil(wait))}
            raise web.HTTPTooManyRequests(headers=headers, text="too many requests")

    def wait(self, who: str, *, a_minute: float) -> float:
        """Count one from *who*, and return 0; or count nothing, and return how many seconds it must wait.

        A minute's worth may come at once.
        """
        now, step = self._clock(), 60 / a_minute
        empty_at = max(self._empty_at.pop(who, now), now)
        wait = max(empty_at + step - now - 60, 0.0)
        self._empty_at[who] = empty_at if wait > 1e-9 else empty_at + step
        if len(self._empty_at) > MOST_REMEMBERED:
            del self._empty_at[next(iter(self._empty_at))]
        return wait if wait > 1e-9 else 0.0


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
