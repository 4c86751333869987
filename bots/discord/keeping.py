"""From a dispatch to a hook that is kept, and what is remembered of it."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime

import orjson

from bots.channel import Hook, Keep
from bots.discord.catching_up import Missed
from bots.discord.naming import snowflake
from bots.discord.places import Places
from bots.discord.reading import READERS, Place, read
from bots.errors import ChannelError, Verdict
from bots.json_body import Json, table

log = logging.getLogger(__name__)


class Keeper:
    """Keeps one bot's dispatches by *keep*, each in the hook that *seal* makes of it.

    *gap* is the last message of all that was heard before this session began.
    """

    def __init__(
        self,
        *,
        missed: Missed,
        places: Places,
        place: Place,
        stopping: asyncio.Event,
        seal: Callable[[bytes, datetime], Hook],
        keep: Keep,
    ) -> None:
        """Keep nothing yet."""
        self._missed, self._places, self._place, self._stopping = missed, places, place, stopping
        self._seal, self._keep_hook = seal, keep
        self.gap = ""

    async def keep_before(self, frame: Json) -> None:
        """Before somebody's first words that we hear, keep those that they wrote while we were away."""
        message = table(frame.get("d"))
        channel, number = snowflake(message.get("channel_id")), snowflake(message.get("id"))
        is_direct = frame.get("t") == "MESSAGE_CREATE" and "guild_id" not in message
        if not (self.gap and is_direct and channel and number) or self._missed.knows(channel):
            return
        async for one in self._missed.messages_of(channel, self.gap, self._stopping):
            if int(one["id"]) < int(number):
                await self.keep({"t": "MESSAGE_CREATE", "d": one})

    async def keep(self, frame: Json) -> None:
        """Keep what means something to us: a server says a lot that does not."""
        if frame.get("t") not in READERS:
            return
        try:
            hook = self._seal(orjson.dumps({"t": frame["t"], "d": frame.get("d")}), datetime.now(UTC))
            if read(hook, self._place).events:
                await self._keep_hook(hook)
        except (ChannelError, orjson.JSONEncodeError) as error:
            if isinstance(error, ChannelError) and error.verdict is not Verdict.NOT_OURS:
                raise
            log.warning("discord: a dispatch cannot be read: %s", error)  # and never will be: pass it
        if frame["t"] == "MESSAGE_CREATE":
            self._remember(table(frame.get("d")))

    def _remember(self, message: Json) -> None:
        channel, number = snowflake(message.get("channel_id")), snowflake(message.get("id"))
        author = table(message.get("author"))
        is_ours = channel == self._place.support
        if not channel or not number or ("guild_id" in message and not is_ours):
            return
        of_customer = not is_ours and author.get("bot") is not True
        self._places.heard(channel, snowflake(author.get("id")) if of_customer else "", number)
