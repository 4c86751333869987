"""Notes that stand on a customer: which they are, and the form that pins one or takes it off."""

from collections.abc import Sequence
from dataclasses import replace

from inbox.desk.web.forms import Form
from inbox.desk.web.log import Entry
from inbox.desk.web.site import Visit
from storage.rows import Message


def with_pins(entries: Sequence[Entry], pinned: Sequence[Message]) -> list[Entry]:
    """Mark the notes among *entries* that are *pinned* to the customer."""
    keys = {note.id for note in pinned}
    return [replace(one, pinned=True) if one.message and one.message.id in keys else one for one in entries]


async def pin(visit: Visit, message_id: int, form: Form) -> str:
    """Pin a note to its customer, or take it off."""
    pinned = form.fields.get("pinned") == "yes"
    await visit.desk.pin(message_id, visit.agent.id, pinned=pinned, now=visit.now)
    return "pinned" if pinned else "unpinned"
