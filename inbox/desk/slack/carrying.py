"""Bringing a customer's file, place or very long words into the thread."""

from datetime import timedelta
from pathlib import Path
from typing import Final

from inbox.bucket import Away
from inbox.desk.slack import files, posts, putting, words
from inbox.desk.slack.calls import NotHeard, NotReached, Said
from inbox.desk.slack.workspace import Workspace
from storage import attachments, messages, slack_lanes
from storage.endings import Outcome
from storage.rows import AttachmentRow, Delivery, Message
from storage.slack_threads import SlackThread
from storage.statuses import ASKING, DROPPED, READY, SENT

SHOWN_INLINE: Final = ("image/png", "image/jpeg", "image/gif")
FILE, PHOTO = "file:", "photo:"
PHOTO_TRIES: Final = 4  # Slack needs a moment before an uploaded image can stand in a block


class Carrying:
    """Hands over what is not just words."""

    def __init__(self, workspace: Workspace) -> None:
        """Work in *workspace*."""
        self._workspace = workspace

    async def carry(self, row: Delivery, thread: SlackThread) -> Outcome:
        """Bring what the row names into the thread; raises a SlackError."""
        async with self._workspace.database.reading() as connection:
            message = await messages.one(connection, row.message_id or 0)
            file = await attachments.one(connection, row.attachment_id or 0)
            if message is None and file is not None:
                message = await messages.one(connection, file.message_id)
        if message is None or (file is None and row.kind == "attachment"):
            return Outcome(id=row.id, state=DROPPED, reason="the message is gone")
        if file is None:
            return await self._whole(row, thread, message)
        who = "another tool" if message.nature == "echo" else "the customer"
        sender = words.shortened(message.sender_name, 80) or who
        if file.latitude is not None and file.longitude is not None:
            place = posts.of_place(sender, message.sent_at, file.latitude, file.longitude)
            return await self._put(row, thread, place)
        if file.state != "kept":
            name = file.name or file.kind
            said = f"{sender} sent a {file.kind} that is not shown ({name}): {file.reason or 'not there yet'}"
            return await self._put(row, thread, posts.sentence(said))
        if file.content_type in SHOWN_INLINE and row.tries <= PHOTO_TRIES:
            return await self._photo(row, thread, message, file, sender)
        return await self._shared(row, thread, message, file, sender)

    async def _put(self, row: Delivery, thread: SlackThread, post: posts.Post) -> Outcome:
        ts = await putting.put(self._workspace, post, putting.spot(row, thread))
        return Outcome(id=row.id, state=SENT, external_id=ts)

    async def _photo(
        self, row: Delivery, thread: SlackThread, message: Message, file: AttachmentRow, sender: str
    ) -> Outcome:
        """Upload the image unshared, then show it in a post of ours, which can be found again."""
        file_id = row.code.removeprefix(PHOTO) if row.code.startswith(PHOTO) else ""
        post = posts.of_photo(sender, message.sent_at, file.name, file_id)
        if not file_id:
            name = file.name or f"photo.{file.content_type.partition('/')[2]}"
            alt = str(post.blocks[0]["alt_text"])
            path = await self._here(file)
            file_id = await files.upload(self._workspace, path, name, file.size or 0, alt)
            await files.complete(self._workspace, file_id, name)
            post = posts.of_photo(sender, message.sent_at, file.name, file_id)
        try:
            ts = await putting.put_as_is(self._workspace, post, putting.spot(row, thread))
        except Said as error:
            if error.code not in putting.TOO_BIG:
                raise
            later = self._workspace.now() + timedelta(seconds=2)
            return Outcome(id=row.id, state=READY, code=PHOTO + file_id, reason=str(error), due_at=later)
        return Outcome(id=row.id, state=SENT, external_id=ts)

    async def _here(self, file: AttachmentRow) -> Path:
        try:
            return await self._workspace.media.here(file.path)
        except Away as error:
            raise NotReached(str(error)) from error

    async def _shared(
        self, row: Delivery, thread: SlackThread, message: Message, file: AttachmentRow, sender: str
    ) -> Outcome:
        name = file.name or file.kind
        said = posts.file_sentence(sender, file.kind, file.name, file.size, message.sent_at)
        if found := await self._stands(row, thread):
            return found
        path = await self._here(file)
        file_id = await files.upload(self._workspace, path, name, file.size or 0, "")
        return await self._completed(row, thread, file_id, name, said)

    async def _whole(self, row: Delivery, thread: SlackThread, message: Message) -> Outcome:
        """Bring words that are too long for a post into the thread as a text file."""
        if found := await self._stands(row, thread):
            return found
        sender = words.name(message.sender_name or "the customer")
        said = f"{sender}, {words.clock(message.sent_at)}: the whole text, {len(message.text)} characters"
        file_id = await files.upload_text(self._workspace, message.text, "message.txt")
        return await self._completed(row, thread, file_id, "message.txt", said)

    async def _stands(self, row: Delivery, thread: SlackThread) -> Outcome | None:
        """After a lost answer, say whether the file is in the thread already."""
        if not row.code.startswith(FILE):
            return None
        file_id = row.code.removeprefix(FILE)
        ts = await files.shared_at(self._workspace, file_id, thread.slack_channel)
        return None if ts is None else Outcome(id=row.id, state=SENT, external_id=ts)

    async def _completed(
        self, row: Delivery, thread: SlackThread, file_id: str, name: str, said: str
    ) -> Outcome:
        """Share an uploaded file; its id is written down before the call whose answer may be lost."""
        async with self._workspace.database.writing() as connection:
            await slack_lanes.note_code(connection, row.id, FILE + file_id)
        try:
            await files.complete(
                self._workspace,
                file_id,
                name,
                slack_channel=thread.slack_channel,
                thread_ts=thread.root_ts,
                words=said,
            )
        except NotHeard as error:
            later = self._workspace.now() + timedelta(seconds=2)
            return Outcome(id=row.id, state=ASKING, code=FILE + file_id, reason=str(error), due_at=later)
        return Outcome(id=row.id, state=SENT, external_id=file_id)
