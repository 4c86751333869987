"""The card: the first message of a thread, made from the rows of the moment.

Nothing on it ticks. Later features add a fact to `Card.facts` and a button to `_buttons`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from inbox.desk.slack import words
from inbox.desk.slack.posts import Post, button
from inbox.desk.slack.rich import Block

QUOTE = 150
MOST = 10
FIELD = 2_000
GONE = ("moved", "merged")
"""States in which a conversation goes on elsewhere: one line with a link, no buttons."""
PLAIN = "a plain reply here goes to the customer; start with `;;` for a note"
SAFE = "safe mode: what is typed here goes to the customer only by Send"
FIRST = ("Owner", "Stopped", "Window", "Promise", "Promises", "Language", "Account manager", "Last order")
"""Facts that come before others: a card has room for ten."""
MORE = (
    ("handover", "Hand over"),
    ("note", "Note"),
    ("later", "Send later"),
    ("elsewhere", "Send on another channel"),
    ("menu", "More…"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a card says; *owner* is a name, *facts* are (label, mrkdwn) and at most ten.

    *holds* are the kinds of what keeps touches to the customer back: complaint, agent. *safe* says that
    what is typed waits for Send, *guarded* that it does so for this conversation alone.
    """

    conversation_id: int
    revision: int
    customer: str
    where: str
    tier: str = ""
    state: str
    owner: str = ""
    waiting_since: datetime | None = None
    due_at: datetime | None = None
    last_text: str = ""
    snoozed_until: datetime | None = None
    resolved_at: datetime | None = None
    reason: str = ""
    window_until: datetime | None = None
    stopped_at: datetime | None = None
    language: str = ""
    previous: str = ""
    moved_to: str = ""
    facts: tuple[tuple[str, str], ...] = field(default=())
    holds: tuple[str, ...] = ()
    safe: bool = False
    guarded: bool = False
    rating: int = 0


def made(card: Card) -> Post:
    """Write the card: `text` says everything that the blocks show."""
    return Post(text=_text(card), blocks=_blocks(card))


def mark(conversation_id: int) -> str:
    """Name a conversation on a card."""
    return f"cv_{conversation_id}"


def key(conversation_id: int) -> str:
    """Name the card's post, so that it is found again by its metadata."""
    return f"card:{conversation_id}"


def metadata(card: Card) -> dict[str, Any]:
    """Say on the post which conversation it is: readable by every app, so nothing personal."""
    conversation = mark(card.conversation_id)
    event = {"conversation": conversation, "key": key(card.conversation_id), "rev": card.revision}
    return {"event_type": "tidings_card", "event_payload": event}


def value(card: Card) -> str:
    """Write what every button carries."""
    return f"{card.conversation_id}|{card.revision}"


def of_value(text: str) -> int | None:
    """Read the conversation's id from a button's value, or None if it is not one of ours."""
    head = text.partition("|")[0]
    return int(head) if head.isascii() and head.isdecimal() and len(head) < 20 else None


def _who(card: Card) -> str:
    return ", ".join(part for part in (f"{words.name(card.customer)} on {card.where}", card.tier) if part)


def _state(card: Card) -> str:
    """Say in one clause where the conversation stands."""
    owner = words.name(card.owner) if card.owner else ""
    whose = f"{owner} has it" if owner else "nobody has it"
    match card.state:
        case "moved" | "merged":
            return card.state
        case "resolved":
            when = f" {words.clock(card.resolved_at)}" if card.resolved_at else ""
            why = f": {words.escape(words.shortened(card.reason, 100))}" if card.reason else ""
            rated = f", the customer says {card.rating} of 5" if card.rating else ""
            return f"resolved{when}{why}{rated}"
        case "snoozed" if card.snoozed_until is not None:
            form = "{date_short_pretty} {time}"
            return f"snoozed until {words.clock(card.snoozed_until, form)}, {whose}"
        case _ if card.waiting_since is None:
            return f"answered, {whose}"
        case _:
            due = f", answer due {words.clock(card.due_at)}" if card.due_at else ""
            return f"waiting since {words.clock(card.waiting_since)}{due}, {whose}"


def _text(card: Card) -> str:
    parts = [f"{_who(card)}, {_state(card)}."]
    if card.moved_to:
        parts.append(f"It goes on at {card.moved_to}.")
    if card.stopped_at:
        parts.append(f"Said STOP at {words.clock(card.stopped_at)}.")
    if card.window_until:
        parts.append(f"Window open until {words.clock(card.window_until)}.")
    parts += [f"{label}: {said}." for label, said in card.facts]
    if card.last_text and card.state not in GONE:
        parts.append(f"Last: {words.escape(words.shortened(card.last_text, QUOTE))}")
    return " ".join(parts)


