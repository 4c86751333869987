"""The Discord channel: one bot."""

import asyncio
import hmac
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote

from bots.channel import Attachment, Channel, Hook, Keep, Memory, MessageOut, Reading, Sent, Sign, Spec
from bots.discord import interactions, reading
from bots.discord.catching_up import Missed
from bots.discord.codes import UNKNOWN_CHANNEL, UNKNOWN_EMOJI, UNKNOWN_MESSAGE, error_of
from bots.discord.content import name_of
from bots.discord.listening import Listener
from bots.discord.looking_up import find
from bots.discord.naming import emoji_of, first_after, message_of, place_of, snowflake, user_of_token
from bots.discord.places import Places
from bots.discord.sending import NO_PINGS, call_of, content_of, request_of
from bots.discord.settings import Settings
from bots.discord.spec import NONCE_LIFE, SPEC
from bots.errors import ChannelError, Refused, Uncertain, Verdict
from bots.fetching import fetch, origin_of
from bots.json_body import Json, table, tables
from bots.provider_calls import Answer, Calls
from bots.sealing import HEADER, check_seal, house_keys, sealed

FIRST_SECONDS: Final = 1.5  # the house starts in 2 s, whether Discord is there or not
FINISH_SECONDS: Final = 3.5
REMEMBERED: Final = 10_000


def utc_now() -> datetime:
    """Look at the clock: a nonce lives for minutes."""
    return datetime.now(UTC)


