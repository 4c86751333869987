"""What a modal is: how it opens from memory, what fills it, how it is checked, what it does."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from inbox.desk.slack import card as cards
from inbox.desk.slack import words
from inbox.desk.slack.deeds import Asked, Chosen, Clicked, Json, Pressed, Submitted
from inbox.desk.slack.workspace import Workspace
from storage.rows import Agent

View = dict[str, Any]
Option = tuple[str, str]
"""What a person reads (at most 75 characters are shown), and the value (at most 150)."""

TITLE: Final = 24
_WHOM: Final = re.compile(r"(.*? on [^,.]+)")  # names have dots and commas, channels have none


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Somebody wants a modal: which button, choice or shortcut (*action*), on what, and where.

    *value* is the button's; *spoken* what the message says; *message* the message of a shortcut; *view_id*
    the modal in which the button stood, if it did: then the new one is laid upon it. *ephemeral*: only they
    see the message with the button.
    """

    action: str
    value: str = ""
    spoken: str = ""
    slack_id: str
    team_of_author: str
    slack_channel: str = ""
    message_ts: str = ""
    thread_ts: str = ""
    trigger_id: str
    response_url: str = ""
    view_id: str = ""
    message: Json | None = None
    ephemeral: bool = False

    @property
    def whom(self) -> str:
        """Name the customer and the channel, as the card under the button does."""
        found = _WHOM.match(self.spoken)
        return found[1] if found else self.spoken.partition(". ")[0].partition(", ")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """A modal to be laid upon the one in which a button was pressed."""

    view: View


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One modal: a callback id, what opens it, and its functions.

    *first* makes the modal without asking any row: whole, or `loading`. *whole* then makes what replaces
    it, None if it is whole already. *pressed* answers a button or a choice inside it: the modal as it is
    then, or `Pushed`. *wrong* answers Slack while the modal is open (`errors`, `instead`, `upon`); None: it
    is right. *done* does it and returns a sentence for whoever sent it, or nothing; its gesture's key is
    `Submitted.view_id`, for it may be asked twice. *options* are what a search in it offers.
    Each but *first* may raise a DeskError, whose sentence the agent reads.
    """

    callback: str
    opened_by: tuple[str, ...] = ()
    first: Callable[[Opening], View]
    whole: "Callable[[Workspace, Opening, Agent], Awaitable[View | None]] | None" = None
    pressed: "Callable[[Workspace, Pressed, Agent], Awaitable[View | Pushed | None]] | None" = None
    wrong: "Callable[[Workspace, Submitted, Agent], Awaitable[Answer | None]] | None" = None
    done: Callable[[Workspace, Submitted, Agent], Awaitable[str]]
    options: "Callable[[Workspace, Asked, Agent], Awaitable[Sequence[Option]]] | None" = None


Answer = Mapping[str, Any]
"""What Slack is answered while a modal is open: errors, or another view."""


def errors(**by_block: str) -> Answer:
    """Say under its field what is wrong; what was filled in stays."""
    return {"response_action": "errors", "errors": by_block}


def instead(view: View) -> Answer:
    """Show another modal in the place of this one."""
    return {"response_action": "update", "view": view}


def upon(view: View) -> Answer:
    """Lay another modal upon this one."""
    return {"response_action": "push", "view": view}


def opening_of(deed: Clicked | Chosen | Pressed) -> Opening:
    """Read what is to be opened from what was pressed; a choice in a menu names its deed before the value."""
    match deed:
        case Clicked():
            action, value = deed.action, deed.value
            if action == "more":
                action, _, value = value.partition("|")
            return Opening(
                action=action,
                value=value,
                spoken=deed.spoken,
                slack_id=deed.slack_id,
                team_of_author=deed.team_of_author,
                slack_channel=deed.slack_channel,
                message_ts=deed.message_ts,
                thread_ts=deed.thread_ts,
                trigger_id=deed.trigger_id,
                response_url=deed.response_url,
                ephemeral=deed.ephemeral,
            )
        case Chosen():
            return Opening(
                action=deed.callback,
                slack_id=deed.slack_id,
                team_of_author=deed.team_of_author,
                slack_channel=deed.slack_channel,
                message_ts=deed.message_ts,
                thread_ts=deed.thread_ts,
                trigger_id=deed.trigger_id,
                response_url=deed.response_url,
                message=deed.message,
                ephemeral=bool(deed.response_url),
            )
        case Pressed():
            return Opening(
                action=deed.action,
                value=deed.value,
                slack_id=deed.slack_id,
                team_of_author=deed.team_of_author,
                trigger_id=deed.trigger_id,
                view_id=deed.view_id if deed.kind == "modal" else "",
            )


def conversation_of(carried: str) -> int | None:
    """Read from what a modal carries which conversation it is about."""
    return cards.of_value(carried)


def modal(
    callback: str,
    title: str,
    blocks: Sequence[Json],
    *,
    carried: str = "",
    submit: str = "",
    close: str = "Cancel",
) -> View:
    """Write a modal; without *submit* it only shows."""
    view: View = {
        "type": "modal",
        "callback_id": callback,
        "title": plain(words.shortened(title, TITLE)),
        "close": plain(close),
        "private_metadata": carried,
        "blocks": list(blocks),
    }
    return view | ({"submit": plain(submit)} if submit else {})


def loading(callback: str, title: str, carried: str = "") -> View:
    """Show at once that a modal is coming."""
    return modal(callback, title, [said("Loading…")], carried=carried, close="Close")


def refusal(callback: str, title: str, sentence: str) -> View:
    """Show why a modal cannot be."""
    return modal(callback, title, [said(sentence)], close="Close")


def about(whom: str) -> Json:
    """Say whom a modal concerns."""
    return {"type": "section", "text": plain(words.shortened(whom, 300) or "This conversation")}


def said(sentence: str) -> Json:
    """Show a sentence, nothing in it is markup."""
    return {"type": "section", "text": plain(words.shortened(sentence, 2_900) or " ")}


def hint(sentence: str) -> Json:
    """Show a sentence in small."""
    return {"type": "context", "elements": [plain(words.shortened(sentence, 1_900))]}


def asks(
    block: str, label: str, element: Json, *, optional: bool = False, hinted: str = "", at_once: bool = False
) -> Json:
    """Ask for something: *element* is asked for under the block's own name; *at_once*: a choice is told."""
    asked: dict[str, Any] = {
        "type": "input",
        "block_id": block,
        "label": plain(words.shortened(label, 1_900)),
        "optional": optional,
        "element": {"action_id": block, **element},
    }
    if at_once:
        asked["dispatch_action"] = True
    return asked | ({"hint": plain(words.shortened(hinted, 1_900))} if hinted else {})


