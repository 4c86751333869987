"""Meta's Graph API: one client for WhatsApp, Messenger and Instagram, and its errors in our words.

Sources: https://developers.facebook.com/docs/graph-api/guides/error-handling and
https://developers.facebook.com/docs/graph-api/overview/rate-limiting.
"""

from collections.abc import AsyncIterator, Collection, Mapping
from typing import Any, Final

import orjson
from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    FormData,
    TCPConnector,
)
from pydantic import SecretStr

from bots.channel import MediaOut
from bots.errors import ChannelError, Throttled, Uncertain, Unreachable
from bots.fetching import fetch, origin_of
from bots.meta_errors import Codes, error_of

MEDIA_HOSTS: Final = ("https://lookaside.fbsbx.com", "https://graph.facebook.com")
"""Where Meta keeps files that need our token."""
SLOWEST: Final = 50_000
"""Bytes a second: an upload may last as long as it would at this pace."""
IDLE_SECONDS: Final = 10.0
"""A connection rests this long: on one that Meta had closed, a message would be lost in doubt."""


class Graph:
    """One access token at one version of the API; it connects at the first call, inside the running loop.

    The token goes only into headers. Where a call changes nothing (`harmless`) an answer that was not
    heard is Unreachable, else Uncertain. Errors are translated by *codes*, the folder's own table.
    """

    def __init__(
        self, *, base_url: str, version: str, token: SecretStr, timeout: float, codes: Codes
    ) -> None:
        """Keep where to ask; *timeout* is in seconds."""
        self.base_url = base_url
        self.root = f"{base_url}/{version}"
        self.timeout = timeout
        self.codes = codes
        self._token = token
        self._session: ClientSession | None = None

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Ask for *path* (no slash in front); raises a ChannelError."""
        return await self._ask("GET", path, harmless=True, params=params or {})

    async def post(self, path: str, body: Mapping[str, Any], *, harmless: bool = False) -> dict[str, Any]:
        """Post *body* as JSON to *path*; raises a ChannelError."""
        return await self._ask("POST", path, harmless=harmless, json=dict(body))

    async def delete(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Delete what *body* names at *path*; raises a ChannelError."""
        return await self._ask("DELETE", path, harmless=True, json=dict(body))

    async def upload(self, path: str, fields: Mapping[str, str], medium: MediaOut) -> dict[str, Any]:
        """Post a file with *fields* as a form; a second try leaves but an unused file there."""
        with medium.path.open("rb") as content:
            form = FormData(dict(fields))
            form.add_field("file", content, filename=medium.name, content_type=medium.content_type)
            seconds = self.timeout + medium.size / SLOWEST
            return await self._ask("POST", path, harmless=True, seconds=seconds, data=form)

    def download(self, url: str, trusted: Collection[str] = MEDIA_HOSTS) -> AsyncIterator[bytes]:
        """Stream the file at *url*; only Meta's own hosts (and the API's) are shown the token."""
        known = {*trusted, origin_of(self.base_url)}
        return fetch(url, trusted=known, authorization=self._bearer())

    async def close(self) -> None:
        """Close the connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _ask(
        self, method: str, path: str, *, harmless: bool, seconds: float | None = None, **options: Any
    ) -> dict[str, Any]:
        unheard: type[ChannelError] = Unreachable if harmless else Uncertain
        timeout = ClientTimeout(total=seconds or self.timeout, sock_connect=self.timeout / 2)
        headers = {"Authorization": self._bearer()}
        try:
            async with self._open().request(
                method,
                f"{self.root}/{path}",
                headers=headers,
                timeout=timeout,
                allow_redirects=False,
                **options,
            ) as response:
                return self._answer(response, await response.read(), unheard)
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            raise Unreachable("Meta cannot be reached.") from error
        except TimeoutError as error:
            raise unheard("Meta did not answer in time.") from error
        except (ClientError, OSError) as error:
            raise unheard("The connection to Meta was cut before its answer came.") from error

    def _answer(self, response: ClientResponse, body: bytes, unheard: type[ChannelError]) -> dict[str, Any]:
        # "Malformed access token EAAG...": Meta may repeat the token.
        body = body.replace(self._token.get_secret_value().encode(), b"***")
        try:
            value = orjson.loads(body)
        except ValueError:
            value = None
        if response.status == 200 and isinstance(value, dict) and "error" not in value:
            return value
        error = error_of(response.status, value, self.codes, unheard)
        if isinstance(error, Throttled):
            error.retry_after = _retry_after(response.headers)
        raise error

    def _open(self) -> ClientSession:
        if self._session is None:
            connector = TCPConnector(keepalive_timeout=IDLE_SECONDS)
            self._session = ClientSession(connector=connector, json_serialize=_dumped)
        return self._session

    def _bearer(self) -> str:
        return f"Bearer {self._token.get_secret_value()}"


def _dumped(value: Any) -> str:
    return orjson.dumps(value).decode()


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Read the seconds to wait: Retry-After, else the minutes that the account's usage names."""
    wait = headers.get("Retry-After", "")
    if wait.isdecimal():
        return float(wait)
    try:
        usage = orjson.loads(headers.get("X-Business-Use-Case-Usage", ""))
        minutes = [one["estimated_time_to_regain_access"] for used in usage.values() for one in used]
        return float(max(minutes)) * 60 or None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
