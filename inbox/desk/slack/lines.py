"""How messages stand in a thread: lines in, `text` and blocks out, within Slack's limits.

`text` is what a screen reader says, so it holds the sender, the words and the state.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bots.marks import plain
from inbox.desk.slack import touch_lines, words
from inbox.desk.slack.posts import TEXT_LIMIT, Post
from inbox.desk.slack.rich import Block, date, rich, said, section, written
from inbox.desk.slack.touch_lines import TouchLine
from inbox.desk.texts import split

PIECE = 2_900
LONGEST = 9_000
MERGED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One message as the desk shows it; instants are aware, empty strings mean nothing to say.

    *answers* is the touch of ours that it answers, *subject* stands above the words.
    """

    sender: str
    where: str
    text: str
    at: datetime
    quoted: str = ""
    edited_at: datetime | None = None
    before: str = ""
    deleted_at: datetime | None = None
    reaction: str = ""
    subject: str = ""
    answers: TouchLine | None = None


def of_customer(lines: Sequence[Line], mention: str = "") -> Post:
    """Show what a customer said, several messages at once if they waited; *mention* is a Slack id."""
    blocks = [block for line in lines for block in _line_blocks(line)]
    if mention:
        blocks[0]["elements"][0]["elements"][:0] = [{"type": "user", "user_id": mention}, said(" ")]
    text = "\n".join(_line_text(line) for line in lines)
    return Post(text=text[:TEXT_LIMIT], blocks=blocks, whole=any(len(line.text) > LONGEST for line in lines))


def room_for(first: Line, following: Sequence[Line]) -> int:
    """Count how many of *following* fit into one post with *first*."""
    total = len(first.text)
    for count, line in enumerate(following):
        total += len(line.text)
        if total > LONGEST or count + 1 >= MERGED:
            return count
    return len(following)


def _line_blocks(line: Line) -> list[Block]:
    head = [said(line.sender, bold=True), said(f" · {line.where} · "), date(line.at), said("\n")]
    head += [said(line.subject, bold=True), said("\n")] if line.subject else []
    quote = [{"type": "rich_text_quote", "elements": [said(plain(line.quoted))]}] if line.quoted else []
    if line.answers is not None:
        quote = [*touch_lines.blocks_of(line.answers), *quote]
    if line.deleted_at is not None:
        gone = [said("deleted by the customer ", italic=True), date(line.deleted_at)]
        return [rich([section([*head, *gone])])]
    pieces = _pieces(line.text)
    first = [section(head), *quote, *written(pieces[0])] if quote else written(pieces[0], head)
    blocks = [rich(first), *(rich(written(piece)) for piece in pieces[1:])]
    if tail := _tail(line):
        blocks[-1]["elements"].append(section(tail))
    return blocks


def _tail(line: Line) -> list[Block]:
    tail: list[Block] = []
    if line.edited_at is not None:
        was = words.shortened(line.before, 300)
        tail += [said("\nedited ", italic=True), date(line.edited_at)]
        tail += [said(f", was: {was}", italic=True)] if was else []
    if line.reaction:
        tail.append(said(f"\n{line.sender}: {line.reaction}"))
    if len(line.text) > LONGEST:
        tail.append(said("\nthe whole text follows as a file", italic=True))
    return tail


def _pieces(text: str) -> list[str]:
    """Cut at a line or word; Slack keeps no empty text element."""
    return split((text if len(text) <= LONGEST else text[:PIECE]) or "(no words)", PIECE)


def _line_text(line: Line) -> str:
    head = f"{words.escape(line.sender)} by {words.escape(line.where)}, {words.clock(line.at)}"
    if line.deleted_at is not None:
        return f"{head}: deleted by the customer {words.clock(line.deleted_at)}"
    told = words.escape(plain(line.text if len(line.text) <= LONGEST else line.text[:PIECE])) or "(no words)"
    about = f"{words.escape(line.subject)}: " if line.subject else ""
    parts = [f"{head}: {about}{told}"]
    if line.answers is not None:
        parts.append(touch_lines.text_of(line.answers))
    if line.quoted:
        parts.append(f"in answer to: {words.escape(words.shortened(line.quoted, 300))}")
    if line.edited_at is not None:
        was = words.escape(words.shortened(line.before, 300))
        parts.append(f"edited {words.clock(line.edited_at)}" + (f", was: {was}" if was else ""))
    if line.reaction:
        parts.append(f"{words.escape(line.sender)}: {line.reaction}")
    if len(line.text) > LONGEST:
        parts.append("the whole text follows as a file")
    return " · ".join(parts)


def of_agent(line: Line, state: str) -> Post:
    """Show what an agent wrote somewhere else; *state* is what became of it."""
    blocks = _line_blocks(line)
    blocks[-1]["elements"].append(section([said(f"\n{state}", italic=True)]))
    return Post(text=f"{_line_text(line)} · {words.escape(state)}"[:TEXT_LIMIT], blocks=blocks)
