"""The Slack Connect channel: one app in one workspace."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from hashlib import sha256
from typing import Final

from bots.channel import Attachment, Channel, Hook, Keep, MessageOut, Reading, Sent
from bots.errors import ChannelError, Verdict
from bots.json_body import table
from bots.sealing import house_keys
from bots.slackconnect import reading, sending, signing
from bots.slackconnect.calls import Calls, heard
from bots.slackconnect.files import ASK, bytes_of, read_file
from bots.slackconnect.settings import Settings
from bots.slackconnect.sockets import Socket
from bots.slackconnect.spec import SPEC

FIRST_SECONDS: Final = 1.5  # the house starts in 2 s, whether Slack is there or not
FINISH_SECONDS: Final = 4.0


class SlackConnect(Channel):
    """One account: reads its events, posts, changes and takes back its messages."""

    def __init__(self, settings: Settings, name: str) -> None:
        """Open nothing; *name* is the account's section."""
        self.spec = replace(SPEC, rate=settings.rate)
        self.name = name
        self.settings = settings
        secrets = (settings.signing_secret, settings.old_signing_secret)
        self.rules = signing.Rules(
            secrets=[one.get_secret_value().encode() for one in secrets if one is not None],
            seals=[sha256(b"slackconnect:" + key).digest() for key in house_keys(settings)],
            name=name,
            colleagues=settings.colleagues,
        )
        self.calls = Calls(settings)
        self.socket: Socket | None = None
        self.hearing: asyncio.Task[None] | None = None

    def read(self, hook: Hook) -> Reading:
        """Translate one event, signed by Slack or sealed by us."""
        return reading.read(hook, self.rules)

    def check(self, hook: Hook) -> None:
        """Raise BadSignature unless Slack signed the hook, or we sealed it."""
        signing.check(hook, self.rules)

    async def send(self, message: MessageOut) -> Sent:
        """Post into the thread or Slack channel where the customer wrote."""
        return await sending.send(self.calls, message)

    async def look_up(self, message: MessageOut) -> Sent | None:
        """Find a message by the key in its metadata."""
        return await sending.look_up(self.calls, message)

    async def edit(self, external_id: str, message: MessageOut) -> None:
        """Change a sent message."""
        await sending.edit(self.calls, external_id, message.text)

    async def delete(self, external_id: str, address: str) -> None:
        """Take a sent message back."""
        await sending.delete(self.calls, external_id)

    async def react(self, external_id: str, address: str, reaction: str) -> None:
        """Put a reaction on a message, or take ours off."""
        await sending.react(self.calls, external_id, reaction)

    async def who(self) -> str:
        """Ask Slack for the bot's own name."""
        answer = await heard(self.calls.client.auth_test())
        return f"{answer.get('user')} in {answer.get('team')}"

    async def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """Stream a file; one of another workspace is asked for first."""
        file = attachment
        if file.ref.startswith(ASK):
            answer = await heard(self.calls.client.files_info(file=file.ref.removeprefix(ASK)))
            file = read_file(table(answer.get("file")))
        token = self.settings.bot_token.get_secret_value()
        async for chunk in bytes_of(file, self.settings.files_origin, token):
            yield chunk

    async def start(self, hooks_url: str, keep: Keep) -> None:
        """Open the socket where there is an app token; else Slack calls *hooks_url* by itself.

        A wrong token raises Misconfigured; a Slack that is away is tried again meanwhile.
        """
        if self.settings.app_token is None:
            return
        try:
            await asyncio.wait_for(self.who(), FIRST_SECONDS)
        except TimeoutError:
            pass
        except ChannelError as error:
            if error.verdict is Verdict.GIVE_UP:
                await self.stop()
                raise
        self.socket = Socket(self.calls, self.name, self.rules.seals[0], keep)
        self.hearing = asyncio.create_task(self.socket.run())

    async def stop(self) -> None:
        """End the socket within 5 s; an event being kept is finished first."""
        if self.socket is not None and self.hearing is not None:
            await self.socket.stop()
            await asyncio.wait({self.hearing}, timeout=FINISH_SECONDS)
            self.hearing.cancel()
            await asyncio.gather(self.hearing, return_exceptions=True)
        self.socket = self.hearing = None
        await self.calls.close()
