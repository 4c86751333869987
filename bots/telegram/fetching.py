"""A file of Telegram's as a stream of bytes; its address holds the token and is never shown."""

from collections.abc import AsyncIterator

import aiohttp
from telegram import Bot

from bots.channel import Attachment
from bots.errors import Refused, Unreachable
from bots.telegram.calling import heard_again
from bots.telegram.spec import DOWNLOAD_LIMIT

_CHUNK = 64 * 1024


async def fetch(bot: Bot, base: str, attachment: Attachment, wait: float) -> AsyncIterator[bytes]:
    """Ask where *attachment* lies under *base*, then stream it; *wait* caps each read in seconds."""
    if not attachment.ref:
        raise Refused("This attachment has no file.")
    if (attachment.size or 0) > DOWNLOAD_LIMIT:
        raise Refused("The file is larger than the 20 MB a bot may download.")
    file = await heard_again(bot.get_file(attachment.ref))
    url = file.file_path or ""
    if not url.startswith(f"{base}/"):
        raise Refused("Telegram named no place to fetch the file from.")
    timeout = aiohttp.ClientTimeout(total=None, connect=wait, sock_read=wait)
    broken = False
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as client,
            client.get(url, allow_redirects=False) as answer,
        ):
            if answer.status != 200:
                raise _refusal(answer.status)
            async for chunk in answer.content.iter_chunked(_CHUNK):
                yield chunk
    except (aiohttp.ClientError, TimeoutError):
        broken = True
    if broken:  # raised out here, where no error that shows the address is its context
        raise Unreachable("Telegram's file server cannot be reached.")


def _refusal(status: int) -> Refused | Unreachable:
    if status == 429 or status >= 500:
        return Unreachable("Telegram's file server is not available.", code=str(status))
    return Refused("Telegram no longer has this file.", code=str(status))
