"""One call to Slack's Web API: what went wrong is one of four errors, and 429 is obeyed."""

import json
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from urllib.parse import urljoin

import aiohttp
import orjson
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from inbox.desk.slack.budget import FOR_POSTS, Budget
from inbox.desk.slack.settings import SlackSettings

Json = Mapping[str, Any]

# Answers after which Slack may have done it all the same (docs: chat.postMessage, errors).
UNHEARD: Final = ("fatal_error", "internal_error", "service_unavailable", "request_timeout")
# The whole desk stands still: the token is no good.
TOKEN_GONE: Final = ("invalid_auth", "account_inactive", "token_revoked", "token_expired", "not_authed")
# One Slack channel cannot be written to.
CHANNEL_GONE: Final = ("is_archived", "channel_not_found", "not_in_channel", "restricted_action")


class SlackError(Exception):
    """Slack did not do what was asked."""


class NotReached(SlackError):
    """Slack could not be reached; nothing was done there."""


class NotHeard(SlackError):
    """Slack was asked and no answer was heard; it may have been done."""


class Slowed(SlackError):
    """Slack asks us to wait; nothing was done."""

    def __init__(self, seconds: float) -> None:
        """Keep the seconds to wait."""
        self.seconds = seconds
        super().__init__(f"Slack asks us to wait {seconds:.0f} s")


class Said(SlackError):
    """Slack refused, with a code."""

    def __init__(self, code: str, details: str = "") -> None:
        """Keep Slack's *code* and what it says beside it."""
        self.code, self.details = code, details
        super().__init__(f"Slack refused: {code}{f' ({details})' if details else ''}")


class Calls:
    """The one road to the Web API; open it in a running loop and close it."""

    def __init__(
        self, settings: SlackSettings, budget: Budget, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Make no connection yet."""
        self.budget, self.clock = budget, clock
        self._settings = settings
        self._session: aiohttp.ClientSession | None = None
        self.client = AsyncWebClient(
            token=settings.bot_token.get_secret_value(),
            base_url=settings.api_url,
            retry_handlers=[],  # the SDK's own resends a post whose answer was lost: two posts
        )
        self._posts = urljoin(self.client.base_url, FOR_POSTS)

    async def open(self) -> None:
        """Keep connections from now on."""
        timeout = aiohttp.ClientTimeout(total=self._settings.timeout_seconds)
        self._session = aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar())
        self.client.session = self._session

    async def close(self) -> None:
        """Give the connections back."""
        self.client.session = None
        if self._session is not None:
            await self._session.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        """The open session, for files and response_urls."""
        if self._session is None:
            raise RuntimeError("the calls to Slack are not open")
        return self._session

    async def ask(self, method: str, **arguments: Any) -> Json:
        """Call *method* once; raises NotReached, NotHeard, Slowed or Said."""
        given = {name: value for name, value in arguments.items() if value is not None}
        try:
            if method == FOR_POSTS:
                return await self._post(given)
            call: Callable[..., Awaitable[AsyncSlackResponse]] = getattr(
                self.client, method.replace(".", "_")
            )
            answer = await call(**given)
        except SlackApiError as error:
            raise self._translated(error, method, str(arguments.get("channel", ""))) from error
        except (aiohttp.ClientConnectorError, aiohttp.InvalidURL) as error:
            raise NotReached(str(error)) from error
        except (aiohttp.ClientError, TimeoutError, ConnectionError, SlackRequestError) as error:
            raise NotHeard(f"{type(error).__name__}: {error}") from error
        data = answer.data
        return data if isinstance(data, dict) else {}

    async def _post(self, given: Json) -> Json:
        """Post as the SDK would, without what it does for whichever method: that costs as much again.

        In a rush nearly all that is asked of Slack are posts.
        """
        headers = {
            **self.client.headers,
            "Authorization": f"Bearer {self.client.token}",
            "Content-Type": "application/json;charset=utf-8",
        }
        asked = self.session.post(self._posts, data=_written(given), headers=headers, proxy=self.client.proxy)
        async with asked as answer:
            body = await answer.read()
        data = _read(body)
        if answer.status == 200 and data.get("ok"):
            return data
        slack_channel = str(given.get("channel", ""))
        raise self._wrong(answer.status, answer.headers, data, FOR_POSTS, slack_channel)

    def _translated(self, error: SlackApiError, method: str, slack_channel: str) -> SlackError:
        answer = error.response
        if not isinstance(answer, AsyncSlackResponse):
            return NotHeard("the answer could not be read")
        data = answer.data if isinstance(answer.data, dict) else {}
        return self._wrong(answer.status_code, answer.headers, data, method, slack_channel)

    def _wrong(
        self, status: int, headers: Mapping[str, str], data: Json, method: str, slack_channel: str
    ) -> SlackError:
        """Tell what an answer that is not ok says."""
        code = str(data.get("error") or "")
        if status == 429:
            return self._slowed(headers, method, slack_channel)
        if status >= 500 or not code or code in UNHEARD:
            return NotHeard(code or f"HTTP {status}")
        if code == "ratelimited":
            return self._slowed(headers, method, slack_channel)
        details = (data.get("response_metadata") or {}).get("messages") or data.get("needed") or ""
        return Said(code, str(details)[:500])

    def _slowed(self, headers: Mapping[str, str], method: str, slack_channel: str) -> Slowed:
        asked = str(headers.get("Retry-After") or "")
        seconds = float(asked) if asked.isdecimal() else 30.0
        seconds += random.uniform(0.1, 1.0)  # noqa: S311 (jitter, not a secret)
        self.budget.close(method, slack_channel, seconds, self.clock())
        return Slowed(seconds)


def _written(given: Json) -> bytes:
    """Write arguments; half of a surrogate pair, which UTF-8 has no bytes for, is written as its number."""
    try:
        return orjson.dumps(given)
    except orjson.JSONEncodeError:
        return json.dumps(given).encode()


def _read(body: bytes) -> Json:
    """Read an answer; empty where it is none of Slack's."""
    try:
        data = orjson.loads(body)
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}
