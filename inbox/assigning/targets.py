"""Promised answer times: the owner is warned before, somebody else or the lead is told after, each once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from inbox.assigning import facts
from inbox.assigning.handing_on import hand_on
from inbox.desk.act import Act, Ground
from storage import routed
from storage.routed import STAGES, Due, Stage

FEW: Final = 8  # told in one transaction: hooks wait behind it
KINDS: Final[dict[Stage, str]] = {"warn": "due_soon", "late": "escalated", "long": "too_long"}


class Targets:
    """Watches the promised times of who waits for us."""

    def __init__(self, ground: Ground) -> None:
        """Watch the rows of *ground*."""
        self._ground = ground

    async def turn(self, now: datetime) -> bool:
        """Tell what is due at this moment; says whether there may be more."""
        found: dict[Stage, list[Due]] = {}
        async with self._ground.database.reading() as connection:
            over = await routed.answered(connection, FEW)
            for stage in STAGES:
                found[stage] = await routed.due(connection, stage, now, FEW)
        if not over and not any(found.values()):
            return False
        async with self._ground.act(now) as act:
            if over:  # they may have written again
                over = await routed.answered(act.connection, FEW)
            await routed.mark(act.connection, over, reply_due_at=None, warn_at=None)
            for stage, due in found.items():
                if due:
                    await self._tell(act, stage)
        return FEW in (len(over), *map(len, found.values()))

    async def _tell(self, act: Act, stage: Stage) -> None:
        """Tell a stage of those that are due still, and remember it in the same transaction."""
        due = await routed.due(act.connection, stage, act.now, FEW)
        await routed.mark(act.connection, [one.id for one in due], **{STAGES[stage][1]: act.now})
        if stage == "late":
            owned = [one.id for one in due if one.owner_id is not None]
            passed = await hand_on(
                act, self._ground, dict.fromkeys(owned, "the promised answer time has passed")
            )
            due = [one for one in due if one.id not in passed]
        people = await facts.everybody(act.connection, self._ground.policies, act.now)
        await act.happened_to(KINDS[stage], [(one.id, None, self._told(one, stage, people)) for one in due])

    def _told(self, one: Due, stage: Stage, people: Sequence[Any]) -> dict[str, Any]:
        at = one.resolve_due_at if stage == "long" else one.reply_due_at
        data: dict[str, Any] = {"due": at.isoformat() if at is not None else ""}
        house = self._ground.policies.house
        if stage == "late" and (lead := facts.lead_of(house, people, one.team)) is not None:
            data |= {"to": lead.name, "to_agent": lead.id}
        return data
