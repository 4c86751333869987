"""People as fixtures: what Ana types, changes, marks and uploads becomes the event Slack would send."""

import mimetypes
import re

from tests.providers.slack.chat import changed, event_of, removed
from tests.providers.slack.filing import share
from tests.providers.slack.gestures import Gestures
from tests.providers.slack.marks import react, unreact
from tests.providers.slack.shapes import message_json
from tests.providers.slack.state import Json, KeptFile, Message

Where = str | Message  # a Slack channel's id, or any message of a thread


class Person(Gestures):
    """One person of (or a stranger to) the workspace."""

    async def types(
        self,
        where: Where,
        text: str,
        *,
        subtype: str | None = None,
        twice: bool = False,
        broadcast: bool = False,
        as_replied: bool = False,
    ) -> Message:
        """Write in a Slack channel or a thread.

        `subtype` such as me_message; `broadcast` also sends to the channel; `twice` is the same gesture
        seen as two events with two ts and one client_msg_id; `as_replied` makes it come as message_replied.
        """
        client_msg_id = self.slack.space.new_id("client-msg-")
        subtype = "thread_broadcast" if broadcast else subtype
        message = self._new(where, text, subtype, client_msg_id)
        space = self.slack.space
        space.channels[message.channel].put(message)
        event = self._event(message)
        if as_replied:
            root = space.message(message.channel, message.root_ts)
            event = {
                "type": "message", "subtype": "message_replied", "hidden": True, "ts": space.new_ts(),
                "channel": message.channel, "channel_type": event["channel_type"],
                "event_ts": message.ts, "message": message_json(space, root),
            }  # fmt: skip
        space.happen(event)
        if twice:
            ts = space.new_ts()
            space.happen(event | {"ts": ts, "event_ts": ts})
        return message

    async def uploads(
        self,
        where: Where,
        name: str,
        content: bytes,
        *,
        text: str = "",
        serves: str = "bytes",
        check_info: bool = False,
    ) -> Message:
        """Share a file; `serves` html or forbidden spoils its URL; `check_info` asks for files.info first."""
        kept = KeptFile(
            id=self.slack.space.new_id("F"),
            name=name,
            length=len(content),
            mimetype=mimetypes.guess_type(name)[0] or "application/octet-stream",
            user=self.id,
            content=content,
            completed=True,
            serves=serves,
            check_info=check_info,
        )
        self.slack.space.files[kept.id] = kept
        message = self._new(where, text, "file_share", self.slack.space.new_id("client-msg-"))
        share(self.slack.space, message, [kept])
        self.slack.space.happen(self._event(message))
        return message

    async def edits(self, message: Message, text: str) -> None:
        """Change one's own message."""
        assert message.user == self.id, "only one's own message can be edited"
        space = self.slack.space
        before = message_json(space, message)
        message.edits.append(message.text)
        message.text, message.blocks, message.edited_ts = text, _as_blocks(text), space.new_ts()
        changed(space, message, before)

    async def deletes(self, message: Message) -> None:
        """Delete a message: one's own, or as an admin another's."""
        removed(self.slack.space, message)

    async def reacts(self, message: Message, name: str) -> None:
        """Put a reaction on a message."""
        react(self.slack.space, message, name, self.id)

    async def unreacts(self, message: Message, name: str) -> None:
        """Take one's reaction away."""
        unreact(self.slack.space, message, name, self.id)

    async def opens_home(self) -> None:
        """Look at the app's Home tab."""
        self.slack.space.happen(
            {"type": "app_home_opened", "user": self.id, "channel": "D0HOME", "tab": "home",
             "event_ts": self.slack.space.new_ts()}
        )  # fmt: skip

    async def joins(self, channel: str) -> None:
        """Come into a Slack channel."""
        self.slack.space.channel(channel).members.append(self.id)
        self._membership("member_joined_channel", channel)

    async def leaves(self, channel: str) -> None:
        """Leave a Slack channel."""
        self.slack.space.channel(channel).members.remove(self.id)
        self._membership("member_left_channel", channel)

    def _membership(self, kind: str, channel: str) -> None:
        self.slack.space.happen(
            {"type": kind, "user": self.id, "channel": channel, "channel_type": "C",
             "team": self.account.team_id, "event_ts": self.slack.space.new_ts()}
        )  # fmt: skip

    def _new(self, where: Where, text: str, subtype: str | None, client_msg_id: str) -> Message:
        root = where if isinstance(where, Message) else None
        return Message(
            channel=root.channel if root else str(where),
            ts=self.slack.space.new_ts(),
            user=self.id,
            text=text,
            thread_ts=root.root_ts if root else None,
            blocks=_as_blocks(text),
            subtype=subtype,
            client_msg_id=client_msg_id,
        )

    def _event(self, message: Message) -> Json:
        event = event_of(self.slack.space, message)
        if message.thread_ts:
            root = self.slack.space.channels[message.channel].messages.get(message.thread_ts)
            event["parent_user_id"] = root.user if root else self.slack.space.bot_user
        if self.account.team_id != self.slack.team_id:
            event |= {"user_team": self.account.team_id, "source_team": self.account.team_id}
        return event


_TYPED = re.compile(r"<@(?P<user>\w+)>|:(?P<emoji>[a-z0-9_+-]+):|(?<!\w)\*(?P<bold>[^*\n]+)\*(?!\w)")


def _as_blocks(text: str) -> list[Json]:
    """What the message box makes of typing: mentions, emoji and bold are elements, the rest is literal."""
    elements: list[Json] = []
    end = 0
    for found in _TYPED.finditer(text):
        elements += _literal(text[end : found.start()])
        match found.lastgroup, found.group(found.lastgroup or 0):
            case "user", user:
                elements.append({"type": "user", "user_id": user})
            case "emoji", name:
                elements.append({"type": "emoji", "name": name})
            case _, bold:
                elements.append({"type": "text", "text": bold, "style": {"bold": True}})
        end = found.end()
    elements += _literal(text[end:])
    if not elements:
        return []
    words: Json = {"type": "rich_text_section", "elements": elements}
    return [{"type": "rich_text", "block_id": "typed", "elements": [words]}]


def _literal(text: str) -> list[Json]:
    return [{"type": "text", "text": text}] if text else []
