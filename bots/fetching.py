"""Fetch a file from an address that a stranger may have chosen, without being led inside."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Collection, Coroutine
from ipaddress import ip_address
from typing import Any, Final

from aiohttp import (
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    InvalidURL,
    TCPConnector,
    ThreadedResolver,
)
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bots.addresses import is_public
from bots.errors import Misconfigured, Refused, Throttled, Unreachable

CHUNK: Final = 65_536
MOST_REDIRECTS: Final = 5
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
CONNECT_SECONDS: Final = 10.0
Resolve = Callable[[str, int], Coroutine[Any, Any, list[str]]]
"""Look a host name and port up: its IP addresses as text; raises OSError."""


async def look_up_name(host: str, port: int) -> list[str]:
    """Ask the system's resolver."""
    return [found["host"] for found in await ThreadedResolver().resolve(host, port, socket.AF_UNSPEC)]


def origin_of(url: str | URL) -> str:
    """Give scheme, host and port of *url* as one text; raises ValueError where it has none."""
    return str(URL(url).origin())


async def fetch(
    url: str,
    *,
    trusted: Collection[str] = (),
    authorization: str = "",
    seconds: float = 120.0,
    resolve: Resolve = look_up_name,
) -> AsyncIterator[bytes]:
    """Stream the bytes at *url* in chunks; the caller counts them and stops at its cap.

    Only http and https to public addresses, checked at every redirect, and the connection goes to the
    very address that was checked. The origins in *trusted* (scheme, host, port) may be anywhere;
    *authorization* is sent to them, in the first request only. *seconds* is for the whole.
    Raises Refused, Misconfigured (401, 403 from a trusted origin), Throttled or Unreachable.
    """
    origins = frozenset(origin_of(one) for one in trusted)
    deadline = asyncio.get_running_loop().time() + seconds
    where = _parsed(url)
    for hop in range(MOST_REDIRECTS + 1):
        known = origin_of(where) in origins
        if not known:
            _check_literal(where)
        connector = TCPConnector(
            resolver=_Checked(resolve, open_to_all=known), use_dns_cache=False, force_close=True
        )
        left = max(deadline - asyncio.get_running_loop().time(), 0.001)
        timeout = ClientTimeout(total=left, sock_connect=CONNECT_SECONDS)
        headers = {"Accept-Encoding": "identity"}
        if authorization and known and hop == 0:
            headers["Authorization"] = authorization
        async with ClientSession(connector=connector, timeout=timeout) as session:
            try:
                async with session.get(where, headers=headers, allow_redirects=False) as response:
                    if response.status not in REDIRECTS:
                        _check_status(response, known)
                        async for chunk in response.content.iter_chunked(CHUNK):
                            yield chunk
                        return
                    where = _onward(where, response)
            except InvalidURL as error:
                raise Refused("The file's address is not a web address.") from error
            except TimeoutError as error:
                raise Unreachable("The file did not come in time.") from error
            except (ClientError, OSError) as error:
                raise Unreachable("The place where the file is cannot be reached.") from error
    raise Refused(f"The file's address redirects more than {MOST_REDIRECTS} times.")


class _Checked(AbstractResolver):
    """A resolver whose answers were checked: what it gives is what is connected to."""

    def __init__(self, resolve: Resolve, *, open_to_all: bool) -> None:
        self.look = resolve
        self.open_to_all = open_to_all

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Look *host* up once; raises Refused where an address is not public, OSError without any."""
        found = await self.look(host, port)
        if not found:
            raise OSError("the name has no address")
        if not self.open_to_all and not all(is_public(address) for address in found):
            raise Refused("The file's address points inside a network, not to the internet.")
        return [_result(host, port, address) for address in found]

    async def close(self) -> None:
        """Hold nothing."""


def _result(host: str, port: int, address: str) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=flags)


def _parsed(url: str) -> URL:
    try:
        where = URL(url)
        if where.scheme not in ("http", "https") or not where.raw_host or where.port == 0:
            raise Refused("The file's address is not a web address.")
    except ValueError as error:
        raise Refused("The file's address is not a web address.") from error
    if where.user is not None or where.password is not None:
        raise Refused("The file's address carries a name and a password.")
    return where


def _check_literal(where: URL) -> None:
    """Refuse an inner address written as a number: aiohttp does not ask a resolver for those."""
    host = (where.raw_host or "").rstrip(".")
    try:
        ip_address(host)
    except ValueError:
        if _is_odd_number(host):
            raise Refused("The file's address hides a number.") from None
        return
    if not is_public(host):
        raise Refused("The file's address points inside a network, not to the internet.")


def _is_odd_number(host: str) -> bool:
    """Say whether the system would take *host* for an IPv4 address: 127.1, 2130706433, 0x7f000001."""
    try:
        socket.inet_aton(host)
    except (OSError, UnicodeError):
        return False
    return True


def _onward(where: URL, response: ClientResponse) -> URL:
    location = response.headers.get("Location", "")
    if not location:
        raise Refused("The file's address redirects nowhere.")
    try:
        onward = where.join(URL(location))
    except ValueError as error:
        raise Refused("The file's address redirects to something that is not a web address.") from error
    return _parsed(str(onward))


def _check_status(response: ClientResponse, known: bool) -> None:
    code = str(response.status)
    match response.status:
        case 200:
            return
        case 401 | 403 if known:
            raise Misconfigured("The provider does not let our account fetch this file.", code=code)
        case 429:
            wait = response.headers.get("Retry-After", "")
            seconds = float(wait) if wait.isdecimal() else None
            raise Throttled(
                "The provider asks us to fetch files more slowly.", retry_after=seconds, code=code
            )
        case status if status >= 500:
            raise Unreachable(f"The place where the file is answered {code}.", code=code)
        case _:
            raise Refused(f"The file is not there: its place answered {code}.", code=code)
