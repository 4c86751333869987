"""The SDK's client, made to tell what became of a call, and its errors in our words."""

import asyncio
import logging
import re
from collections.abc import Awaitable
from typing import Any, TypeVar

import httpx
import orjson
from telegram import Bot, error
from telegram.request import HTTPXRequest

from bots.errors import ChannelError, Misconfigured, OptedOut, Refused, Throttled, Uncertain, Unreachable
from bots.telegram.reading import UPDATES
from bots.telegram.settings import Settings

Json = dict[str, Any]
Result = TypeVar("Result")

# In these cases nothing left this machine; after any other the request may have been taken.
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
_TOKEN = re.compile(r"(/bot)\d+:[\w-]+|(/bot)[\w:-]+(?=/)")
_UPLOAD_SECONDS = 120.0

# What Telegram says (lower case, the first that fits): the error and the agent's sentence.
_SENTENCES: tuple[tuple[str, type[ChannelError], str], ...] = (
    ("blocked by the user", OptedOut, "The customer has blocked the bot."),
    ("user is deactivated", Refused, "The customer's Telegram account is deleted."),
    ("can't initiate conversation", Refused, "The customer has not started the bot yet."),
    ("bot was kicked", Refused, "The bot was removed from this chat."),
    ("chat not found", Refused, "Telegram knows no such chat: the customer must write to the bot first."),
    ("message is too long", Refused, "The text is too long for Telegram."),
    ("caption is too long", Refused, "The text under the file is too long for Telegram."),
    ("message can't be edited", Refused, "Telegram no longer lets this message be changed."),
    ("message can't be deleted", Refused, "Telegram no longer lets this message be deleted (48 hours)."),
    ("message to edit not found", Refused, "The message to change is gone."),
    ("message to delete not found", Refused, "The message to delete is gone."),
    ("file is too big", Refused, "The file is larger than the 20 MB a bot may download."),
    ("entity too large", Refused, "The file is larger than Telegram takes."),
    ("wrong file", Refused, "Telegram no longer has this file."),
    ("text must be non-empty", Refused, "There is nothing to send."),
    ("bad webhook", Misconfigured, "Telegram does not take our webhook address (https, port 443 or 8443)."),
)


CODES = {
    "user is deactivated": "403:deactivated",
    "can't initiate conversation": "403:not_started",
    "bot was kicked": "403:kicked",
    "chat not found": "400:chat_not_found",
}
"""Telegram has one code for many things; where a sentence tells more, ours does too."""


class Fault(error.TelegramError):
    """Telegram's server, or something before it, answered without an answer."""

    def __init__(self, status: int, retry_after: float | None = None) -> None:
        """Keep the HTTP *status*, and the seconds to wait if it said."""
        super().__init__(f"HTTP {status}")
        self.status = status
        self.retry_after = retry_after


class Request(HTTPXRequest):
    """The SDK's client that keeps the status of a fault, which the SDK would blur into NetworkError."""

    __slots__ = ()

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Make one request; Fault for 429, 5xx and whatever is not Telegram's JSON."""
        status, body = await super().do_request(*args, **kwargs)
        if status == 413:
            raise error.BadRequest("Request Entity Too Large")
        if status == 429:
            raise Fault(status, _wait(body))
        if status >= 500 or not _is_telegrams(body):
            raise Fault(status)
        return status, body


class OurBot(Bot):
    """The SDK's bot that can also hand over updates as they came."""

    __slots__ = ()

    async def updates(self, offset: int, wait: int, answer_seconds: float) -> list[Json]:
        """Wait up to *wait* seconds for the updates from *offset* on, as plain JSON.

        The SDK's own tree of objects costs ten times our reading of them.
        """
        asked = {"offset": offset, "timeout": wait, "limit": 100, "allowed_updates": list(UPDATES)}
        found: list[Json] = await self._post("getUpdates", asked, read_timeout=wait + answer_seconds)
        return found

    async def close_requests(self) -> None:
        """Close the connections, also where `initialize` never ended well."""
        await asyncio.gather(*(request.shutdown() for request in self._request))


def make_bot(settings: Settings) -> OurBot:
    """Make the SDK's bot for *settings*; it opens no connection and repeats no request."""
    for name in ("httpx", "telegram.Bot"):
        logging.getLogger(name).addFilter(without_secrets)
    wait = settings.answer_seconds
    polling = Request(connection_pool_size=1, read_timeout=wait, pool_timeout=wait)
    calls = Request(connection_pool_size=64, read_timeout=wait, media_write_timeout=_UPLOAD_SECONDS)
    return OurBot(
        token=settings.token.get_secret_value(),
        base_url=f"{settings.api_url.rstrip('/')}/bot",
        base_file_url=f"{settings.api_url.rstrip('/')}/file/bot",
        request=calls,
        get_updates_request=polling,
    )


def without_secrets(record: logging.LogRecord) -> bool:
    """Keep the token out of httpx's lines, and parameters (texts, the webhook's secret) out of the SDK's."""
    if record.name == "telegram.Bot" and record.levelno <= logging.DEBUG:
        return False
    record.msg, record.args = _TOKEN.sub(r"\1\2…", record.getMessage()), None
    return True


async def heard(call: Awaitable[Result]) -> Result:
    """Await *call*; the SDK's errors become ours and, as they may hold the token, leave no trace."""
    try:
        return await call
    except error.TelegramError as raised:
        mistake = translate(raised)
    raise mistake


async def heard_again(call: Awaitable[Result]) -> Result:
    """Await a *call* that may safely be made twice: a lost answer only means to try again."""
    try:
        return await heard(call)
    except Uncertain as lost:
        mistake = Unreachable(lost.reason, code=lost.code)
    raise mistake


def translate(raised: error.TelegramError) -> ChannelError:
    """Say in our words what *raised* means; BadRequest is a NetworkError and comes first."""
    match raised:
        case Fault(status=429):
            return Throttled(retry_after=raised.retry_after, code="429")
        case Fault(status=status) if status == 503 or 400 <= status < 500:
            return Unreachable("Telegram does not take requests now.", code=str(status))
        case Fault(status=status):
            return Uncertain("Telegram failed while it had our request.", code=str(status))
        case error.InvalidToken() | error.EndPointNotFound():
            return Misconfigured("Telegram does not accept the bot's token (TELEGRAM_BOT_TOKEN).", code="401")
        case error.Forbidden():
            return _said(raised.message, "403")
        case error.BadRequest() | error.ChatMigrated():
            return _said(raised.message, "400")
        case error.Conflict():
            return Unreachable("Another program polls this bot, or a webhook is set.", code="409")
        case error.NetworkError() if isinstance(raised.__cause__, _NOT_SENT):
            return Unreachable("Telegram cannot be reached.")
        case _:
            return Uncertain("Telegram did not answer.")


def _said(message: str, code: str) -> ChannelError:
    for words, kind, sentence in _SENTENCES:
        if words in message.lower():
            return kind(sentence, code=CODES.get(words, code))
    return Refused(f"Telegram refused: {_TOKEN.sub('', message)}", code=code)


def _is_telegrams(body: bytes) -> bool:
    return body.lstrip().startswith(b"{")


def _wait(body: bytes) -> float | None:
    try:
        return float(orjson.loads(body)["parameters"]["retry_after"])
    except (KeyError, TypeError, ValueError):
        return None
