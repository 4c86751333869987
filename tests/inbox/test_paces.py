"""Who asks is the place that our own proxies saw, never what it says of itself."""

from ipaddress import ip_network
from typing import Any

import pytest
from aiohttp.test_utils import make_mocked_request
from aiohttp.web import HTTPTooManyRequests

from inbox.paces import Paces, place_of

OURS = tuple(ip_network(text) for text in ("127.0.0.0/8", "10.0.0.0/8", "::1/128"))

PLACES = {
    "nobody in between": ("203.0.113.9", "", "203.0.113.9"),
    "a stranger's own words": ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
    "our proxy": ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
    "two of ours": ("127.0.0.1", "198.51.100.1, 10.2.3.4", "198.51.100.1"),
    "our proxy, and lies before it": ("127.0.0.1", "127.0.0.1, 192.0.2.7, 198.51.100.1", "198.51.100.1"),
    "our proxy, and no address": ("127.0.0.1", "unknown\x00", "127.0.0.1"),
    "our proxy says nothing": ("127.0.0.1", "", "127.0.0.1"),
    "one household of IPv6": ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
    "a mapped address": ("::ffff:203.0.113.9", "", "::ffff:203.0.113.9"),
}


class Wire:
    """A connection from an address."""

    def __init__(self, peer: str) -> None:
        self._peer = peer

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return (self._peer, 50_000) if name == "peername" else default


@pytest.mark.parametrize(("peer", "told", "place"), PLACES.values(), ids=PLACES.keys())
def test_the_place_that_asks_is_named(peer: str, told: str, place: str) -> None:
    headers = {"X-Forwarded-For": told} if told else {}
    request = make_mocked_request("GET", "/", headers=headers, transport=Wire(peer))
    assert place_of(request, OURS) == place


async def test_a_minutes_worth_may_come_at_once_and_then_each_in_its_time() -> None:
    now = [100.0]
    paces = Paces(lambda: now[0])
    assert [paces.wait("a", a_minute=3) for _ in range(4)] == [0, 0, 0, 20]
    assert paces.wait("b", a_minute=3) == 0
    now[0] += 19
    with pytest.raises(HTTPTooManyRequests) as slowed:
        await paces.count("a", a_minute=3)
    assert slowed.value.headers["Retry-After"] == "1"
    now[0] += 1
    assert [paces.wait("a", a_minute=3) for _ in range(2)] == [0, 20]
    now[0] += 1_000
    assert [paces.wait("a", a_minute=3) for _ in range(4)] == [0, 0, 0, 20]


async def test_who_was_slowed_is_not_forgotten_for_newcomers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inbox.paces.MOST_REMEMBERED", 3)
    paces = Paces()
    await paces.count("a", a_minute=1)
    for other in ("b", "c"):
        await paces.count(other, a_minute=1)
        with pytest.raises(Exception, match="Too Many"):
            await paces.count("a", a_minute=1)
