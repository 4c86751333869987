"""Messages, Slack channels and modals of Block Kit as HTML that looks close to Slack, for pictures.

`channel`, `thread`, `modal` and `home` make a frame each, `page` a whole page of frames, `shoot` its picture.
What is not drawn yet raises a KeyError, so that nobody pictures half a message.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from markupsafe import Markup
from playwright.async_api import Browser

from tests.pictures.elements import composition, drawn, file_of
from tests.pictures.markup import Reader, instant, mrkdwn
from tests.pictures.rich_text import rich_text

Json = Mapping[str, Any]
CSS: Final = Path(__file__).with_suffix(".css")
NOTHING: Final = Markup("")
NO_ERRORS: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message: who, when (aware), its blocks or else its mrkdwn, and what hangs below it.

    *app* shows the badge of one; *reactions* are (emoji, how many); *replies* counts the thread.
    """

    who: str
    at: datetime
    blocks: Sequence[Json] = ()
    text: str = ""
    app: bool = False
    edited: bool = False
    reactions: Sequence[tuple[str, int]] = field(default=())
    replies: int = 0


def block(one: Json, reader: Reader) -> Markup:
    """Draw one block; raises KeyError for a kind that is not drawn."""
    body = _BLOCKS[one["type"]](one, reader)
    return Markup('<div class="block {}">{}</div>').format(one["type"], body)


def blocks(many: Sequence[Json], reader: Reader) -> Markup:
    """Draw blocks below each other."""
    return NOTHING.join(block(one, reader) for one in many)


def message(said: Said, reader: Reader) -> Markup:
    """Draw a message with its picture, its author and its time."""
    body = blocks(said.blocks, reader) if said.blocks else _prose(said, reader)
    badge = Markup('<span class="badge">APP</span>') if said.app else NOTHING
    edited = Markup('<span class="edited">(edited)</span>') if said.edited else NOTHING
    at = said.at if said.at.tzinfo else said.at.replace(tzinfo=UTC)
    return Markup(
        '<article class="message"><div class="face {}">{}</div><div class="said"><header><b>{}</b>{} '
        "<time>{}</time></header>{}{}{}{}</div></article>"
    ).format(
        "app" if said.app else f"face-{sum(map(ord, said.who)) % 5}",
        said.who[:1],
        said.who,
        badge,
        instant(int(at.timestamp()), "{time}", reader),
        body,
        edited,
        _reactions(said),
        _replies(said),
    )


def channel(name: str, messages: Sequence[Said], reader: Reader, *, day: str = "Today") -> Markup:
    """Draw a Slack channel with these messages of one day."""
    said = NOTHING.join(message(one, reader) for one in messages)
    divider = Markup('<div class="day"><span>{}</span></div>').format(day)
    head = Markup('<h1><span class="hash">#</span>{}</h1>').format(name)
    return Markup('<section class="frame">{}{}{}</section>').format(head, divider, said)


def direct(name: str, messages: Sequence[Said], reader: Reader, *, day: str = "Today") -> Markup:
    """Draw the direct messages with somebody."""
    said = NOTHING.join(message(one, reader) for one in messages)
    return Markup(
        '<section class="frame"><h1>{}</h1><div class="day"><span>{}</span></div>{}</section>'
    ).format(name, day, said)


def thread(name: str, root: Said, answers: Sequence[Said], reader: Reader) -> Markup:
    """Draw a thread: the message it hangs on, and what was said under it."""
    count = f"{len(answers)} {'reply' if len(answers) == 1 else 'replies'}"
    return Markup(
        '<section class="frame"><h1>Thread <small>#{}</small></h1>{}'
        '<div class="count"><span>{}</span></div>{}</section>'
    ).format(name, message(root, reader), count, NOTHING.join(message(one, reader) for one in answers))


def modal(view: Json, reader: Reader, errors: Mapping[str, str] = NO_ERRORS, app: str = "Tidings") -> Markup:
    """Draw a modal with its title, its buttons, and what is wrong by block id."""
    body = NOTHING.join(
        block({**one, "error": errors.get(one.get("block_id", ""), "")}, reader) for one in view["blocks"]
    )
    close = view.get("close", {"text": "Cancel"})["text"]
    foot = Markup('<button class="button">{}</button>').format(close)
    if "submit" in view:
        foot += Markup('<button class="button primary">{}</button>').format(view["submit"]["text"])
    return Markup(
        '<section class="modal"><header><div class="face app small">{}</div><h1>{}</h1>'
        '<span class="close">✕</span></header><div class="body">{}</div><footer>{}</footer></section>'
    ).format(app[:1], view["title"]["text"], body, foot)


