"""One call to a provider's JSON API, told apart by what became of it: answered, never begun, or unheard."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    TCPConnector,
)
from pydantic import SecretStr

from bots.errors import Uncertain, Unreachable

IDLE_SECONDS: Final = 10.0
"""A connection rests no longer: on one that the provider had closed, a call would be lost in doubt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a provider answered: *body* is its JSON, None where it is none; header names as they came."""

    status: int
    headers: Mapping[str, str]
    body: Any


class Calls:
    """The calls of one account to *provider*, a name for people; it connects at the first.

    *scheme* and *token* make the Authorization header, which appears nowhere else.
    """

    def __init__(self, *, provider: str, url: str, scheme: str, token: SecretStr, timeout: float) -> None:
        """Keep where to call, without a slash at the end; *timeout* is in seconds."""
        self.provider = provider
        self.url = url.rstrip("/")
        self.timeout = timeout
        self._scheme = scheme
        self._token = token
        self._session: ClientSession | None = None

    @property
    def authorization(self) -> str:
        """The header's value."""
        return f"{self._scheme} {self._token.get_secret_value()}"

    async def ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        seconds: float | None = None,
        **options: Any,
    ) -> Answer:
        """Call *path* once with aiohttp's *options* and give whatever is answered.

        Raises Unreachable where nothing left this machine, Uncertain where no answer was heard.
        """
        timeout = ClientTimeout(total=seconds or self.timeout, sock_connect=self.timeout)
        sent = {"Authorization": self.authorization, **(headers or {})}
        mistake: Unreachable | Uncertain
        try:
            async with self._open().request(
                method, self.url + path, headers=sent, timeout=timeout, allow_redirects=False, **options
            ) as response:
                body = _json(await response.read())
                return Answer(status=response.status, headers=response.headers, body=body)
        except (ClientConnectorError, ConnectionTimeoutError):
            mistake = Unreachable(f"{self.provider} cannot be reached.")
        except TimeoutError:
            mistake = Uncertain(f"{self.provider} did not answer in time.")
        except (ClientError, OSError):
            mistake = Uncertain(f"The connection to {self.provider} was cut before its answer came.")
        raise mistake  # out here, where the client's error, which knows our headers, is no part of it

    async def ask_again(self, method: str, path: str, **options: Any) -> Answer:
        """Make a call that may safely be made twice: an unheard answer is only Unreachable."""
        try:
            return await self.ask(method, path, **options)
        except Uncertain as lost:
            mistake = Unreachable(lost.reason)
        raise mistake

    async def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _open(self) -> ClientSession:
        if self._session is None:
            connector = TCPConnector(keepalive_timeout=IDLE_SECONDS)
            self._session = ClientSession(connector=connector, json_serialize=_written)
        return self._session


def seconds_of(headers: Mapping[str, str]) -> float | None:
    """Read the seconds of a Retry-After header; None where there is none, or a date."""
    try:
        seconds = float(headers.get("Retry-After", ""))
    except ValueError:
        return None
    return seconds if 0 <= seconds <= 86_400 else None


def _written(value: Any) -> str:
    return orjson.dumps(value).decode()


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
