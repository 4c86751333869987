"""Lists that only the asker sees: lines of mrkdwn with links, how many there are, a button for more."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from inbox.desk.slack import phrases, words
from inbox.desk.slack.posts import Post, button
from inbox.desk.slack.rich import Block
from inbox.desk.slack.slash_words import WORDS
from inbox.desk.slack.workspace import Workspace
from storage import slack_threads
from storage.database import Connection
from storage.slack_home import Standing

PAGE: Final = 10
MORE: Final = "slash_more"
FORM: Final = "{date_short_pretty} {time}"
QUOTE: Final = 60
SECTION: Final = 2_900
Buttons = Sequence[tuple[str, str, str]]
"""Buttons of a post: action, label and value each."""


def spoken(text: str, buttons: Buttons = ()) -> Post:
    """Say a sentence of our own markup, with buttons; the labels stand in the text too."""
    return listed(text, (), buttons)


def listed(head: str, lines: Sequence[str], buttons: Buttons = ()) -> Post:
    """Write a list under its head."""
    return _made(head, lines, [_section(part) for part in _parts(lines)], buttons)


def with_buttons(head: str, rows: Sequence[tuple[str, Block | None]], buttons: Buttons = ()) -> Post:
    """Write a list whose lines have a button each, or none."""
    blocks = [_section(line) | ({"accessory": beside} if beside else {}) for line, beside in rows]
    return _made(head, [line for line, _ in rows], blocks, buttons)


def _made(head: str, lines: Sequence[str], blocks: Sequence[Block], buttons: Buttons) -> Post:
    actions = [{"type": "actions", "elements": [button(*one) for one in buttons]}] if buttons else []
    labels = [f"[{label}]" for _, label, _ in buttons]
    text = "\n".join([head, *lines, *labels])
    return Post(text=text, blocks=[_section(head), *blocks, *actions])


def paged(head: str, language: str, page: int, shown: int, total: int) -> str:
    """Say in the head which of how many are shown, where they are not all."""
    if total <= shown and page == 0:
        return head
    first = page * PAGE + 1
    last = page * PAGE + shown
    return f"{head} {say(language, 'page', first=first, last=last, total=total)}"


def more(verb: str, rest: str, language: str, page: int, total: int) -> Buttons:
    """Offer the next page, if there is one."""
    if (page + 1) * PAGE >= total:
        return ()
    return [(MORE, say(language, "next"), f"{verb}|{page + 1}|{rest[:300]}")]


def line(one: Standing, language: str, where: str, link: str, now: datetime, *, owner: bool = True) -> str:
    """Write a conversation on one line: who, where, how long, by when, whose, and the last words."""
    who = linked(words.name(one.customer), link)
    parts = [f"*{who}*", words.escape(where)]
    parts += [words.escape(one.tier)] if one.tier else []
    if one.state == "open" and one.waiting_since is not None:
        parts.append(say(language, "since", at=words.clock(one.waiting_since, FORM)))
        parts += [due_of(one.reply_due_at, language, now)] if one.reply_due_at else []
    else:
        parts.append(say(language, one.state if one.state in ("snoozed", "resolved") else "open"))
    if owner:
        whose = say(language, "has_it", owner=words.name(one.owner)) if one.owner else ""
        parts.append(whose or say(language, "nobody_has_it"))
    return " · ".join(parts) + quoted(one.last_text)


def due_of(at: datetime, language: str, now: datetime) -> str:
    """Say by when an answer is promised, or that the time has passed."""
    return say(language, "late" if at <= now else "due", at=words.clock(at, FORM))


def quoted(text: str) -> str:
    """Write the last words behind a line, none of them markup."""
    return f" – {words.literal(words.escape(words.shortened(text, QUOTE)))}" if text else ""


def linked(label: str, link: str) -> str:
    """Write a name that leads to a thread, where there is one."""
    return f"<{link}|{label}>" if link else label


async def links(
    connection: Connection, workspace: Workspace, conversation_ids: Sequence[int]
) -> Mapping[int, str]:
    """Find the threads of conversations; those without one lead nowhere."""
    found = await slack_threads.threads_of(connection, conversation_ids)
    return {key: workspace.link(one.slack_channel, one.root_ts) for key, one in found.items()}


def say(language: str, key: str, **values: object) -> str:
    """Write what `/tidings` answers in the agent's language."""
    return phrases.said(WORDS, language, key, **values)


def _parts(lines: Sequence[str]) -> list[str]:
    """Join lines to as few paragraphs as Slack takes."""
    parts: list[str] = []
    for each in lines:
        if parts and len(parts[-1]) + len(each) < SECTION:
            parts[-1] += f"\n{each}"
        else:
            parts.append(each[:SECTION])
    return parts


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:3_000] or " "}}