def _blocks(card: Card) -> list[Block]:
    number = str(card.revision)
    if card.state in GONE:
        return [_section("who." + number, f"*{words.name(card.customer)}*  ·  {_moved(card)}")]
    head = f"*{words.name(card.customer)}*  ·  {words.escape(card.where)}"
    head += f"  ·  {words.escape(card.tier)}" if card.tier else ""
    state = _state(card)
    said = f"*{state[:1].upper()}{state[1:]}*" if "<" not in state else state[:1].upper() + state[1:]
    if card.state == "resolved":
        line = _section("who." + number, f"{head}  ·  {said}")
        return [line, {"type": "actions", "block_id": "do." + number, "elements": _buttons(card)}]
    quote = words.escape(words.shortened(card.last_text, QUOTE)) if card.last_text else "(no words)"
    spoken = f"Open the profile of {words.name(card.customer)}"
    profile = button("profile", "Profile", value(card), "", spoken)
    blocks = [{**_section("who." + number, f"{head}\n{said}\n>{_literal(quote)}"), "accessory": profile}]
    if facts := _facts(card):
        blocks.append({"type": "section", "block_id": "facts." + number, "fields": facts})
    blocks.append({"type": "actions", "block_id": "do." + number, "elements": _buttons(card)})
    foot = f"{mark(card.conversation_id)} · {SAFE if card.safe else PLAIN}"
    foot += f" · before: {card.previous}" if card.previous else ""
    context = {"type": "context", "block_id": "foot." + number}
    return [*blocks, {**context, "elements": [{"type": "mrkdwn", "text": foot}]}]


def _moved(card: Card) -> str:
    return f"{card.state}: it goes on at {card.moved_to}" if card.moved_to else card.state


def _literal(text: str) -> str:
    """Keep mrkdwn from styling a quote: a zero-width space after each character that could begin it."""
    return "".join(f"{sign}\u200b" if sign in "*_~`:@#" else sign for sign in text)


def _facts(card: Card) -> list[Block]:
    facts: list[tuple[str, str]] = [("Owner", words.name(card.owner) if card.owner else "nobody yet")]
    if card.window_until:
        facts.append(("Window", f"open until {words.clock(card.window_until)}"))
    if card.language:
        facts.append(("Language", words.literal(words.escape(words.shortened(card.language, 80)))))
    if card.stopped_at:
        facts.append(("Stopped", f"said STOP {words.clock(card.stopped_at)}"))
    return [{"type": "mrkdwn", "text": _field(*fact)} for fact in chosen((*facts, *card.facts))]


def chosen(facts: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Choose what a card has room for: what matters most stands first, the rest as it comes."""
    place = {label: at for at, label in enumerate(FIRST)}
    return sorted(facts, key=lambda fact: place.get(fact[0], len(FIRST)))[:MOST]


def _field(label: str, said: str) -> str:
    """Write a fact; what is too long for a field is cut between entities, never within one."""
    text = f"*{label}*\n{said}"
    if len(text) <= FIELD:
        return text
    cut = text[: FIELD - 1]
    open_ = max(cut.rfind("<"), cut.rfind("&"))
    closed = max(cut.rfind(">"), cut.rfind(";"))
    return (cut[:open_] if open_ > closed else cut).rstrip() + "…"


def _buttons(card: Card) -> list[Block]:
    who = words.name(card.customer)
    carried = value(card)
    take = button("take", "Take", carried, "primary", f"Take the conversation with {who}")
    back = button("give_back", "Give back", carried, "", f"Give back the conversation with {who}")
    snooze = button("snooze", "Snooze", carried, "", f"Snooze the conversation with {who}")
    wake = button("wake", "Wake", carried, "", f"Wake the conversation with {who}")
    resolve = button("resolve", "Resolve", carried, "", f"Resolve the conversation with {who}")
    reopen = button("reopen", "Reopen", carried, "", f"Reopen the conversation with {who}")
    saved = button("saved", "Saved reply", carried, "", f"Choose a saved reply for {who}")
    promise = button("promise", "Promise", carried, "", f"Promise {who} something")
    whose = back if card.owner else take
    match card.state:
        case "resolved":
            return [reopen]
        case "snoozed":
            return [whose, saved, promise, wake, resolve, _more(card)]
        case _:
            return [whose, saved, promise, snooze, resolve, _more(card)]


def _more(card: Card) -> Block:
    """Offer what is seldom needed; the menu has the rest."""
    options = [
        {"text": {"type": "plain_text", "text": label}, "value": f"{deed}|{value(card)}"}
        for deed, label in MORE
    ]
    return {"type": "overflow", "action_id": "more", "options": options}


def _section(block_id: str, text: str) -> Block:
    return {"type": "section", "block_id": block_id, "text": {"type": "mrkdwn", "text": text[:3_000]}}
