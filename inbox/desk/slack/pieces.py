"""Sentences with instants in them, which Slack writes in each reader's own zone."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from inbox.desk.promised import Piece, written
from inbox.desk.slack import posts, words
from inbox.desk.slack.posts import Post
from inbox.desk.slack.rich import Block, rich, said, section

FORM: Final = "{date_short_pretty} {time}"


def post(pieces: Iterable[Piece], mention: str = "") -> Post:
    """Say *pieces* in one line; *mention* is a Slack id that is told of it."""
    told = list(pieces)
    elements: list[Block] = [{"type": "user", "user_id": mention}, said(" ")] if mention else []
    elements += [said(one) if isinstance(one, str) else _date(one) for one in told]
    text = "".join(words.escape(one) if isinstance(one, str) else words.clock(one, FORM) for one in told)
    return Post(text=text[: posts.TEXT_LIMIT], blocks=[rich([section(elements)])])


def _date(at: datetime) -> Block:
    return {"type": "date", "timestamp": int(at.timestamp()), "format": FORM, "fallback": written(at)}