def home(name: str, view: Json, reader: Reader) -> Markup:
    """Draw the Home tab of the app."""
    return Markup('<section class="frame"><h1>{}</h1><div class="tab">{}</div></section>').format(
        name, blocks(view["blocks"], reader)
    )


def page(*frames: Markup, width: int = 720) -> str:
    """Put frames on a page of its own, *width* CSS pixels wide each."""
    return str(
        Markup(
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Slack</title><style>{}</style>'
            '<main style="--width: {}px">{}</main></html>'
        ).format(Markup(CSS.read_text()), width, NOTHING.join(frames))
    )


async def shoot(browser: Browser, html: str, path: Path) -> None:
    """Take the picture of a page's frames at twice the size, for sharp letters."""
    context = await browser.new_context(
        device_scale_factor=2, viewport={"width": 1600, "height": 900}, java_script_enabled=False
    )
    opened = await context.new_page()
    await opened.set_content(html)
    await opened.locator("main").screenshot(path=path)
    await context.close()


def _prose(said: Said, reader: Reader) -> Markup:
    return Markup('<div class="block">{}</div>').format(mrkdwn(said.text, reader))


def _reactions(said: Said) -> Markup:
    if not said.reactions:
        return NOTHING
    chips = (Markup("<span>{} <i>{}</i></span>").format(emoji, n) for emoji, n in said.reactions)
    return Markup('<div class="reactions">{}</div>').format(NOTHING.join(chips))


def _replies(said: Said) -> Markup:
    if not said.replies:
        return NOTHING
    words = f"{said.replies} {'reply' if said.replies == 1 else 'replies'}"
    return Markup('<div class="replies">{}</div>').format(words)


def _section(one: Json, reader: Reader) -> Markup:
    text = Markup("<div>{}</div>").format(composition(one["text"], reader)) if "text" in one else NOTHING
    cells = (Markup("<div>{}</div>").format(composition(cell, reader)) for cell in one.get("fields", ()))
    if "fields" in one:
        text += Markup('<div class="fields">{}</div>').format(NOTHING.join(cells))
    if "accessory" not in one:
        return text
    beside = Markup('<div class="beside"><div>{}</div><div>{}</div></div>')
    return beside.format(text, drawn(one["accessory"], reader))


def _actions(one: Json, reader: Reader) -> Markup:
    return NOTHING.join(drawn(element, reader) for element in one["elements"])


def _context(one: Json, reader: Reader) -> Markup:
    parts = (
        drawn(element, reader) if element["type"] == "image" else composition(element, reader)
        for element in one["elements"]
    )
    return NOTHING.join(Markup("<span>{}</span>").format(part) for part in parts)


def _header(one: Json, reader: Reader) -> Markup:
    return Markup("<h2>{}</h2>").format(composition(one["text"], reader))


def _image(one: Json, reader: Reader) -> Markup:
    title = Markup('<div class="title">{}</div>').format(one["title"]["text"]) if "title" in one else NOTHING
    return title + Markup('<img src="{}" alt="{}">').format(file_of(one, reader), one["alt_text"])


def _input(one: Json, reader: Reader) -> Markup:
    optional = Markup(' <span class="optional">(optional)</span>') if one.get("optional") else NOTHING
    error, hint = one.get("error", ""), one.get("hint", {}).get("text", "")
    below = Markup('<div class="error">{}</div>').format(error) if error else NOTHING
    below += Markup('<div class="hint">{}</div>').format(hint) if hint else NOTHING
    return Markup('<div class="label">{}{}</div><div class="{}">{}</div>{}').format(
        one["label"]["text"],
        optional,
        "field wrong" if error else "field",
        drawn(one["element"], reader),
        below,
    )


def _rich_text(one: Json, reader: Reader) -> Markup:
    return NOTHING.join(rich_text(part, reader) for part in one["elements"])


_BLOCKS: Final[Mapping[str, Callable[[Json, Reader], Markup]]] = {
    "section": _section,
    "actions": _actions,
    "context": _context,
    "divider": lambda one, reader: Markup("<hr>"),
    "header": _header,
    "image": _image,
    "input": _input,
    "rich_text": _rich_text,
}
