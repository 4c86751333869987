"""What an agent decides about one touch before it leaves, whoever asked them."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final, Literal

from inbox.desk.act import Ground
from routing.ground import instant
from storage import touches
from storage.rows import Agent
from storage.touch_rows import TouchRow
from storage.touch_states import CANCELLED, HELD, PLANNED, WAITING

Word = Literal["approve", "hold", "refuse", "edit"]
LONGEST: Final = 1_600
"""Characters of one touch: ten SMS."""
DECIDED: Final = ("given", "refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """Whether a word was news, and the touch as it is now."""

    done: bool
    row: TouchRow | None


async def decide(
    ground: Ground, touch_id: int, agent: Agent, word: Word, now: datetime, text: str = ""
) -> Decided:
    """Do what an agent says; nothing is done to a touch that was decided on, or left, before.

    Raises NotAllowed.
    """
    async with ground.gesture(now, "decide_touch", agent.id) as act:
        connection = act.connection
        row = await touches.one(connection, touch_id)
        if row is None or row.state not in WAITING or row.approval in DECIDED:
            return Decided(done=False, row=row)
        if word == "hold" and row.approval == "held":
            return Decided(done=False, row=row)
        state, reason, values = _becomes(row, word, now, text)
        data = {"by": agent.name, "approval": values.get("approval", "")}
        if word == "edit":
            data["edited"] = "yes"
        done = await touches.move(
            connection, act.ids, row, state, now, reason=reason, data=data, agent_id=agent.id, **values
        )
        if done:
            act.tell(f"{word} {row.kind}", customer_id=row.customer_id)
        return Decided(done=done, row=await touches.one(connection, touch_id))


def _becomes(row: TouchRow, word: Word, now: datetime, text: str) -> tuple[str, str, dict[str, Any]]:
    match word:
        case "approve":
            due_at = min(row.due_at, max(now, _own_hour(row))) if row.state == HELD else row.due_at
            return PLANNED, "", {"approval": "given", "due_at": due_at}
        case "hold":
            return HELD, "taken_by_agent", {"approval": "held"}
        case "refuse":
            return CANCELLED, "approval_refused", {"approval": "refused"}
        case "edit":
            return row.state, row.reason, {"text": text}


def _own_hour(row: TouchRow) -> datetime:
    """Tell when a touch was to leave, whatever moved its next look since."""
    return instant(date.fromisoformat(row.day), time.fromisoformat(row.clock), row.zone)
