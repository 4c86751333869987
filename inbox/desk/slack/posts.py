"""What stands in a thread: values in, `text` and blocks out, within Slack's limits.

What people wrote goes into `rich_text` elements, where nothing is parsed; `text` is what a screen
reader says, so it holds the sender, the words and the state.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inbox.desk.slack import words

Block = dict[str, Any]

PIECE = 2_900
LONGEST = 9_000
MERGED = 8
TEXT_LIMIT = 39_000
ALT_LIMIT = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One message of ours; *whole* says that the words did not fit and follow as a file."""

    text: str
    blocks: list[Block]
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One message as the desk shows it; instants are aware, empty strings mean nothing to say."""

    sender: str
    where: str
    text: str
    at: datetime
    quoted: str = ""
    edited_at: datetime | None = None
    before: str = ""
    deleted_at: datetime | None = None
    reaction: str = ""


def of_customer(lines: Sequence[Line], mention: str = "") -> Post:
    """Show what a customer said, several messages at once if they waited; *mention* is a Slack id."""
    blocks = [block for line in lines for block in _line_blocks(line)]
    if mention:
        blocks[0]["elements"][0]["elements"][:0] = [{"type": "user", "user_id": mention}, _words(" ")]
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
    head = [_words(line.sender, bold=True), _words(f" · {line.where} · "), _date(line.at), _words("\n")]
    quote = [{"type": "rich_text_quote", "elements": [_words(line.quoted)]}] if line.quoted else []
    if line.deleted_at is not None:
        gone = [_words("deleted by the customer ", italic=True), _date(line.deleted_at)]
        return [_rich([_section([*head, *gone])])]
    pieces = _pieces(line.text)
    first = (
        [_section(head), *quote, _section([_words(pieces[0])])]
        if quote
        else [_section([*head, _words(pieces[0])])]
    )
    blocks = [_rich(first), *(_rich([_section([_words(piece)])]) for piece in pieces[1:])]
    if tail := _tail(line):
        blocks[-1]["elements"].append(_section(tail))
    return blocks


def _tail(line: Line) -> list[Block]:
    tail: list[Block] = []
    if line.edited_at is not None:
        was = words.shortened(line.before, 300)
        tail += [_words("\nedited ", italic=True), _date(line.edited_at)]
        tail += [_words(f", was: {was}", italic=True)] if was else []
    if line.reaction:
        tail.append(_words(f"\n{line.sender}: {line.reaction}"))
    if len(line.text) > LONGEST:
        tail.append(_words("\nthe whole text follows as a file", italic=True))
    return tail


def _pieces(text: str) -> list[str]:
    """Cut at a line or word where one is near; Slack keeps no empty text element."""
    rest = (text if len(text) <= LONGEST else text[:PIECE]) or "(no words)"
    pieces = []
    while len(rest) > PIECE:
        cut = max(rest.rfind("\n", PIECE // 2, PIECE), rest.rfind(" ", PIECE // 2, PIECE))
        cut = PIECE if cut < 0 else cut + 1
        pieces.append(rest[:cut])
        rest = rest[cut:]
    return [*pieces, rest]


def _line_text(line: Line) -> str:
    head = f"{words.escape(line.sender)} by {words.escape(line.where)}, {words.clock(line.at)}"
    if line.deleted_at is not None:
        return f"{head}: deleted by the customer {words.clock(line.deleted_at)}"
    said = words.escape(line.text if len(line.text) <= LONGEST else line.text[:PIECE]) or "(no words)"
    parts = [f"{head}: {said}"]
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
    blocks[-1]["elements"].append(_section([_words(f"\n{state}", italic=True)]))
    return Post(text=f"{_line_text(line)} · {words.escape(state)}"[:TEXT_LIMIT], blocks=blocks)


def of_photo(sender: str, at: datetime, name: str, slack_file: str) -> Post:
    """Show an image that is already at Slack; the alternative text says whose it is."""
    said = f"photo from {sender}, {at:%H:%M} UTC"
    image = {"type": "image", "slack_file": {"id": slack_file}, "alt_text": said[:ALT_LIMIT]}
    text = f"{words.escape(words.name(sender))} sent a photo, {words.clock(at)}"
    return Post(text=f"{text}: {words.escape(name)}" if name else text, blocks=[image])


def file_sentence(sender: str, kind: str, name: str, size: int | None, at: datetime) -> str:
    """Say beside a file whose it is, in one line of mrkdwn."""
    much = "" if size is None else f", {human_size(size)}"
    return f"{words.name(sender)} sent a {kind}, {words.clock(at)}: {words.escape(name or kind)}{much}"


def of_place(sender: str, at: datetime, latitude: float, longitude: float) -> Post:
    """Show where a customer says they are."""
    link = f"https://www.openstreetmap.org/?mlat={latitude:.6f}&mlon={longitude:.6f}#map=16/{latitude}/{longitude}"
    where = f"{latitude:.5f}, {longitude:.5f}"
    elements = [_words(sender, bold=True), _words(" · place · "), _date(at), _words("\n")]
    elements.append({"type": "link", "url": link, "text": where})
    text = f"{words.name(sender)} sent a place, {words.clock(at)}: {where}"
    return Post(text=text, blocks=[_rich([_section(elements)])])


def human_size(size: int) -> str:
    """Write a number of bytes for people, in decimal units."""
    for unit, least in (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)):
        if size >= least:
            return f"{size / least:.1f} {unit}"
    return f"{size} bytes"


def sentence(text: str, mention: str = "") -> Post:
    """Say one plain sentence; *mention* is a Slack id that is told of it."""
    elements: list[Block] = [{"type": "user", "user_id": mention}, _words(" ")] if mention else []
    return Post(text=words.escape(text)[:TEXT_LIMIT], blocks=[_rich([_section([*elements, _words(text)])])])


def linked(text: str, link: str) -> Post:
    """Say one plain sentence and where to go on; an empty *link* is left out."""
    post = sentence(text)
    if not link:
        return post
    target = {"type": "link", "url": link, "text": "Open the conversation"}
    return Post(text=f"{post.text} {link}", blocks=[*post.blocks, _rich([_section([target])])])


def question(text: str, buttons: Sequence[tuple[str, str, str]], mention: str = "") -> Post:
    """Say a sentence with buttons: (action, label, value) each; the labels stand in the text too."""
    post = sentence(text, mention)
    if not buttons:
        return post
    actions = {"type": "actions", "elements": [button(*one) for one in buttons]}
    choices = " ".join(f"[{label}]" for _, label, _ in buttons)
    return Post(text=f"{post.text} {choices}", blocks=[*post.blocks, actions])


def button(action: str, label: str, value: str, style: str = "", spoken: str = "") -> Block:
    """Make a button; *spoken* is what a screen reader says instead of the label."""
    made: Block = {
        "type": "button",
        "action_id": action,
        "value": value,
        "text": {"type": "plain_text", "text": label},
    }
    if style:
        made["style"] = style
    if spoken:
        made["accessibility_label"] = words.shortened(spoken, 75)
    return made


def _words(text: str, *, bold: bool = False, italic: bool = False) -> Block:
    style = {name: True for name, on in (("bold", bold), ("italic", italic)) if on}
    made: Block = {"type": "text", "text": text or " "}
    return {**made, "style": style} if style else made


def _date(instant: datetime) -> Block:
    return {
        "type": "date",
        "timestamp": int(instant.timestamp()),
        "format": "{time}",
        "fallback": f"{instant:%H:%M} UTC",
    }


def _section(elements: list[Block]) -> Block:
    return {"type": "rich_text_section", "elements": elements}


def _rich(elements: list[Block]) -> Block:
    return {"type": "rich_text", "elements": elements}
