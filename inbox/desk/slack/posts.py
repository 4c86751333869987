"""Posts of ours: a sentence, a question with buttons, a photo, a place; `text` says what the blocks show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from inbox.desk.slack import words
from inbox.desk.slack.rich import Block, date, rich, said, section

TEXT_LIMIT = 39_000
ALT_LIMIT = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One message of ours; *whole* says that the words did not fit and follow as a file."""

    text: str
    blocks: list[Block]
    whole: bool = False


def sentence(text: str, mention: str = "") -> Post:
    """Say one plain sentence; *mention* is a Slack id that is told of it."""
    elements: list[Block] = [{"type": "user", "user_id": mention}, said(" ")] if mention else []
    return Post(text=words.escape(text)[:TEXT_LIMIT], blocks=[rich([section([*elements, said(text)])])])


def linked(text: str, link: str) -> Post:
    """Say one plain sentence and where to go on; an empty *link* is left out."""
    post = sentence(text)
    if not link:
        return post
    target = {"type": "link", "url": link, "text": "Open the conversation"}
    return Post(text=f"{post.text} {link}", blocks=[*post.blocks, rich([section([target])])])


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


def of_photo(sender: str, at: datetime, name: str, slack_file: str) -> Post:
    """Show an image that is already at Slack; the alternative text says whose it is."""
    alt = f"photo from {sender}, {at:%H:%M} UTC"
    image = {"type": "image", "slack_file": {"id": slack_file}, "alt_text": alt[:ALT_LIMIT]}
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
    elements = [said(sender, bold=True), said(" · place · "), date(at), said("\n")]
    elements.append({"type": "link", "url": link, "text": where})
    text = f"{words.name(sender)} sent a place, {words.clock(at)}: {where}"
    return Post(text=text, blocks=[rich([section(elements)])])


def human_size(size: int) -> str:
    """Write a number of bytes for people, in decimal units."""
    for unit, least in (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)):
        if size >= least:
            return f"{size / least:.1f} {unit}"
    return f"{size} bytes"
