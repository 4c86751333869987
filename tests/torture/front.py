"""A load balancer as plain as they come: round robin over nodes, two ways in (docs/running.md).

Hooks go to whoever lives (/healthz), for the journal takes them; pages to whoever can work (/readyz).
"""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import aiohttp

LOOK_EVERY = 0.2
LOOK_SECONDS = 3.0
ANSWER_SECONDS = 15.0
WAYS = ("/healthz", "/readyz")


class NotTaken(Exception):
    """No node answered; *began* says whether a byte may have reached one."""

    def __init__(self, why: str, node: str = "") -> None:
        super().__init__(why)
        self.why, self.node = why, node


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a node said; *cookies* are its Set-Cookie lines."""

    status: int
    body: str
    cookies: str
    node: str


class Front:
    """`async with Front({"node1": 8081, …}) as front`."""

    def __init__(self, ports: Mapping[str, int]) -> None:
        self.ports = dict(ports)
        self.up = {way: dict.fromkeys(ports, False) for way in WAYS}
        self._turn = 0
        self._looking: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._client = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=True,
        )
        looks = [self._look(way, name) for way in WAYS for name in self.ports]
        self._looking = [asyncio.create_task(look) for look in looks]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._looking:
            task.cancel()
        await asyncio.gather(*self._looking, return_exceptions=True)
        await self._client.close()

    @property
    def ready(self) -> list[str]:
        """Name the nodes that say they can work."""
        return [name for name, is_up in self.up["/readyz"].items() if is_up]

    async def send(
        self,
        path: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        at: Sequence[str] = (),
        method: str = "POST",
    ) -> Answer:
        """Send to one node, of those named in *at* where some are; raises NotTaken.

        Only a refused connection, before a byte was sent, makes it try another.
        """
        up = self.up["/healthz" if path.startswith("/hooks/") else "/readyz"]
        for name in self._order(up, at):
            url = f"http://127.0.0.1:{self.ports[name]}{path}"
            try:
                async with self._client.request(
                    method, url, data=body, headers=dict(headers), allow_redirects=False
                ) as answer:
                    text = await answer.text()
                    cookies = "\n".join(answer.headers.getall("Set-Cookie", []))
                    return Answer(status=answer.status, body=text, cookies=cookies, node=name)
            except aiohttp.ClientConnectorError:
                up[name] = False
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                raise NotTaken(type(error).__name__, name) from error
        raise NotTaken("no node is up")

    def _order(self, up: Mapping[str, bool], at: Sequence[str]) -> list[str]:
        names = [name for name in self.ports if up[name] and (not at or name in at)]
        self._turn += 1
        place = self._turn % max(1, len(names))
        return names[place:] + names[:place]

    async def _look(self, way: str, name: str) -> None:
        url = f"http://127.0.0.1:{self.ports[name]}{way}"
        timeout = aiohttp.ClientTimeout(total=LOOK_SECONDS)
        while True:
            is_up = False
            with contextlib.suppress(aiohttp.ClientError, TimeoutError, OSError):
                async with self._client.get(url, timeout=timeout) as answer:
                    is_up = answer.status == 200
            self.up[way][name] = is_up
            await asyncio.sleep(LOOK_EVERY)
