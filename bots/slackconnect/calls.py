"""Slack's own client, and its exceptions translated into ours."""

from collections.abc import Awaitable, Mapping
from typing import Any

from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout, ConnectionTimeoutError
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bots.errors import ChannelError, Misconfigured, Refused, Throttled, Uncertain, Unreachable
from bots.slackconnect.settings import Settings
from bots.slackconnect.spec import CODES, SLOW_DOWN, UNHEARD

CALL_ERRORS = (SlackClientError, ClientError, OSError)
"""What a call may raise: TimeoutError is an OSError."""


class Calls:
    """The client of one account, made at the first call inside the running loop."""

    def __init__(self, settings: Settings) -> None:
        """Open nothing."""
        self.settings = settings
        self._session: ClientSession | None = None
        self._client: AsyncWebClient | None = None

    @property
    def session(self) -> ClientSession:
        """The connections, each call within the time-out."""
        if self._session is None:
            self._session = ClientSession(timeout=ClientTimeout(total=self.settings.timeout))
        return self._session

    @property
    def client(self) -> AsyncWebClient:
        """Slack's client; it repeats nothing by itself, since a repeated post is a second one."""
        if self._client is None:
            self._client = AsyncWebClient(
                token=self.settings.bot_token.get_secret_value(),
                base_url=self.settings.api_url,
                session=self.session,
                retry_handlers=[],
            )
        return self._client

    async def close(self) -> None:
        """Close the connections."""
        session, self._session, self._client = self._session, None, None
        if session is not None:
            await session.close()


async def heard(call: Awaitable[AsyncSlackResponse], *, harmless: bool = True) -> Mapping[str, Any]:
    """Wait for an answer; raises a ChannelError. After one that is not *harmless*, no answer is Uncertain."""
    try:
        data = (await call).data
    except CALL_ERRORS as error:
        raise translated(error, Unreachable if harmless else Uncertain) from error
    if not isinstance(data, dict):
        raise (Unreachable if harmless else Uncertain)("Slack's answer was not one.")
    return data


def translated(error: Exception, unheard: type[ChannelError]) -> ChannelError:
    """Say what an exception means; *unheard* is for those after which it may be done."""
    match error:
        case SlackApiError():
            return _answered(error.response, unheard)
        case ClientConnectorError() | ConnectionTimeoutError():
            return Unreachable("Slack cannot be reached.")
        case TimeoutError():
            return unheard("Slack did not answer in time.")
        case ClientError() | OSError():
            return unheard("The connection to Slack was cut before its answer came.")
        case _:
            return Refused("Slack cannot be asked this.")


def _answered(response: Any, unheard: type[ChannelError]) -> ChannelError:
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
    data = getattr(response, "data", None)
    code = str(data.get("error") or "") if isinstance(data, dict) else ""
    if status == 429 or code in SLOW_DOWN:
        wait = str(response.headers.get("Retry-After", ""))
        seconds = float(wait) if wait.isdecimal() else None
        return Throttled("Slack asks us to slow down.", retry_after=seconds, code=code or "429")
    if code in CODES:
        kind, reason = CODES[code]
        return kind(reason, code=code)
    if status in (401, 403):
        return Misconfigured(CODES["invalid_auth"][1], code=str(status))
    if not code or code in UNHEARD or status >= 500:
        return unheard(
            f"Slack answered {code or status}: it may have done it or not.", code=code or str(status)
        )
    return Refused(f"Slack refused: {code.replace('_', ' ')}.", code=code)
