"""A customer's timeline in words, the same in the browser and in Slack: one line for each entry."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from routing.reasons import REASONS
from storage.timeline import KINDS, Entry, Kind

SHOWN: Final[Mapping[str, tuple[str, tuple[Kind, ...]]]] = {
    "": ("Everything", KINDS),
    "said": ("Messages", ("said",)),
    "order": ("Orders", ("order",)),
    "promise": ("Promises", ("promise",)),
    "touch": ("Touches", ("touch",)),
    "consent": ("Consent", ("consent",)),
    "happened": ("What happened", ("happened",)),
}
"""What can be shown alone, by its word in an address."""
CALL: Final = re.compile(r"Missed call(, rang \d+ s)?")
TOLD: Final = "promise_made"  # the promise itself stands there
QUOTED: Final = 600
PROMISED: Final = {
    "kept": ("Promise kept", "kept"),
    "broken": ("Promise not kept", "late"),
    "withdrawn": ("Promise taken back", ""),
}
TOUCHED: Final = {
    "sent": "sent",
    "handed_off": "on its way",
    "unknown": "perhaps sent",
    "claimed": "on its way",
    "held": "held",
    "cancelled": "called off",
    "control": "left out to compare",
    "expired": "too late",
    "failed": "not sent",
    "suppressed": "not sent",
    "planned": "planned",
    "deferred": "put off",
}
CONSENTED: Final = {
    "yes": "allowed",
    "no": "refused",
    "stop": "said stop",
    "start": "said start",
    "help": "asked for help",
    "join": "asked to join",
    "asked": "was asked",
    "not_so": "meant something else, an agent says",
    "undone": "as before: a merge was undone",
}
ELSEWHERE: Final = "Sent with another tool"
MARKS: Final = {
    "sent": "Sent",
    "delivered": "Arrived",
    "read": "Read",
    "failed": "Not sent",
    "perhaps": "Perhaps sent",
    "dropped": "Dropped, not sent",
    "queued": "Sending",
    "ready": "Sending",
    "sending": "Sending",
    "asking": "Perhaps sent",
}
CALLS: Final = {False: "Rung", True: "Not called"}
"""What became of a call that an agent began, by whether that is bad."""
BAD: Final = ("failed", "perhaps", "asking", "dropped")


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What lines are told with: who looks, names of agents and channels, and how instants are written.

    *befell* says what befell a conversation, as each face does. What came without words over one of the
    channels that *ring* was left by voice.
    """

    me: int
    customer: str
    names: Mapping[int, str]
    labels: Mapping[str, str]
    moment: Callable[[datetime], str]
    befell: Callable[[Entry], str]
    now: datetime
    ring: Collection[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entry told: a *title*, words that were said, what stands under it and at its end.

    *icon* names a picture, or is empty for the channel's own; *look* is touch, promise, kept, late or none.
    """

    entry: Entry
    title: str
    quote: str = ""
    under: str = ""
    end: str = ""
    end_look: str = ""
    icon: str = ""
    look: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def line(entry: Entry, telling: Telling) -> Line | None:
    """Tell one entry; None for what another entry tells already."""
    match entry.kind:
        case "said":
            return _said(entry, telling)
        case "happened":
            if entry.word == TOLD:
                return None
            return Line(entry=entry, title=telling.befell(entry), icon="assign")
        case "promise":
            return _promised(entry, telling)
        case "touch":
            return _touched(entry)
        case "consent":
            return _consented(entry, telling)
        case "order":
            return _bought(entry)


def _by(who: str) -> str:
    return "you" if who == "You" else who or "us"


def _who(entry: Entry, telling: Telling) -> str:
    if entry.agent_id == telling.me:
        return "You"
    return telling.names.get(entry.agent_id or 0, "")


def _said(entry: Entry, telling: Telling) -> Line:
    over = telling.labels.get(entry.channel, entry.channel)
    data = entry.data
    if entry.word == "in" and CALL.fullmatch(entry.text):
        return Line(entry=entry, title=entry.text, under=over, icon="missed", look="late")
    if data["nature"] == "call":
        spoke = entry.text.replace("They ", f"{telling.customer} ", 1)
        bad = data["status"] in BAD
        why = data["reason"] if bad and data["reason"] else over
        return Line(
            entry=entry, title=spoke, under=why, end=CALLS[bad] if data["status"] else "",
            end_look="late" if bad else "",
        )  # fmt: skip
    if data["deleted_at"] is not None:
        return Line(entry=entry, title="A message that was deleted", under=over)
    quote = entry.text[:QUOTED] + ("…" if len(entry.text) > QUOTED else "") or "A file"
    if entry.word == "in" and entry.channel in telling.ring:
        left = f"{telling.customer} left a voicemail"
        return Line(entry=entry, title=left, quote=entry.text[:QUOTED], under=over)
    edited = "edited" if data["edited_at"] else ""
    if entry.word == "note":
        return Line(entry=entry, title=f"Note by {_by(_who(entry, telling))}", quote=quote, icon="note")
    if entry.word == "in":
        about = f": {data['subject']}" if data["subject"] else ""
        return Line(entry=entry, title=f"{telling.customer} on {over}{about}", quote=quote, under=edited)
    title = f"{_who(entry, telling) or 'Our side'} on {over}"
    if data["nature"] == "echo":
        title = f"{ELSEWHERE} on {over}"
    if data["touch"]:
        title = f"{named(data['touch'])} touch on {over}"
    end = MARKS.get(data["status"], "")
    return Line(
        entry=entry,
        title=title,
        quote=quote,
        under=edited or (data["reason"] if data["status"] in BAD else ""),
        end=end,
        end_look="late" if data["status"] in BAD else "",
        icon="touch" if data["touch"] else "",
        look="touch" if data["touch"] else "",
    )


def _promised(entry: Entry, telling: Telling) -> Line:
    by = _who(entry, telling)
    under = f"{by} keeps it" if by and by != "You" else "You keep it" if by else ""
    due: datetime = entry.data["due_at"]
    if entry.word in PROMISED:
        title, look = PROMISED[entry.word]
        icon = "check" if look == "kept" else "promise"
        return Line(entry=entry, title=title, quote=entry.text, under=under, icon=icon, look=look)
    late = due <= telling.now
    when = f"{'was due' if late else 'by'} {telling.moment(due)}"
    return Line(
        entry=entry,
        title="Promise",
        quote=entry.text,
        under=under,
        end=when,
        end_look="late" if late else "soon",
        icon="promise",
        look="late" if late else "promise",
    )


def _touched(entry: Entry) -> Line:
    state = TOUCHED.get(entry.word, entry.word)
    reason = str(entry.data["reason"])
    why = REASONS.get(reason, reason.replace("_", " "))
    title = f"{named(entry.data['touch'])} touch"
    return Line(
        entry=entry,
        title=title,
        quote=entry.text,
        under=why,
        end=state,
        end_look="touch",
        icon="touch",
        look="touch",
    )


def _consented(entry: Entry, telling: Telling) -> Line:
    over = telling.labels.get(entry.channel, entry.channel)
    about = f" about {entry.data['subject'].replace('_', ' ')}" if entry.data["subject"] else ""
    word = CONSENTED.get(entry.word, entry.word)
    who = _who(entry, telling)
    return Line(
        entry=entry,
        title=f"Consent on {over}{about}: {word}",
        quote=entry.text,
        under=f"Written down by {who}" if who else "",
        icon="shield",
        look="late" if entry.word in ("no", "stop") else "kept" if entry.word in ("yes", "start") else "",
    )


def _bought(entry: Entry) -> Line:
    data = entry.data
    worth = f"{data['total'] / 100:,.2f} {data['currency']}" if data["currency"] else ""
    word = "" if entry.word == "placed" else f", {entry.word}"
    title = f"Order {data['number']}{word}"
    return Line(entry=entry, title=title, under=entry.text, end=worth, icon="box")


def named(key: str) -> str:
    """Name a kind of touch by its key: After delivery."""
    return key.replace("_", " ").capitalize()
