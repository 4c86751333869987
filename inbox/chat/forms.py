"""Writing without script: a plain form becomes the same hook that the page's script sends."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import orjson
from aiohttp import BodyPartReader, web

from bots.channel import Hook, MessageIn
from bots.errors import ChannelError
from inbox.chat.files import BadKind
from inbox.chat.uploads import NoRoom
from inbox.chat.visitors import now
from inbox.chat.words import words
from inbox.media import TooLarge
from inbox.posted import chunks_of, fields_of, parts_of, text_of
from storage import messages
from storage.database import Unavailable

if TYPE_CHECKING:
    from inbox.chat.routes import Chat

FIELD_BYTES: Final = 200_000
MOST_FILES: Final = 10
SHOWN_SECONDS: Final = 2.0
LOOK_SECONDS: Final = 0.05


@dataclass(slots=True, kw_only=True)
class Filled:
    """What came in the form; *files* are signed references."""

    fields: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)


class Forms:
    """Takes the forms of one chat."""

    def __init__(self, chat: "Chat") -> None:
        """Belong to *chat*."""
        self._chat = chat

    async def post(self, request: web.Request) -> web.StreamResponse:
        """Keep what was written and show the page again; a problem is said and the words are kept."""
        chat = self._chat
        chat.visitors.from_allowed_page(request)
        visitor = chat.visitors.in_cookie(request)
        speech = words(chat.language_of(request))
        filled = Filled()
        if not visitor:
            await self._read(request, "", filled)
            return await self._again(request, filled, speech["stale"], 403)
        await chat.visitors.pace(f"form {visitor}", a_minute=30)
        try:
            await self._read(request, visitor, filled)
        except TooLarge:
            return await self._again(request, filled, _too_large(speech, chat.file_cap), 413)
        except BadKind:
            return await self._again(request, filled, speech["bad_kind"].format(name=""), 415)
        except NoRoom:
            return await self._again(request, filled, speech["not_up"].format(name=""), 503)
        if not chat.channel.identities.is_form_of(filled.fields.get("key", ""), visitor):
            return await self._again(request, filled, speech["stale"], 403)
        if not filled.fields.get("text", "").strip() and not filled.files:
            return await self._again(request, filled, speech["nothing"], 400)
        try:
            hook = self._hook(request, visitor, filled)
            await chat.app.keep(chat.channel.name, hook)
            await self._until_there(hook)
        except ChannelError:
            return await self._again(request, filled, speech["busy"], 400)
        except Unavailable:
            return await self._again(request, filled, speech["busy"], 503)
        raise web.HTTPSeeOther("/chat")

    async def _until_there(self, hook: Hook) -> None:
        """Wait a moment until what was kept is in the conversation: another node may put it there."""
        channel, database = self._chat.channel, self._chat.app.database
        written = [one.external_id for one in channel.read(hook).events if isinstance(one, MessageIn)]
        until = time.monotonic() + SHOWN_SECONDS
        while written and time.monotonic() < until:
            async with database.reading() as connection:
                if await messages.by_external_id(connection, channel.name, written[0]) is not None:
                    return
            await asyncio.sleep(LOOK_SECONDS)

    async def _again(self, request: web.Request, filled: Filled, problem: str, status: int) -> web.Response:
        text = filled.fields.get("text", "")
        return await self._chat.show(request, framed=False, text=text, problem=problem, status=status)

    def _hook(self, request: web.Request, visitor: str, filled: Filled) -> Hook:
        """Make the hook that the page's script would have sent."""
        token = self._chat.channel.identities.issue(visitor, now())
        message = {
            "kind": "message",
            "id": filled.fields.get("id", ""),
            "text": filled.fields.get("text", "").replace("\r\n", "\n"),
            "files": filled.files,
            "language": self._chat.language_of(request),
        }
        base = self._chat.app.settings.public_url
        return Hook(
            method="POST",
            url=f"{base}/hooks/{self._chat.channel.name}",
            headers={"authorization": f"Bearer {token}", "content-type": "application/json"},
            body=orjson.dumps({"events": [message]}),
            received_at=now(),
        )

    async def _read(self, request: web.Request, visitor: str, filled: Filled) -> None:
        """Read the form into *filled*; files are kept only for a known *visitor* whose form this is."""
        if not request.content_type.startswith("multipart/"):
            filled.fields = await fields_of(request, FIELD_BYTES)
            return
        async for part in parts_of(request):
            if part.filename is None:
                filled.fields[part.name or ""] = await text_of(part, FIELD_BYTES)
            elif visitor and part.filename and len(filled.files) < MOST_FILES:
                if not self._chat.channel.identities.is_form_of(filled.fields.get("key", ""), visitor):
                    return
                filled.files.append(await self._keep(request, part, visitor))

    async def _keep(self, request: web.Request, part: BodyPartReader, visitor: str) -> str:
        await self._chat.visitors.pace_files(request, visitor)
        file = await self._chat.uploads.keep(
            chunks_of(part),
            name=part.filename or "",
            content_type=part.headers.get("Content-Type", ""),
            cap=self._chat.file_cap,
            now=now(),
        )
        return self._chat.channel.identities.sign_file(visitor, file)


def _too_large(speech: dict[str, str], cap: int) -> str:
    size = f"{cap / 1_000_000:.0f} MB"
    return speech["too_large"].format(name="", size=f"> {size}", cap=size).strip()
