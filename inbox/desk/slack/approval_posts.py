"""How a touch looks that waits for an agent's word: the question, what was decided, the words to change."""

from datetime import date, datetime
from typing import Any, Final

from bots.marks import plain
from bots.sms.segments import count
from inbox.desk.slack import words
from inbox.desk.slack.deeds import Clicked, Json
from inbox.desk.slack.posts import Post, button
from inbox.desk.slack.rich import Block, rich, said
from inbox.touches.birthdays import why
from inbox.touches.deciding import LONGEST
from inbox.touches.drafting import Draft
from storage.slack_touches import Decision
from storage.touch_states import HANDED_OFF, SENT, UNKNOWN, WAITING

EDIT: Final = "tidings_touch_edit"
WORDS: Final = "touch_words"
ASKS: Final = "Approve this touch?"
FORM: Final = "{date_short_pretty} at {time}"
BUTTONS: Final[tuple[tuple[str, str, str], ...]] = (
    ("touch_approve", "Approve", "primary"),
    ("touch_hold", "Hold", ""),
    ("touch_edit", "Edit", ""),
    ("touch_refuse", "Not this time", ""),
)
DONE: Final = {"given": "Approved", "refused": "Decided against", "held": "Held"}


def made(draft: Draft, occasion: str, channel: str, sms: bool, decision: Decision | None) -> Post:
    """Write the question, or what became of it; `text` says all that the blocks show."""
    row = draft.row
    who = f"*{words.name(draft.name)}*" + (f" ({words.escape(draft.tier)})" if draft.tier else "")
    what = words.escape(occasion[:1].upper() + occasion[1:])
    state = _state(draft, decision)
    asks = row.state in WAITING and row.approval not in ("given", "refused")
    head = f"*{ASKS}* {what} to {who}" if asks else f"*{what}* to {who}"
    facts = _facts(draft, channel)
    shown = draft.text or "(no words yet)"
    fields = [{"type": "mrkdwn", "text": f"*{label}*\n{value}"[:2_000]} for label, value in facts]
    foot = f"{size(shown, sms)} · {state}"
    quote = rich([{"type": "rich_text_quote", "elements": [said(shown)]}])
    blocks: list[Block] = [
        {"type": "section", "text": {"type": "mrkdwn", "text": head[:3_000]}},
        {"type": "section", "fields": fields},
        {**quote, "block_id": WORDS},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": foot[:2_000]}]},
    ]
    buttons = _buttons(draft, asks)
    if buttons:
        blocks.append({"type": "actions", "elements": buttons})
    told = "; ".join(f"{label}: {value}" for label, value in facts)
    choices = " ".join(f"[{one['text']['text']}]" for one in buttons)
    text = f"{head.replace('*', '')}. {told}. “{words.escape(shown)}” {size(shown, sms)}. {state} {choices}"
    return Post(text=text.strip(), blocks=blocks)


def _facts(draft: Draft, channel: str) -> list[tuple[str, str]]:
    row = draft.row
    zone = row.zone.rpartition("/")[2].replace("_", " ")
    return [
        ("Their time", f"{_day(row.day)} at {row.clock} in {words.escape(zone)}"),
        ("Our time", words.clock(row.due_at, FORM)),
        ("Channel", words.escape(channel or "none yet")),
        ("At the latest", words.clock(row.valid_until, FORM)),
    ]


def _day(told: str) -> str:
    day = date.fromisoformat(told)
    return f"{day:%a} {day.day} {day:%b}"


def _state(draft: Draft, decision: Decision | None) -> str:
    row = draft.row
    parts = []
    if decision is not None and decision.edited:
        parts.append("The words were edited.")
    if decision is not None and decision.what in DONE:
        when = words.clock(decision.at)
        parts.append(f"{DONE[decision.what]} by {words.name(decision.by)}, {when}.")
    if draft.missing:
        parts.append(f"A value is missing: {words.escape(draft.missing)}. Edit it, or it is not sent.")
    if row.state == SENT:
        parts.append("Sent.")
    elif row.state in (HANDED_OFF, UNKNOWN):
        parts.append("On its way.")
    elif row.state not in WAITING:
        parts.append(f"Not sent: {words.escape(why(row.reason or row.state))}.")
    elif not parts or row.approval == "asked":
        parts.append("It is not sent unless somebody approves it.")
    return " ".join(parts)


def _buttons(draft: Draft, asks: bool) -> list[Block]:
    if not asks:
        return []
    who, value = words.name(draft.name), str(draft.row.id)
    shown = [one for one in BUTTONS if not (one[0] == "touch_hold" and draft.row.approval == "held")]
    return [button(action, label, value, style, f"{label}: touch to {who}") for action, label, style in shown]


def size(text: str, sms: bool) -> str:
    """Say how long a text is, and how many SMS it takes where that counts."""
    letters = f"{len(text)} characters"
    if not sms:
        return letters
    return f"{letters}, {count(plain(text)).parts} SMS"


def words_in(blocks: Any) -> str:
    """Read the words of a touch back from the post that shows it."""
    for block in blocks or ():
        if isinstance(block, dict) and block.get("block_id") == WORDS:
            quotes = block.get("elements") or ()
            return "".join(str(one.get("text", "")) for each in quotes for one in each.get("elements", ()))
    return ""


def edit(deed: Clicked) -> dict[str, Any]:
    """Ask for other words; the field counts down to what it takes."""
    text = words_in(deed.blocks)[:LONGEST]
    field = {
        "type": "plain_text_input",
        "action_id": "text",
        "multiline": True,
        "min_length": 1,
        "max_length": LONGEST,
        "initial_value": text,
    }
    hint = f"Now {size(text, True)}; 160 plain characters are one SMS, at most {LONGEST}. It is not sent yet."
    about = words.unescape(deed.spoken.partition(". ")[0]).removeprefix(ASKS).strip()
    return {
        "type": "modal",
        "callback_id": EDIT,
        "title": _plain("Edit this touch"),
        "submit": _plain("Save"),
        "close": _plain("Cancel"),
        "private_metadata": deed.value,
        "blocks": [
            {"type": "section", "text": _plain(words.shortened(about, 300) or "This touch")},
            {
                "type": "input",
                "block_id": "text",
                "label": _plain("What the customer reads"),
                "hint": _plain(hint),
                "element": field if text else {k: v for k, v in field.items() if k != "initial_value"},
            },
        ],
    }


def written(values: Json) -> str:
    """Read what was written in the modal."""
    return str(((values.get("text") or {}).get("text") or {}).get("value") or "").strip()


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def told(decision: Decision | None, draft_state: str, reason: str) -> str:
    """Say to somebody who came too late what was decided, and by whom."""
    if decision is not None and decision.what in DONE:
        at: datetime = decision.at
        return f"{DONE[decision.what]} by {decision.by} at {at:%H:%M} UTC already."
    return f"This touch is over: {why(reason or draft_state)}."
