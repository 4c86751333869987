"""What the desk says that is not in a template: one table a kind of sentence."""

from typing import Any, Final, NamedTuple

from inbox.desk import promised, rating, reacting, safety
from inbox.desk.facts import changed

TIERS: Final = {
    "platinum": ("pt", "Pt", "Platinum"),
    "gold": ("au", "Au", "Gold"),
    "iron": ("fe", "Fe", "Iron"),
    "lead": ("pb", "Pb", "Lead"),
    "": ("new", "–", "No tier yet"),
}
VIEWS: Final = {
    "mine": ("Mine", "My conversations"),
    "unassigned": ("Unassigned", "Conversations that nobody has"),
    "team": ("Team", "My team's conversations"),
    "all": ("All", "All conversations"),
}
EMPTY: Final = {
    "mine": "Nobody is waiting for you.",
    "unassigned": "Every conversation has somebody.",
    "team": "Nobody is waiting for your team.",
    "all": "Nobody is waiting.",
}
DONE: Final = {
    "resolved": "Resolved.",
    "snoozed": "Set aside.",
    "given": "Given on.",
    "returned": "Given back to the team.",
    "reopened": "Open again.",
    "unread": "Marked as unread.",
    "pinned": "Pinned: the note stands beside every conversation with this customer.",
    "unpinned": "No longer pinned. The note stays where it was written.",
    "resent": "Owed again; it leaves in its turn.",
    "arrived": "Marked as sent.",
    "dropped": "Dropped; it will not be sent.",
    "later": "Kept; it is sent at its time.",
    "later-changed": "What is sent later is changed.",
    "later-cancelled": "Cancelled; it will not be sent.",
    "tagged": "The tags are kept.",
    "said": "Sent.",
    "called": "Your phone rings; pick up, and the customer is rung.",
    "meeting": "The link stands in the answer: read it over, then send.",
    "kept": "Kept among the saved replies.",
    "given-up": "The saved reply is given up.",
    "begun": "Sent.",
    "promised": "Promised.",
    "promised-closed": "Promised, for a time at which the team is closed. Move it if that is not meant.",
    "promise-moved-closed": "Moved to a time at which the team is closed. Move it if that is not meant.",
    "promise-kept": "The promise is kept.",
    "promise-moved": "The promise has a new time.",
    "promise-dropped": "The promise is let go.",
    "promise-told": "The customer is told.",
    "complaint": "A complaint is open: touches to this customer are held.",
    "complaint-ended": "The complaint is settled; touches go on after a while.",
}
FILES: Final = {
    "image": "Photo",
    "audio": "Sound",
    "voice": "Voice message",
    "video": "Video",
    "document": "File",
    "sticker": "Sticker",
    "location": "Place",
    "contact": "Address card",
}


class Mark(NamedTuple):
    """How a message's status is shown: an icon, a word, a modifier of the part `after`."""

    icon: str
    word: str
    look: str = ""
    timed: bool = False


SENDING: Final = Mark("clock", "Sending")
MARKS: Final = {
    "queued": SENDING,
    "ready": SENDING,
    "sending": SENDING,
    "asking": Mark("unsure", "Perhaps sent. Looking it up; not sent twice.", "soon"),
    "perhaps": Mark("unsure", "Perhaps sent", "soon"),
    "sent": Mark("check", "Sent", timed=True),
    "delivered": Mark("checks", "Arrived", timed=True),
    "read": Mark("checks", "Read", "read", timed=True),
    "failed": Mark("stop", "Not sent", "late"),
    "dropped": Mark("stop", "Dropped, not sent"),
}


def happened(kind: str, who: str, data: dict[str, Any]) -> str:
    """Say in one line what befell a conversation; *who* did it, empty where it was the house."""
    by = f" by {'you' if who == 'You' else who}" if who else ""
    to = str(data.get("to") or "a colleague")
    why = _why(data)
    match kind:
        case "opened":
            line = "The conversation began"
        case "assigned":
            line = f"Given to {data.get('agent_name') or who or to}"
        case "taken":
            line = f"{who or 'Somebody'} took this"
        case "handed_over":
            giver = "A rule" if data.get("by") == "rule" else who or "Somebody"
            line = f"{giver} gave this to {to}{promised.along(data)}"
        case "given_back" | "returned":
            line = f"{who or 'Somebody'} gave this back to the team{promised.along(data)}"
        case "snoozed":
            line = f"Set aside{by}"
        case "woken":
            line = "Back from being set aside"
        case "resolved":
            line = f"Resolved{by}"
        case "rated":
            return f"{data.get('customer') or 'The customer'} says how it was: {rating.said(data)}"
        case "safe_mode":
            return f"{who or 'Somebody'} {safety.said(data)}"
        case "reacted":
            return f"{who or 'Somebody'} {reacting.said(data)}"
        case "reopened":
            line = f"Opened again{by}" if who else "Opened again by the customer's words"
        case "complaint_opened":
            line = f"A complaint is open{', says ' + who if who else ''}: touches are held"
        case "complaint_ended":
            line = f"The complaint is settled{', says ' + who if who else ''}"
        case "customer_changed":
            line = f"What we know was changed{by}: {changed(data)}"
        case "customers_merged" if data.get("into"):
            line = f"Merged into another customer{by}; the conversation goes on there"
        case "customers_merged":
            line = f"{data.get('customer') or 'Another customer'} was merged into this one{by}"
        case "customers_parted":
            line = f"The merge was undone{by}: two customers again"
        case "birthday":
            line = "The customer’s birthday is today"
        case "stopped" if data.get("marketing"):
            line = "The customer wants no marketing; answers may still be sent"
        case "started" if data.get("marketing"):
            line = "The customer no longer blocks marketing; only their yes allows it"
        case "stopped":
            line = "The customer said stop: nothing more is sent to this address"
        case "started":
            line = "The customer allowed messages again"
        case _:
            line = f"{kind.replace('_', ' ').capitalize()}{by}"
    return f"{line}: {why}" if why else line


def _why(data: dict[str, Any]) -> str:
    reasons = data.get("reasons") or data.get("why") or data.get("reason") or ""
    return ", ".join(map(str, reasons)) if isinstance(reasons, (list, tuple)) else str(reasons)


def size(count: int | None) -> str:
    """Say the size of a file: 312 kB, 1.4 MB."""
    if count is None:
        return ""
    if count < 1_000:
        return f"{count} bytes"
    return f"{count / 1_000:.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def initials(name: str) -> str:
    """Two letters for an agent's face."""
    parts = name.split()
    return "".join(part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts)).upper()
