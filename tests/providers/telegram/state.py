"""What Telegram knows: chats, messages, files, and the updates the bot has not taken yet."""

import asyncio
import itertools
import time
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


class Refusal(Exception):
    """The API's answer {"ok": false}."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


@dataclass(kw_only=True)
class TelegramState:
    """One bot's world; customers act through its methods, the bot through `methods.py`."""

    token: str = "42:LOOKALIKE"
    messages: dict[tuple[int, int], Json] = field(default_factory=dict)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    pending: list[Json] = field(default_factory=list)
    chats: dict[int, Json] = field(default_factory=dict)
    blocked: set[int] = field(default_factory=set)
    moved: dict[int, int] = field(default_factory=dict)
    webhook: Json = field(default_factory=dict)
    allowed: list[str] = field(default_factory=list)
    sent: list[Json] = field(default_factory=list)
    calls: list[Json] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    poll: int = 0
    _numbers: Any = field(default_factory=lambda: itertools.count(1))
    _updates: Any = field(default_factory=lambda: itertools.count(700_000_001))

    @property
    def bot(self) -> Json:
        return {
            "id": int(self.token.split(":")[0]),
            "is_bot": True,
            "first_name": "Bot",
            "username": "look_bot",
        }

    def chat(self, chat_id: int, **more: Any) -> Json:
        """Return the private chat of the customer *chat_id*, who is known from now on."""
        known = {"id": chat_id, "type": "private", "first_name": f"Customer {chat_id}", "language_code": "en"}
        return self.chats.setdefault(chat_id, {**known, **more})

    def push(self, kind: str, body: Json) -> Json:
        """Queue one update, unless the bot did not ask for its kind."""
        update = {"update_id": next(self._updates), kind: body}
        if kind in self.allowed if self.allowed else kind not in NOT_BY_DEFAULT:
            self.pending.append(update)
            self.wake()
        return update

    def wake(self) -> None:
        """Let everyone who waits look again."""
        self.news.set()
        self.news = asyncio.Event()

    def message(self, chat_id: int, sender: Json, **content: Any) -> Json:
        """Make and remember one message."""
        chat = {key: value for key, value in self.chat(chat_id).items() if key != "language_code"}
        number = next(self._numbers)
        made = {"message_id": number, "from": sender, "chat": chat, "date": int(time.time()), **content}
        self.messages[chat_id, number] = made
        return made

    def customer(self, chat_id: int) -> Json:
        known = {key: value for key, value in self.chat(chat_id).items() if key != "type"}
        return {**known, "is_bot": False}

    def say(self, chat_id: int, text: str | None = None, **content: Any) -> Json:
        """The customer writes: *content* holds further fields of the message."""
        said = {"text": text} if text is not None else {}
        return self.push("message", self.message(chat_id, self.customer(chat_id), **said, **content))

    def edit(self, chat_id: int, number: int, **content: Any) -> Json:
        """The customer changes a message."""
        self.messages[chat_id, number] |= {**content, "edit_date": int(time.time())}
        return self.push("edited_message", self.messages[chat_id, number])

    def react(self, chat_id: int, number: int, emoji: str) -> Json:
        """The customer reacts; an empty *emoji* takes it back."""
        new = [{"type": "emoji", "emoji": emoji}] if emoji else []
        body = {"chat": self.chat(chat_id), "message_id": number, "user": self.customer(chat_id)}
        return self.push(
            "message_reaction", {**body, "date": int(time.time()), "old_reaction": [], "new_reaction": new}
        )

    def press(self, chat_id: int, number: int, data: str) -> Json:
        """The customer presses a button under a message of the bot's."""
        body = {
            "id": str(next(self._numbers)),
            "from": self.customer(chat_id),
            "chat_instance": "1",
            "data": data,
        }
        return self.push("callback_query", {**body, "message": self.messages[chat_id, number]})

    def block(self, chat_id: int, blocked: bool = True) -> Json:
        """The customer blocks the bot, or lets it in again."""
        (self.blocked.add if blocked else self.blocked.discard)(chat_id)
        old, new = ("member", "kicked") if blocked else ("kicked", "member")
        body = {"chat": self.chat(chat_id), "from": self.customer(chat_id), "date": int(time.time())}
        member = {
            "old_chat_member": {"user": self.bot, "status": old},
            "new_chat_member": {"user": self.bot, "status": new},
        }
        return self.push("my_chat_member", {**body, **member})

    def file(self, data: bytes, name: str = "file.bin") -> Json:
        """Keep *data*; the result names it as a message does."""
        number = next(self._numbers)
        self.files[f"file-{number}"] = (f"documents/{number}-{name}", data)
        return {"file_id": f"file-{number}", "file_unique_id": f"u{number}", "file_size": len(data)}
