"""A Facebook page or an Instagram account of ours as a channel; the two folders say how they differ."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar, Final

from bots.answered import Answered
from bots.channel import Attachment, Channel, Hook, MessageOut, Reading, Sent, Sign, Spec
from bots.errors import Refused, Uncertain
from bots.fetching import fetch
from bots.meta_graph import Graph
from bots.meta_hooks import check
from bots.meta_page_codes import CODES
from bots.meta_page_looking import look_for
from bots.meta_page_reading import read
from bots.meta_page_sending import call_of, target_of
from bots.meta_page_settings import PageSettings
from bots.meta_page_side import Side
from bots.meta_values import id_of, objects_of, part_of, text_of

HUMAN_WINDOW: Final = timedelta(days=7)
SIGNS: Final[dict[Sign, str]] = {"typing": "typing_on", "read": "mark_seen"}


class MetaPage(Channel):
    """One account of ours; it connects at the first call and closes in `stop`."""

    who_fields: str = "name,id"
    reaction_words: ClassVar[dict[str, str]] = {}
    """What the API calls an emoji, where it wants a word."""

    def __init__(self, settings: PageSettings, spec: Spec, side: Side) -> None:
        """Keep the account's *settings*; *spec* is the folder's, *side* says whose hooks are read."""
        human = HUMAN_WINDOW if settings.human_agent else None
        self.spec = replace(spec, rate=settings.rate, human_window=human)
        self.side = side
        self.settings = settings
        self.answered = Answered()
        self.graph = Graph(
            base_url=settings.base_url,
            version=settings.version,
            token=settings.access_token,
            timeout=settings.timeout,
            codes=CODES,
        )
        secrets = (settings.app_secret, settings.second_secret, settings.old_app_secret)
        self._secrets = tuple(secret.get_secret_value().encode() for secret in secrets)
        self._verify = settings.verify_token.get_secret_value().encode()

    def read(self, hook: Hook) -> Reading:
        """Check the signature and translate every entry, or answer Meta's challenge."""
        return read(hook, self.side, self._secrets, self._verify)

    def check(self, hook: Hook) -> None:
        """Raise BadSignature unless Meta signed the hook or knows our verify token."""
        check(hook, self._secrets, self._verify)

    async def stop(self) -> None:
        """Close the connections."""
        await self.graph.close()

    async def send(self, message: MessageOut) -> Sent:
        """Hand one message to Meta: to the person, privately to a comment's author, or under the post."""
        path, body = call_of(message, self.side, self.spec, human_agent=self.settings.human_agent)
        answer = await self.graph.post(path, body)
        external_id = text_of(answer, "message_id") or id_of(answer.get("id"))
        if not external_id:
            raise Uncertain("Meta's answer has no identifier of the message.")
        self.answered.add(external_id)
        # Who was answered privately is named only now: from here on they can be written to.
        person = id_of(answer.get("recipient_id")) if "comment_id" in body.get("recipient", {}) else ""
        return Sent(external_id=external_id, also=(f"{self.side.scheme}:{person}",) if person else ())

    async def look_up(self, message: MessageOut) -> Sent | None:
        """Look for a message whose answer was lost in the conversation as Meta shows it."""
        found = await look_for(message, self.side, self.graph, self.answered)
        if found is None:
            return None
        self.answered.add(found)
        return Sent(external_id=found)

    async def react(self, external_id: str, address: str, reaction: str) -> None:
        """Put an emoji on a customer's message; an empty one takes ours off."""
        target = target_of(address, self.side)
        if target.way != "person":
            raise Refused("Comments take no reaction of ours.")
        given: dict[str, Any] = {"message_id": external_id}
        if reaction:
            given["reaction"] = self.reaction_words.get(reaction, reaction)
        action = "react" if reaction else "unreact"
        body = {"recipient": target.recipient, "sender_action": action, "payload": given}
        await self.graph.post("me/messages", body, harmless=True)

    async def show(self, sign: Sign, address: str, external_id: str) -> None:
        """Show that we write or have read; under a post there is nothing to show."""
        target = target_of(address, self.side)
        if target.way == "person":
            body = {"recipient": target.recipient, "sender_action": SIGNS[sign]}
            await self.graph.post("me/messages", body, harmless=True)

    async def who(self) -> str:
        """Ask whose token ours is: the account's name, and the number that its hooks bear."""
        said = await self.graph.get("me", {"fields": self.who_fields})
        account = part_of(said, "instagram_business_account") or next(
            iter(objects_of(said.get("data"))), said
        )
        name = text_of(account, "username") or text_of(account, "name")
        number = id_of(account.get("user_id")) or id_of(account.get("id"))
        return " ".join(f"{name} ({self.spec.label}, {number})".split())

    def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """Stream a file: Meta signs its address, which holds for some days, so no token is shown."""
        return fetch(attachment.ref, trusted=[self.settings.base_url])