def option(label: str, value: str) -> Json:
    """Write something to choose."""
    return {"text": plain(words.shortened(label, 75) or "–"), "value": value[:150]}


def filled(values: Json, block: str) -> str:
    """Read what was written in a field, empty if it was left out."""
    return str(field(values, block).get("value") or "").strip()


def picked(values: Json, block: str) -> str:
    """Read what was chosen in a list, a menu or from buttons; empty if nothing was."""
    return str((field(values, block).get("selected_option") or {}).get("value") or "")


def ticked(values: Json, block: str) -> tuple[str, ...]:
    """Read which boxes are ticked."""
    return tuple(str(one.get("value")) for one in field(values, block).get("selected_options") or ())


def instant(values: Json, block: str) -> int | None:
    """Read a chosen date and time, in seconds since 1970."""
    chosen = field(values, block).get("selected_date_time")
    return int(chosen) if chosen else None


def field(values: Json, block: str) -> Json:
    """Find a field's state by its block, whatever its action is called."""
    found = values.get(block) or {}
    return next(iter(found.values()), {}) or {}


def begun(blocks: Sequence[Json], block: str) -> str:
    """Read what stood in a field, or was chosen, before anybody changed it."""
    asked: Json = next((one.get("element") or {} for one in blocks if one.get("block_id") == block), {})
    chosen = (asked.get("initial_option") or {}).get("value")
    return str(chosen or asked.get("initial_value") or "").strip()


def plain(text: str) -> dict[str, Any]:
    """Write text in which nothing is markup."""
    return {"type": "plain_text", "text": text}
