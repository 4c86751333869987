"""WhatsApp through Meta's Cloud API: one number of ours."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Final

from bots.channel import Attachment, Channel, Hook, Keep, MediaOut, MessageOut, Reading, Sent, Sign
from bots.errors import Misconfigured, Refused, Uncertain, Unreachable
from bots.json_body import Json, table, tables, text
from bots.learning import Learning
from bots.meta_graph import Graph
from bots.meta_hooks import check
from bots.whatsapp import sending
from bots.whatsapp.codes import CODES
from bots.whatsapp.people import SCHEME, address_of
from bots.whatsapp.reading import read
from bots.whatsapp.settings import Settings
from bots.whatsapp.spec import SPEC, UPLOADED
from bots.whatsapp.templates import Template, by_language, components, template_of, words

IDENTIFIER: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")
MOST_PAGES: Final = 200


class WhatsApp(Channel):
    """One number; it connects at the first call and keeps its templates fresh from `start` to `stop`."""

    def __init__(self, settings: Settings, name: str) -> None:
        """Keep the settings of the section *name*."""
        self.spec = replace(SPEC, rate=settings.rate, learning=bool(settings.business_account_id))
        self.name = name
        self.settings = settings
        self.templates: dict[tuple[str, str], Template] = {}
        self.graph = Graph(
            base_url=settings.base_url,
            version=settings.version,
            token=settings.access_token,
            timeout=settings.timeout,
            codes=CODES,
        )
        self._secrets = [
            secret.get_secret_value().encode() for secret in (settings.app_secret, settings.old_app_secret)
        ]
        self._verify_token = settings.verify_token.get_secret_value().encode()
        self._learning = Learning(
            self.learn_templates,
            what=f"the templates of {name}",
            every=settings.templates_minutes * 60,
            retry=settings.retry_seconds,
        )

    def read(self, hook: Hook) -> Reading:
        """Check the signature and translate every entry, or answer Meta's question about our address."""
        return read(hook, self._secrets, self._verify_token, self.settings.phone_number_id)

    def check(self, hook: Hook) -> None:
        """Raise BadSignature unless Meta signed the hook or knows our verify token."""
        check(hook, self._secrets, self._verify_token)

    async def start(self, hooks_url: str, keep: Keep) -> None:
        """Begin to learn the approved templates, beside everything else; hooks are set at Meta's app."""
        if self.settings.business_account_id:
            self._learning.start()

    async def stop(self) -> None:
        """End the learning and close the connections."""
        await self._learning.stop()
        await self.graph.close()

    async def send(self, message: MessageOut) -> Sent:
        """Hand one message to WhatsApp; a file is uploaded first."""
        body = await self._body(message)
        answer = await self.graph.post(f"{self.settings.phone_number_id}/messages", body)
        taken = tables(answer.get("messages"))
        name = text(taken[0].get("id")) if taken else ""
        if not name:
            raise Uncertain("WhatsApp's answer has no identifier of the message.")
        return Sent(external_id=name, also=_also(answer, message.address))

    async def react(self, external_id: str, address: str, reaction: str) -> None:
        """Put an emoji on a customer's message; an empty one takes ours off."""
        body = sending.reaction(external_id, address, reaction)
        await self.graph.post(f"{self.settings.phone_number_id}/messages", body, harmless=True)

    async def show(self, sign: Sign, address: str, external_id: str) -> None:
        """Mark a customer's message as read and, where we write, show that for 25 seconds."""
        if not external_id:
            raise Refused("WhatsApp shows that we write or have read only under a customer's message.")
        body = sending.sign(sign, external_id)
        await self.graph.post(f"{self.settings.phone_number_id}/messages", body, harmless=True)

    async def who(self) -> str:
        """Ask Meta for our number, the name it bears and how it stands with customers."""
        fields = "display_phone_number,verified_name,quality_rating"
        told = await self.graph.get(self.settings.phone_number_id, {"fields": fields})
        number, name = text(told.get("display_phone_number")), text(told.get("verified_name"))
        return f"{name} ({number}), quality {text(told.get('quality_rating')) or 'unknown'}"

    async def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """Stream a file: Meta keeps it for a week, at an address that lasts five minutes."""
        async for chunk in self.graph.download(await self._address_of_file(attachment.ref)):
            yield chunk

    async def learn_templates(self) -> None:
        """Ask for all approved templates and offer them from now on; raises a ChannelError."""
        found: dict[tuple[str, str], Template] = {}
        params = {"fields": "name,language,status,category,components", "limit": "100"}
        for _ in range(MOST_PAGES):
            answer = await self.graph.get(f"{self.settings.business_account_id}/message_templates", params)
            for one in filter(None, map(template_of, tables(answer.get("data")))):
                found[one.name, one.language] = one
            paging = table(answer.get("paging"))
            after = text(table(paging.get("cursors")).get("after"))
            if not after or not paging.get("next"):
                break
            params = {**params, "after": after}
        self.templates = found
        said = {(one.language, one.name): words(one) for one in found.values()}
        self.spec = replace(
            self.spec, templates=by_language(found.values()), template_words=said, learning=False
        )

    async def learn(self) -> None:
        """Learn the templates once, for a command that sends nothing."""
        if self.settings.business_account_id:
            await self.learn_templates()

    async def _body(self, message: MessageOut) -> Json:
        sending.check(message)
        sending.to(message.address)
        if message.template:
            template = self.templates.get((message.template, message.template_language))
            file = None
            if template is not None and template.file and message.media:
                medium = message.media[0]
                file = sending.attached(medium, await self._hand_over(medium), template.file)
            return sending.template(message, components(template, message.variables, file))
        if message.media:
            return sending.file(message, message.media[0], await self._hand_over(message.media[0]))
        return sending.words(message)

    async def _hand_over(self, medium: MediaOut) -> Json:
        """Upload a file and give its id; of a kind that may not be uploaded, the link for Meta to fetch."""
        if medium.content_type.partition(";")[0].strip().lower() not in UPLOADED:
            return {"link": medium.url}
        fields = {**sending.PRODUCT, "type": medium.content_type}
        answer = await self.graph.upload(f"{self.settings.phone_number_id}/media", fields, medium)
        name = text(answer.get("id"))
        if not name:
            raise Unreachable("WhatsApp's answer has no identifier of the file.")
        return {"id": name}

    async def _address_of_file(self, ref: str) -> str:
        if ref.startswith(("https://", "http://")):
            return ref
        if not IDENTIFIER.fullmatch(ref):
            raise Refused("There is no file to fetch.")
        try:
            told = await self.graph.get(ref, {"phone_number_id": self.settings.phone_number_id})
        except Misconfigured as error:
            if error.code != "100":
                raise
            raise Refused("The file is no longer at Meta, which keeps it for a week.", code="100") from error
        url = text(told.get("url"))
        if not url:
            raise Refused("Meta does not say where the file is.")
        return url


def _also(answer: Json, address: str) -> tuple[str, ...]:
    """Name the other addresses of the person a message went to, where the answer does."""
    people = tables(answer.get("contacts"))
    if len(people) != 1:
        return ()
    number, user_id = text(people[0].get("wa_id")), text(people[0].get("user_id"))
    found = (address_of(number) if number else "", SCHEME + user_id if user_id else "")
    return tuple(one for one in found if one and one != address)
