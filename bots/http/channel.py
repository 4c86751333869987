"""One account at any provider: we post what we say to a script, and it posts what it hears."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import orjson
from aiohttp import ClientSession, ClientTimeout

from bots.channel import Attachment, Channel, Hook, MessageOut, Reading, Sent, Sign
from bots.errors import ChannelError, Refused, Uncertain, Unreachable
from bots.fetching import fetch
from bots.http import signing
from bots.http.reading import Rules, read
from bots.http.sending import (
    CALL_ERRORS,
    LONGEST_ANSWER,
    Answer,
    answer_of,
    check,
    sent_of,
    translated,
    wanted,
)
from bots.http.settings import Settings, key_of
from bots.http.spec import spec_of
from bots.marks import plain


class HttpChannel(Channel):
    """One script; the connection to it is opened at the first call and closed in `stop`."""

    def __init__(self, settings: Settings, name: str) -> None:
        """Keep the settings of the section *name*."""
        self.spec = spec_of(settings)
        self.name = name
        self.settings = settings
        secrets = [settings.secret, *([settings.old_secret] if settings.old_secret else [])]
        self.keys = [key_of(secret) for secret in secrets]
        self.opt_out_codes = frozenset(settings.opt_out_codes)
        self.rules = Rules(
            keys=self.keys,
            scheme=settings.scheme,
            stop_words=settings.stop_words,
            opt_out_codes=self.opt_out_codes,
        )
        self.session: ClientSession | None = None

    def read(self, hook: Hook) -> Reading:
        """Check the signature and translate every event of the batch."""
        return read(hook, self.rules)

    def check(self, hook: Hook) -> None:
        """Raise BadSignature unless the script signed the hook."""
        signing.check(self.keys, hook)

    async def stop(self) -> None:
        """Close the connection."""
        session, self.session = self.session, None
        if session is not None:
            await session.close()

    async def send(self, message: MessageOut) -> Sent:
        """Post one message; the script names the provider's id."""
        if not message.text.strip() and not message.media and not message.template:
            raise Refused("There is nothing to send: write some words or add a file.")
        answer = await self._post("send", message.key, self._wanted(message), Uncertain)
        return sent_of(answer, self.opt_out_codes)

    async def look_up(self, message: MessageOut) -> Sent | None:
        """Post it again under the same key, which the script knows if it has sent it."""
        return await self.send(message) if self.spec.looks_up else None

    async def who(self) -> str:
        """Ask the script who we are."""
        answer = await self._post("who", "", {}, Unreachable)
        check(answer)
        said = answer.body.get("who")
        if not isinstance(said, str) or not said.strip():
            raise Refused("The script answers, and does not say who we are.")
        return " ".join(said.split())[:200]

    def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """Stream a file; the credentials go to media_origin and nowhere else."""
        secret = self.settings.media_authorization
        trusted = [self.settings.media_origin] if self.settings.media_origin else []
        return fetch(
            attachment.ref, trusted=trusted, authorization=secret.get_secret_value() if secret else ""
        )

    async def edit(self, external_id: str, message: MessageOut) -> None:
        """Ask the script to change a sent message, where `spec.edits`."""
        if not self.spec.edits:
            await super().edit(external_id, message)
        check(
            await self._post("edit", "", {**self._wanted(message), "external_id": external_id}, Unreachable)
        )

    async def delete(self, external_id: str, address: str) -> None:
        """Ask the script to take a sent message back, where `spec.deletes`."""
        if not self.spec.deletes:
            await super().delete(external_id, address)
        asked = {"external_id": external_id, "address": address}
        check(await self._post("delete", "", asked, Unreachable))

    async def react(self, external_id: str, address: str, reaction: str) -> None:
        """Ask the script to put a reaction on a customer's message, where `spec.reactions`."""
        if not self.spec.reactions:
            await super().react(external_id, address, reaction)
        asked = {"external_id": external_id, "address": address, "reaction": reaction}
        check(await self._post("react", "", asked, Unreachable))

    async def show(self, sign: Sign, address: str, external_id: str) -> None:
        """Ask the script to show that we write or have read, where the spec offers it."""
        if not (self.spec.typing if sign == "typing" else self.spec.marks_read):
            await super().show(sign, address, external_id)
        asked = {"sign": sign, "address": address, "external_id": external_id}
        check(await self._post("show", "", asked, Unreachable))

    def _wanted(self, message: MessageOut) -> dict[str, Any]:
        return wanted(message, str if self.spec.formats else plain)

    async def _post(self, ask: str, key: str, asked: dict[str, Any], unheard: type[ChannelError]) -> Answer:
        """Post one question, signed; raises a ChannelError where no answer came."""
        body, now = orjson.dumps({"ask": ask, **asked}), datetime.now(UTC)
        headers = signing.signed(self.keys, _id_of(ask, key, body, now), body, now)
        headers["content-type"] = "application/json"
        try:
            async with self._session().post(
                self.settings.url, data=body, headers=headers, allow_redirects=False
            ) as response:
                said = bytearray()
                async for chunk in response.content.iter_any():
                    said += chunk
                    if len(said) > LONGEST_ANSWER:
                        break
                return answer_of(response.status, response.headers.get("Retry-After", ""), bytes(said))
        except CALL_ERRORS as error:
            raise translated(error, unheard) from error

    def _session(self) -> ClientSession:
        if self.session is None:
            self.session = ClientSession(timeout=ClientTimeout(total=self.settings.timeout))
        return self.session


def _id_of(ask: str, key: str, body: bytes, now: datetime) -> str:
    """Name a post, without a dot: a message by its key, a change by what it asks, a question by when."""
    if key and key.isascii() and key.isprintable() and not {".", " "} & {*key}:
        return key
    said = key.encode() or body + (str(now).encode() if ask in ("who", "show") else b"")
    return f"{ask}:{sha256(said).hexdigest()[:32]}"