class Discord(Channel):
    """One bot's account: listens at the gateway, sends, changes and takes back its messages."""

    spec: Spec = SPEC

    def __init__(self, settings: Settings, name: str, clock: Callable[[], datetime] = utc_now) -> None:
        """Open nothing; *name* is the account's section."""
        self.name = name
        self._settings = settings
        self._clock = clock
        token = settings.token.get_secret_value()
        self._place = reading.Place(bot=user_of_token(token), support=settings.support_channel)
        self._keys = [hmac.digest(key, b"discord seal", sha256) for key in house_keys(settings)]
        self._calls = Calls(
            provider="Discord",
            url=settings.api_url,
            scheme="Bot",
            token=settings.token,
            timeout=settings.timeout,
        )
        self._places = Places()
        self._missed = Missed(self._calls, self._places)
        self._asked: OrderedDict[str, datetime] = OrderedDict()
        self._answered: OrderedDict[str, None] = OrderedDict()
        self._listener: Listener | None = None
        self._listening: asyncio.Task[None] | None = None

    def read(self, hook: Hook) -> Reading:
        """Translate what the bot heard, or a call of Discord's over HTTP."""
        self.check(hook)
        if HEADER in hook.headers:
            return reading.read(hook, self._place)
        return interactions.read(hook, self._place)

    def check(self, hook: Hook) -> None:
        """Raise BadSignature unless we sealed the hook ourselves, or Discord signed it."""
        if HEADER in hook.headers:
            check_seal(self._keys, self.name, hook)
        else:
            interactions.check(hook, (self._settings.public_key, self._settings.old_public_key))

    async def send(self, message: MessageOut) -> Sent:
        """Send in one call, under a nonce; the first time to somebody, their channel is opened before.

        What no agent wrote just now goes by direct message, also to who wrote in the support channel.
        """
        channel, request = await self._aimed(message)
        _put(self._asked, message.key, self._clock())
        answer = await self._calls.ask(
            "POST", f"/channels/{channel}/messages", **call_of(request, message, self._settings.timeout)
        )
        if answer.status == 200:
            return self._sent(channel, answer)
        error = error_of(answer)
        if error.code == UNKNOWN_CHANNEL:
            self._places.forget(channel)
        raise error

    async def look_up(self, message: MessageOut) -> Sent | None:
        """Ask again under the same nonce while Discord knows it, else look through what we wrote there."""
        asked = self._asked.get(message.key)
        if asked is not None and self._clock() - asked < NONCE_LIFE:
            try:
                return await self.send(message)
            finally:
                _put(self._asked, message.key, asked)
        channel, request = await self._aimed(message)
        found = await find(self._missed, channel, message, request, self._place.bot, self._answered)
        return None if found is None else Sent(external_id=found)

    async def edit(self, external_id: str, message: MessageOut) -> None:
        """Change a sent text; the same words again are no error."""
        channel, number = message_of(external_id)
        body = {"content": content_of(message.text), "allowed_mentions": NO_PINGS}
        await self._missed.ask("PATCH", f"/channels/{channel}/messages/{number}", json=body)

    async def delete(self, external_id: str, address: str) -> None:
        """Take a message back; one that is gone already is no error."""
        channel, number = message_of(external_id)
        await self._unless(UNKNOWN_MESSAGE, "DELETE", f"/channels/{channel}/messages/{number}")

    async def react(self, external_id: str, address: str, reaction: str) -> None:
        """Put a reaction on a message in the place of ours, or take ours off; the same again is no error."""
        channel, number = message_of(external_id)
        path = f"/channels/{channel}/messages/{number}"
        here = table((await self._missed.ask("GET", path)).body)
        for one in tables(here.get("reactions")):
            if one.get("me") is True and (name := emoji_of(table(one.get("emoji")))) != reaction:
                where = f"{path}/reactions/{quote(name)}/@me"
                await self._unless(UNKNOWN_EMOJI, "DELETE", where)
        if reaction:
            await self._missed.ask("PUT", f"{path}/reactions/{quote(reaction)}/@me")

    async def show(self, sign: Sign, address: str, external_id: str) -> None:
        """Let the customer see for some seconds that we write; Discord has no read marks."""
        if sign == "read":
            raise Refused("Discord does not show what was read.")
        user, support = place_of(address)
        await self._missed.ask("POST", f"/channels/{support or await self._direct(user)}/typing")

    async def who(self) -> str:
        """Ask Discord for the bot's own name."""
        bot = table((await self._missed.ask("GET", "/users/@me")).body)
        return f"{name_of(bot)} (bot {snowflake(bot.get('id'))})"

    def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """Stream a file; its signed address is good for about a day."""
        return fetch(attachment.ref, trusted=(origin_of(self._settings.api_url),))

    def remember_in(self, memory: Memory) -> None:
        """Be lent a memory for the session, and up to where each place was heard."""
        self._places.memory = memory

    async def start(self, hooks_url: str, keep: Keep) -> None:
        """Listen at the gateway and `keep` what comes; *hooks_url* is set in Discord's portal, for buttons.

        A wrong token raises Misconfigured; a Discord that is away is tried again meanwhile.
        """
        await self._places.load()
        self._listener = Listener(
            settings=self._settings,
            missed=self._missed,
            places=self._places,
            place=self._place,
            seal=lambda body, at: sealed(self._keys[0], self.name, body, at),
            keep=keep,
        )
        self._listening = asyncio.create_task(self._listener.run())
        first = self._listener.first
        await asyncio.wait({first}, timeout=FIRST_SECONDS)
        if first.done() and (error := first.result()) is not None and error.verdict is Verdict.GIVE_UP:
            await self.stop()
            raise error

    async def stop(self) -> None:
        """Leave the gateway within 5 s; hooks being kept are finished first."""
        if self._listener is not None and self._listening is not None:
            self._listener.stop()
            await asyncio.wait({self._listening}, timeout=FINISH_SECONDS)
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        await self._calls.close()

    async def _aimed(self, message: MessageOut) -> tuple[str, Json]:
        """Choose the channel that *message* goes to, and write the request; raises a ChannelError."""
        user, support = place_of(message.address)
        in_public = bool(support) and message.by_agent
        channel = support if in_public else await self._direct(user)
        return channel, request_of(message, channel, user if in_public else "")

    async def _direct(self, user: str) -> str:
        """Give the channel of *user*'s direct messages; it is opened where we do not know it."""
        if known := self._places.channel_of(user):
            return known
        answer = await self._missed.ask("POST", "/users/@me/channels", json={"recipient_id": user})
        channel = snowflake(table(answer.body).get("id"))
        if not channel:
            raise Refused("Discord opened no channel to this person.")
        # From what was last heard of anybody: of what they wrote before that nobody knows, and what was
        # written since, while we were off, is not passed over because we wrote ourselves.
        last = "" if self._missed.knows(channel) else self._places.latest() or first_after(self._clock())
        self._places.heard(channel, user, last)
        return channel

    async def _unless(self, code: str, method: str, path: str) -> None:
        try:
            await self._missed.ask(method, path)
        except ChannelError as error:
            if error.code != code:
                raise

    def _sent(self, channel: str, answer: Answer) -> Sent:
        number = snowflake(table(answer.body).get("id"))
        if not number:
            raise Uncertain("Discord's answer has no identifier of the message.")
        _put(self._answered, f"{channel}:{number}", None)
        return Sent(external_id=f"{channel}:{number}")


def _put(where: OrderedDict[str, Any], key: str, value: Any) -> None:
    where[key] = value
    where.move_to_end(key)
    if len(where) > REMEMBERED:
        where.popitem(last=False)
