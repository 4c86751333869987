"""WhatsApp over Twilio: one number of ours."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from bots.channel import Hook, Keep, MessageOut, Reading
from bots.errors import ChannelError, Refused
from bots.twilio_content import Content, approved, by_language, by_name, chosen, content_fields, written
from bots.twilio_sending import TwilioMessages
from bots.twilio_whatsapp.codes import CODES
from bots.twilio_whatsapp.reading import SCHEME, read
from bots.twilio_whatsapp.settings import Settings
from bots.twilio_whatsapp.spec import SPEC

LONGEST_WAIT: Final = 600.0
"""Seconds between two tries to learn the templates."""

log = logging.getLogger(__name__)


class TwilioWhatsApp(TwilioMessages):
    """One WhatsApp sender of a Twilio account; from `start` to `stop` it keeps its templates fresh."""

    codes = CODES
    settings: Settings

    def __init__(self, settings: Settings, name: str) -> None:
        """Keep the settings of the section *name*."""
        super().__init__(settings, name, replace(SPEC, rate=settings.rate))
        self.contents: list[Content] = []
        self._learning: asyncio.Task[None] | None = None
        self._offer([])

    def read(self, hook: Hook) -> Reading:
        """Check the signature and translate the message or status call-back."""
        return self._with_token(lambda token: read(hook, token))

    async def start(self, hooks_url: str, keep: Keep) -> None:
        """Ask for status call-backs from now on, and begin to learn the templates beside everything else."""
        await super().start(hooks_url, keep)
        if self.settings.learn_templates and self._learning is None:
            self._learning = asyncio.create_task(self._keep_learning(), name=f"{self.name} templates")

    async def stop(self) -> None:
        """End the learning and close the connections."""
        learning, self._learning = self._learning, None
        if learning is not None:
            learning.cancel()
            with suppress(asyncio.CancelledError):
                await learning
        await super().stop()

    async def learn_templates(self) -> None:
        """Ask Twilio for the approved templates and offer them from now on; raises a ChannelError."""
        client = self._client()
        client.content.base_url = self.settings.content_url
        self._offer(await approved(client, self.codes))

    def _offer(self, learnt: list[Content]) -> None:
        mine = written(self.settings.templates)
        known = {one.sid: one for one in learnt}
        for at, one in enumerate(mine):
            if (found := known.get(one.sid)) is not None:
                mine[at] = replace(one, variables=found.variables, words=found.words)
        self.contents = [*mine, *learnt]
        self.spec = replace(
            self.spec, templates=by_language(self.contents), template_words=by_name(self.contents)
        )

    async def learn(self) -> None:
        """Learn the templates once, for a command that sends nothing."""
        if self.settings.learn_templates:
            await self.learn_templates()

    async def _keep_learning(self) -> None:
        failed = 0
        while True:
            wait = self.settings.templates_minutes * 60
            try:
                await self.learn_templates()
                failed = 0
            except ChannelError as error:
                wait = min(self.settings.retry_seconds * 2**failed, LONGEST_WAIT)
                failed = min(failed + 1, 10)
                log.warning("the templates of %s did not come: %s", self.name, error.reason)
            await asyncio.sleep(wait)

    def _fields(self, message: MessageOut) -> dict[str, Any]:
        if not message.template:
            if message.text.strip() and message.media:
                raise Refused(
                    "WhatsApp over Twilio takes words or one file in a message. Send them one by one."
                )
            return super()._fields(message)
        content = chosen(self.contents, message.template, message.template_language)
        return content_fields(content, message.variables)

    def _sender(self) -> dict[str, str]:
        return {"from_": f"{SCHEME}{self.settings.number}"}

    def _to(self, address: str) -> str:
        if not address.startswith(SCHEME):
            raise Refused("This customer did not write by WhatsApp; the channel cannot reach them there.")
        return address
