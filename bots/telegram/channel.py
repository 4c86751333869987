"""The Telegram channel: one bot."""

import asyncio
import logging
from collections.abc import AsyncIterator
from functools import cached_property

from bots.channel import Attachment, Channel, Hook, Keep, MessageOut, Reading, Sent, Spec
from bots.errors import ChannelError, Verdict
from bots.telegram import reading
from bots.telegram.calling import OurBot, heard, heard_again, make_bot
from bots.telegram.fetching import fetch
from bots.telegram.polling import Poller
from bots.telegram.registering import by_hook, register_once, webhook_secrets
from bots.telegram.sending import delete_once, edit_once, message_of, react_once, send_following
from bots.telegram.settings import Settings
from bots.telegram.spec import SPEC

log = logging.getLogger(__name__)
_FIRST_SECONDS = 1.5  # the house starts in 2 s, whether Telegram is there or not
_FINISH_SECONDS = 4.0


class Telegram(Channel):
    """One bot's account: reads its updates, sends, changes and takes back its messages."""

    spec: Spec = SPEC

    def __init__(self, settings: Settings, name: str) -> None:
        """Open nothing; *name* is the account's section."""
        self.name = name
        self._settings = settings
        self._secrets = webhook_secrets(settings)
        self._poller: Poller | None = None
        self._polling: asyncio.Task[None] | None = None

    @cached_property
    def _bot(self) -> OurBot:
        return make_bot(self._settings)

    def read(self, hook: Hook) -> Reading:
        """Translate one update; BadSignature without our secret, Malformed if it is not one."""
        return reading.read(hook, self._secrets)

    def check(self, hook: Hook) -> None:
        """Raise BadSignature without our secret."""
        reading.check(hook.headers, self._secrets)

    async def send(self, message: MessageOut) -> Sent:
        """Send in one call; Uncertain where no answer was heard."""
        sent = await heard(send_following(self._bot, message))
        return Sent(external_id=f"{sent.chat_id}:{sent.message_id}")

    async def edit(self, external_id: str, message: MessageOut) -> None:
        """Change a sent text, or the words under a sent file; the same words again are no error."""
        await heard_again(edit_once(self._bot, *message_of(external_id), message.text))

    async def delete(self, external_id: str, address: str) -> None:
        """Take a message back, within 48 hours."""
        await heard_again(delete_once(self._bot, *message_of(external_id)))

    async def react(self, external_id: str, address: str, reaction: str) -> None:
        """Put a reaction on a message in the place of ours, or take ours off; the same again is no error."""
        await heard_again(react_once(self._bot, *message_of(external_id), reaction))

    async def who(self) -> str:
        """Ask Telegram for the bot's own name."""
        bot = await heard_again(self._bot.get_me())
        return f"{bot.full_name} (@{bot.username})"

    def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """Stream a file of up to 20 MB; its address holds the token and never leaves here."""
        wait = self._settings.answer_seconds
        return fetch(self._bot, self._bot.base_file_url, attachment, wait)

    async def start(self, hooks_url: str, keep: Keep) -> None:
        """Register *hooks_url* where Telegram can call it, else poll and `keep` what comes.

        A wrong token raises Misconfigured; a Telegram that is away is tried again meanwhile.
        """
        first: asyncio.Future[ChannelError | None] = asyncio.get_running_loop().create_future()
        self._poller = Poller(self._bot, self._settings, self._secrets[0], keep)
        url = hooks_url if by_hook(self._settings, hooks_url) else ""
        self._polling = asyncio.create_task(self._run(self._poller, url, first))
        await asyncio.wait({first}, timeout=_FIRST_SECONDS)
        if first.done() and (error := first.result()) is not None and error.verdict is Verdict.GIVE_UP:
            await self.stop()
            raise error

    async def stop(self) -> None:
        """End polling within 5 s; hooks being kept are finished first."""
        if self._poller is not None and self._polling is not None:
            self._poller.stop()
            await asyncio.wait({self._polling}, timeout=_FINISH_SECONDS)
            self._polling.cancel()
            await asyncio.gather(self._polling, return_exceptions=True)
        if (bot := self.__dict__.pop("_bot", None)) is not None:
            await bot.close_requests()

    async def _run(self, poller: Poller, url: str, first: asyncio.Future[ChannelError | None]) -> None:
        async def register() -> None:
            error: ChannelError | None = None
            try:
                await heard_again(register_once(self._bot, url, self._secrets[0]))
            except ChannelError as raised:
                error = raised
                raise
            finally:
                if not first.done():
                    first.set_result(error)

        try:
            await poller.until_done(register)
        except ChannelError as error:
            log.error("telegram: %s cannot start: %s", self.name, error.reason)
            return
        if not url:
            await poller.run()
