"""The door for providers: one address a channel, every refusal with its reason."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final, Protocol

import structlog
from aiohttp import web

from bots.channel import Hook, Response
from bots.errors import BadSignature, Malformed, Throttled
from inbox.accept import Unknown
from inbox.paces import Network, Paces, place_of
from inbox.posted import soon
from inbox.refusals import Refusals
from storage.database import StorageFull, Unavailable

OF_A_PLACE: Final = 1_200  # calls a minute, where browsers call and no provider does

log = structlog.get_logger()


class Taker(Protocol):
    """What the door hands hooks to: `inbox.accept.Accept`."""

    async def take(self, name: str, hook: Hook, by: object) -> Response:
        """Keep it, or raise; *by* is the connection it came over."""


class Door:
    """Makes one `Hook` of each request and answers what the channel says."""

    def __init__(
        self,
        *,
        accept: Taker,
        public_url: str,
        largest: int,
        clock: Callable[[], datetime],
        larger: Mapping[str, int] = MappingProxyType({}),
        open_ones: Collection[str] = (),
        proxies: Sequence[Network] = (),
    ) -> None:
        """Take bodies up to *largest* bytes, of a channel in *larger* up to that; sign over *public_url*.

        Of the channels in *open_ones* anybody's browser calls, so one place may call only so fast; a
        provider calls from few places for all its customers, and is never slowed for one of them.
        """
        self._accept = accept
        self._public_url = public_url
        self._largest = largest
        self._larger = larger
        self._clock = clock
        self._open_ones = open_ones
        self._proxies = proxies
        self._paces, self._refusals = Paces(), Refusals()

    def routes(self) -> list[web.AbstractRouteDef]:
        """List the address that all channels share."""
        path = "/hooks/{channel}"
        return [web.post(path, self.hook), web.get(path, self.hook, allow_head=False)]

    async def hook(self, request: web.Request) -> web.Response:
        """Answer 200 when kept; 404, 413, 401, 400 or 503 when not, each in words."""
        name = request.match_info["channel"]
        try:
            if name in self._open_ones:
                await self._paces.count(place_of(request, self._proxies), a_minute=OF_A_PLACE)
            hook = await self._made(request)
            response = await self._accept.take(name, hook, request.protocol)
        except web.HTTPTooManyRequests as slowed:
            after = int(slowed.headers["Retry-After"])
            return _refusal(429, "This place sends too much at once.", after=after)
        except Unknown:
            return _refusal(404, "There is no such channel here.")
        except web.HTTPRequestTimeout as late:
            return _refusal(408, late.text or "")
        except web.HTTPRequestEntityTooLarge:
            return _refusal(413, f"The body is larger than {self._most(request)} bytes.")
        except web.RequestPayloadError:
            return _refusal(400, "The body is not encoded as its Content-Encoding says.")
        except BadSignature as error:
            self._refusals.refused(name, place_of(request, self._proxies), error.reason)
            return _refusal(401, error.reason)
        except Malformed as error:
            return _refusal(400, error.reason)
        except Throttled as error:
            return _refusal(429, error.reason, after=math.ceil(error.retry_after or 60))
        except StorageFull:
            log.error("storage is full: hooks are refused until there is room")
            return _refusal(503, "Nothing can be kept at the moment; call again later.", after=30)
        except Unavailable:
            log.error("the database is away: hooks are refused until it is back")
            return _refusal(503, "Nothing can be kept at the moment; call again soon.", after=5)
        except Exception:
            log.exception("hook not kept", channel=name)
            return _refusal(503, "Nothing was kept; call again.", after=5)
        return web.Response(
            status=response.status, body=response.body.encode(), content_type=response.content_type
        )

    def _most(self, request: web.Request) -> int:
        """Say how many bytes a hook of this channel may have."""
        return max(self._largest, self._larger.get(request.match_info["channel"], 0))

    async def _made(self, request: web.Request) -> Hook:
        received_at = self._clock()
        headers = {name.lower(): value for name, value in request.headers.items()}
        if not request.content.is_eof():
            async with soon():
                body = await self._body(request)
        elif request.content.total_bytes <= self._most(request) and "content-encoding" not in headers:
            body = request.content.read_nowait()  # all of it is here and as it was sent
        else:
            body = await self._body(request)
        headers.pop("cookie", None)
        return Hook(
            method=request.method,
            url=self._public_url + request.raw_path,
            headers=headers,
            body=body,
            received_at=received_at,
        )

    async def _body(self, request: web.Request) -> bytes:
        """Read the body; one that grows past the largest is left unread."""
        most = self._most(request)
        if (request.content_length or 0) > most:
            raise web.HTTPRequestEntityTooLarge(most, request.content_length or 0)
        if request.content_length is not None and "Content-Encoding" not in request.headers:
            return await request.read()
        body = bytearray()
        async for chunk in request.content.iter_any():
            body += chunk
            if len(body) > most:
                raise web.HTTPRequestEntityTooLarge(most, len(body))
        return bytes(body)


def _refusal(status: int, sentence: str, *, after: int | None = None) -> web.Response:
    headers = {} if after is None else {"Retry-After": str(after)}
    return web.Response(status=status, text=sentence + "\n", headers=headers)
