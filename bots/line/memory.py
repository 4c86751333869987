"""What this process remembers of LINE's tokens, and by which way each answer of ours went."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from bots.line.reading import Tokens
from bots.line.spec import REPLY_LIFE

Value = TypeVar("Value")
MOST: Final = 10_000
"""Entries of each kind; the oldest are forgotten first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyToken:
    """A reply token and when its hook came; it can be used once."""

    value: str
    came_at: datetime

    def lives(self, now: datetime) -> bool:
        """Say whether LINE still takes it, as far as it promises."""
        return now - self.came_at < REPLY_LIFE


class Memory:
    """One account's tokens; all of it may be lost, for then answers are pushed."""

    def __init__(self) -> None:
        """Know nothing."""
        self._newest: OrderedDict[str, ReplyToken] = OrderedDict()
        self._used: OrderedDict[str, None] = OrderedDict()
        self._quotes: OrderedDict[str, str] = OrderedDict()
        self._reads: OrderedDict[str, str] = OrderedDict()
        self._ways: OrderedDict[str, ReplyToken | None] = OrderedDict()

    def learn(self, tokens: Iterable[Tokens], came_at: datetime) -> None:
        """Keep the tokens of one hook; a redelivered one that was used stays used."""
        for one in tokens:
            if one.reply and one.reply not in self._used:
                _put(self._newest, one.address, ReplyToken(value=one.reply, came_at=came_at))
            if one.quote:
                _put(self._quotes, one.external_id, one.quote)
            if one.read:
                _put(self._reads, one.external_id, one.read)

    def take_reply(self, address: str, now: datetime) -> ReplyToken | None:
        """Give the newest token of *address* that lives, and count it as used."""
        token = self._newest.pop(address, None)
        if token is None or not token.lives(now):
            return None
        _put(self._used, token.value, None)
        return token

    def give_back(self, address: str, token: ReplyToken) -> None:
        """Take *token* back: surely it was not used."""
        self._used.pop(token.value, None)
        newer = self._newest.get(address)
        if newer is None or newer.came_at < token.came_at:
            _put(self._newest, address, token)

    def went(self, key: str, token: ReplyToken | None) -> None:
        """Remember that the delivery *key* was asked with *token*, or pushed."""
        _put(self._ways, key, token)

    def knows(self, key: str) -> bool:
        """Say whether this process asked for the delivery *key*."""
        return key in self._ways

    def way_of(self, key: str) -> ReplyToken | None:
        """Give the token that *key* was asked with; None where it was pushed."""
        return self._ways.get(key)

    def quote_of(self, external_id: str) -> str:
        """Give the token that quotes a customer's message, or an empty text."""
        return self._quotes.get(external_id, "")

    def read_of(self, external_id: str) -> str:
        """Give the token that marks a customer's message as read, or an empty text."""
        return self._reads.get(external_id, "")


def _put(where: OrderedDict[str, Value], key: str, value: Value) -> None:
    where[key] = value
    where.move_to_end(key)
    if len(where) > MOST:
        where.popitem(last=False)
