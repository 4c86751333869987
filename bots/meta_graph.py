"""Meta's Graph API: one client for WhatsApp, Messenger and Instagram.

Sources: https://developers.facebook.com/docs/graph-api/guides/error-handling and
https://developers.facebook.com/docs/graph-api/overview/rate-limiting.
"""

from collections.abc import AsyncIterator, Collection, Mapping
from typing import Any, Final

import orjson
from aiohttp import FormData
from pydantic import SecretStr

from bots.channel import MediaOut
from bots.errors import ChannelError, Refused, Throttled, Uncertain, Unreachable
from bots.fetching import fetch, origin_of
from bots.json_body import harmless as clean
from bots.meta_errors import Codes, error_of
from bots.provider_calls import Answer, Calls, seconds_of

MEDIA_HOSTS: Final = ("https://lookaside.fbsbx.com", "https://graph.facebook.com")
"""Where Meta keeps files that need our token."""
SLOWEST: Final = 50_000
"""Bytes a second: an upload may last as long as it would at this pace."""


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
        self.codes = codes
        self._token = token
        self._calls = Calls(
            provider="Meta", url=f"{base_url}/{version}", scheme="Bearer", token=token, timeout=timeout
        )

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Ask for *path* (no slash in front); raises a ChannelError."""
        return await self._ask("GET", path, harmless=True, params=params or {})

    async def post(self, path: str, body: Mapping[str, Any], *, harmless: bool = False) -> dict[str, Any]:
        """Post *body* as JSON to *path*; raises a ChannelError."""
        return await self._ask("POST", path, harmless=harmless, json=clean(dict(body)))

    async def delete(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Delete what *body* names at *path*; raises a ChannelError."""
        return await self._ask("DELETE", path, harmless=True, json=clean(dict(body)))

    async def upload(self, path: str, fields: Mapping[str, str], medium: MediaOut) -> dict[str, Any]:
        """Post a file with *fields* as a form; a second try leaves but an unused file there."""
        try:
            content = medium.path.open("rb")
        except OSError as error:
            raise Refused(f"The file {medium.name} is gone from our own store.") from error
        with content:
            form = FormData(dict(fields), quote_fields=False)  # Meta shows a quoted name as %C3%A1.pdf
            name = "".join(letter for letter in medium.name if letter.isprintable()) or "file"
            form.add_field("file", content, filename=name, content_type=medium.content_type)
            seconds = self._calls.timeout + medium.size / SLOWEST
            return await self._ask("POST", path, harmless=True, seconds=seconds, data=form)

    def download(self, url: str, trusted: Collection[str] = MEDIA_HOSTS) -> AsyncIterator[bytes]:
        """Stream the file at *url*; only Meta's own hosts (and the API's) are shown the token."""
        known = {*trusted, origin_of(self.base_url)}
        return fetch(url, trusted=known, authorization=self._calls.authorization)

    async def close(self) -> None:
        """Close the connections."""
        await self._calls.close()

    async def _ask(self, method: str, path: str, *, harmless: bool, **options: Any) -> dict[str, Any]:
        ask = self._calls.ask_again if harmless else self._calls.ask
        answer = await ask(method, f"/{path}", **options)
        if answer.status == 200 and isinstance(answer.body, dict) and "error" not in answer.body:
            return answer.body
        raise self._error(answer, Unreachable if harmless else Uncertain)

    def _error(self, answer: Answer, unheard: type[ChannelError]) -> ChannelError:
        error = error_of(answer.status, answer.body, self.codes, unheard)
        # "Malformed access token EAAG...": Meta may repeat the token.
        words = error.reason.replace(self._token.get_secret_value(), "***")
        if words != error.reason:
            error = type(error)(words, code=error.code)
        if isinstance(error, Throttled):
            error.retry_after = seconds_of(answer.headers) or _wait_of_usage(answer.headers)
        return error


def _wait_of_usage(headers: Mapping[str, str]) -> float | None:
    """Read the wait, which Meta gives in minutes beside what the account has used; in seconds."""
    try:
        usage = orjson.loads(headers.get("X-Business-Use-Case-Usage", ""))
        minutes = [one["estimated_time_to_regain_access"] for used in usage.values() for one in used]
        return float(max(minutes)) * 60 or None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
