"""WhatsApp over Twilio: one number of ours."""

from dataclasses import replace
from typing import Any

from bots.channel import Hook, Keep, MessageOut, Reading
from bots.errors import Refused
from bots.learning import Learning
from bots.twilio_content import Content, approved, by_language, by_name, chosen, content_fields, written
from bots.twilio_sending import TwilioMessages
from bots.twilio_whatsapp.codes import CODES
from bots.twilio_whatsapp.reading import SCHEME, read
from bots.twilio_whatsapp.settings import Settings
from bots.twilio_whatsapp.spec import SPEC


class TwilioWhatsApp(TwilioMessages):
    """One WhatsApp sender of a Twilio account; from `start` to `stop` it keeps its templates fresh."""

    codes = CODES
    settings: Settings

    def __init__(self, settings: Settings, name: str) -> None:
        """Keep the settings of the section *name*."""
        super().__init__(settings, name, replace(SPEC, rate=settings.rate, learning=settings.learn_templates))
        self.contents: list[Content] = []
        self._learning = Learning(
            self.learn_templates,
            what=f"the templates of {name}",
            every=settings.templates_minutes * 60,
            retry=settings.retry_seconds,
        )
        self._offer([])

    def read(self, hook: Hook) -> Reading:
        """Check the signature and translate the message or status call-back."""
        return self._with_token(lambda token: read(hook, token))

    async def start(self, hooks_url: str, keep: Keep) -> None:
        """Ask for status call-backs from now on, and begin to learn the templates beside everything else."""
        await super().start(hooks_url, keep)
        if self.settings.learn_templates:
            self._learning.start()

    async def stop(self) -> None:
        """End the learning and close the connections."""
        await self._learning.stop()
        await super().stop()

    async def learn_templates(self) -> None:
        """Ask Twilio for the approved templates and offer them from now on; raises a ChannelError."""
        client = self._client()
        client.content.base_url = self.settings.content_url
        self._offer(await approved(client, self.codes))
        self.spec = replace(self.spec, learning=False)

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
