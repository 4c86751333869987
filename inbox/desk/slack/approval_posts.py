"""How a touch looks that waits for an agent's word: the question, what was decided, the words to change."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from bots.marks import plain
from bots.sms.segments import count
from inbox.desk.slack import phrases, words
from inbox.desk.slack.deeds import Clicked, Json
from inbox.desk.slack.posts import Post, button
from inbox.desk.slack.rich import Block, rich, said
from inbox.desk.slack.touch_whys import why
from inbox.desk.slack.touch_words import say
from inbox.touches.deciding import LONGEST
from inbox.touches.drafting import Draft
from storage.slack_touches import Decision
from storage.touch_states import HANDED_OFF, SENT, UNKNOWN, WAITING

EDIT: Final = "tidings_touch_edit"
WORDS: Final = "touch_words"
BUTTONS: Final[tuple[tuple[str, str], ...]] = (
    ("touch_approve", "primary"),
    ("touch_hold", ""),
    ("touch_edit", ""),
    ("touch_refuse", ""),
)
DONE: Final = ("given", "refused", "held")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """How a question is put: in which *language*, for which *occasion*, over which *channel*, be it *sms*."""

    language: str
    occasion: str
    channel: str
    sms: bool


def made(draft: Draft, spoken: Spoken, decision: Decision | None) -> Post:
    """Write the question, or what became of it; `text` says all that the blocks show."""
    row, language = draft.row, spoken.language
    who = f"*{words.name(draft.name)}*" + (f" ({words.escape(draft.tier)})" if draft.tier else "")
    what = words.escape(spoken.occasion[:1].upper() + spoken.occasion[1:])
    state = _state(draft, decision, language)
    asks = row.state in WAITING and row.approval not in ("given", "refused")
    asked = say(language, "asks")
    head = (
        f"*{asked}* {say(language, 'to', what=what, who=who)}"
        if asks
        else say(language, "to", what=f"*{what}*", who=who)
    )
    facts = _facts(draft, spoken)
    shown = draft.text or say(language, "no_words")
    fields = [{"type": "mrkdwn", "text": f"*{label}*\n{value}"[:2_000]} for label, value in facts]
    long = size(shown, spoken.sms, language)
    foot = f"{long} · {state}"
    quote = rich([{"type": "rich_text_quote", "elements": [said(shown)]}])
    blocks: list[Block] = [
        {"type": "section", "text": {"type": "mrkdwn", "text": head[:3_000]}},
        {"type": "section", "fields": fields},
        {**quote, "block_id": WORDS},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": foot[:2_000]}]},
    ]
    buttons = _buttons(draft, language) if asks else []
    if buttons:
        blocks.append({"type": "actions", "elements": buttons})
    told = "; ".join(f"{label}: {value}" for label, value in facts)
    choices = " ".join(f"[{one['text']['text']}]" for one in buttons)
    text = f"{head.replace('*', '')}. {told}. “{words.escape(shown)}” {long}. {state} {choices}"
    return Post(text=text.strip(), blocks=blocks)


def _facts(draft: Draft, spoken: Spoken) -> list[tuple[str, str]]:
    row, language = draft.row, spoken.language
    day, zone = phrases.day(date.fromisoformat(row.day), language), phrases.city(row.zone, language)
    form = say(language, "form")
    return [
        (
            say(language, "their_time"),
            say(language, "there", day=day, clock=row.clock, zone=words.escape(zone)),
        ),
        (say(language, "our_time"), words.clock(row.due_at, form)),
        (say(language, "channel"), words.escape(spoken.channel or say(language, "no_channel"))),
        (say(language, "latest"), words.clock(row.valid_until, form)),
    ]


def _state(draft: Draft, decision: Decision | None, language: str) -> str:
    row = draft.row
    parts = []
    if decision is not None and decision.edited:
        parts.append(say(language, "edited"))
    if decision is not None and decision.what in DONE:
        when = words.clock(decision.at)
        parts.append(say(language, decision.what, who=words.name(decision.by), at=when))
    if draft.missing:
        parts.append(say(language, "missing", what=words.escape(draft.missing)))
    if row.state == SENT:
        parts.append(say(language, "sent"))
    elif row.state in (HANDED_OFF, UNKNOWN):
        parts.append(say(language, "on_its_way"))
    elif row.state not in WAITING:
        parts.append(say(language, "not_sent", why=words.escape(why(row.reason or row.state, language))))
    elif not parts or row.approval == "asked":
        parts.append(say(language, "unless"))
    return " ".join(parts)


def _buttons(draft: Draft, language: str) -> list[Block]:
    who, value = words.name(draft.name), carried(draft.row.id, language)
    shown = [one for one in BUTTONS if not (one[0] == "touch_hold" and draft.row.approval == "held")]
    made = []
    for action, style in shown:
        label = say(language, action)
        made.append(button(action, label, value, style, say(language, "spoken", label=label, who=who)))
    return made


def carried(touch_id: int, language: str) -> str:
    """Write what a button and a modal carry: which touch, and in which language it was asked about."""
    return f"{touch_id}|{phrases.nearest(language)}"


def carries(value: str) -> tuple[int, str] | None:
    """Read it back; a post of long ago carries the touch alone."""
    key, _, language = value.partition("|")
    if not key.isascii() or not key.isdecimal():
        return None
    return int(key), phrases.nearest(language)


def size(text: str, sms: bool, language: str) -> str:
    """Say how long a text is, and how many SMS it takes where that counts."""
    letters = phrases.number(len(text), language)
    if not sms:
        return say(language, "size", n=letters)
    return say(language, "size_sms", n=letters, parts=count(plain(text)).parts)


def words_in(blocks: Any) -> str:
    """Read the words of a touch back from the post that shows it."""
    for block in blocks or ():
        if isinstance(block, dict) and block.get("block_id") == WORDS:
            quotes = block.get("elements") or ()
            return "".join(str(one.get("text", "")) for each in quotes for one in each.get("elements", ()))
    return ""


def edit(deed: Clicked) -> dict[str, Any]:
    """Ask for other words, in the language of the question; the field counts down to what it takes."""
    found = carries(deed.value)
    language = found[1] if found is not None else ""
    text = words_in(deed.blocks)[:LONGEST]
    field = {
        "type": "plain_text_input",
        "action_id": "text",
        "multiline": True,
        "min_length": 1,
        "max_length": LONGEST,
        "initial_value": text,
    }
    most = phrases.number(LONGEST, language)
    hint = say(language, "hint", size=size(text, True, language), most=most)
    asks = words.escape(say(language, "asks"))
    about = words.unescape(deed.spoken.partition(". ")[0].removeprefix(asks)).strip()
    return {
        "type": "modal",
        "callback_id": EDIT,
        "title": _plain(say(language, "title")),
        "submit": _plain(say(language, "save")),
        "close": _plain(say(language, "cancel")),
        "private_metadata": deed.value,
        "blocks": [
            {"type": "section", "text": _plain(words.shortened(about, 300) or say(language, "this"))},
            {
                "type": "input",
                "block_id": "text",
                "label": _plain(say(language, "reads")),
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


def wrong(text: str, language: str) -> str:
    """Say what is wrong with the words that were written; nothing where they can be kept."""
    if not text:
        return say(language, "write")
    if len(text) > LONGEST:
        return say(language, "at_most", most=phrases.number(LONGEST, language))
    return ""


def told(decision: Decision | None, state: str, reason: str, language: str) -> str:
    """Say to somebody who came too late what was decided, and by whom."""
    if decision is not None and decision.what in DONE:
        who = words.name(decision.by)
        return say(language, f"{decision.what}_already", who=who, at=words.clock(decision.at))
    return say(language, "over", why=words.escape(why(reason or state, language)))
