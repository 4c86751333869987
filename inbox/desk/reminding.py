"""The loop that reminds of promises: before they are due, when they are, and the lead when they are late.

Each reminder is remembered in the transaction that owes it, so a restart repeats none; the post itself
looks once more whether the promise is still open.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

import structlog

from inbox.desk import promise_acts
from inbox.desk.act import Act, Ground
from inbox.live import Change
from inbox.nudges import Nudges
from storage import agents, conversations, promise_reminders, promises
from storage.promise_reminders import Stage
from storage.promises import Named
from storage.rows import Agent

EVERY: Final = 10.0
POST: Final = "promise"
AT_ONCE: Final = 50

log = structlog.get_logger()


class Reminding:
    """One owner of all reminders; *leads* names each team's lead by key, as the policy says at the moment."""

    def __init__(
        self,
        *,
        ground: Ground,
        nudges: Nudges,
        clock: Callable[[], datetime],
        leads: Callable[[], Mapping[str, str]],
    ) -> None:
        """Remind over the rows of *ground*."""
        self._ground, self._nudges, self._clock, self._leads = ground, nudges, clock, leads
        self._stopping = False

    async def run(self) -> None:
        """Remind until `stop`."""
        while not self._stopping:
            try:
                more = await self.turn()
            except Exception:
                log.exception("reminding failed")
                more = False
                await asyncio.sleep(1)
            if not more and not self._stopping:
                await self._nudges.wait(promise_acts.BELL, EVERY)

    async def stop(self) -> None:
        """Finish the turn that is under way."""
        self._stopping = True
        self._nudges.nudge(promise_acts.BELL)

    async def turn(self) -> bool:
        """Tell what is due at this moment and pass on what follows its conversation; says whether any was."""
        now = self._clock()
        async with self._ground.database.reading() as connection:
            due = await promise_reminders.due(connection, now, 1)
            following = await promise_reminders.to_follow(connection, 1)
        if not due and not following:
            return False
        async with self._ground.act(now) as act:
            await self._pass_on(act)
            await self._tell(act)
        return True

    async def _tell(self, act: Act) -> None:
        """Tell of each promise its furthest stage, and remember that."""
        due = await promise_reminders.due(act.connection, act.now, AT_ONCE)
        everybody = await agents.all_active(act.connection) if due else []
        for named, stage in due:
            await promise_reminders.told(act.connection, [named.promise.id], stage, act.now)
            if stage == "due":  # from now on the card says that it is late
                await conversations.change(act.connection, named.promise.conversation_id)
                await act.changed(named.promise.conversation_id)
            for to in self._told(named, stage, everybody):
                await _remind(act, named, stage, to)

    def _told(self, named: Named, stage: Stage, everybody: Sequence[Agent]) -> list[Agent]:
        """Say who is told: who keeps it, or where they have left, and of what is late, the team's lead."""
        owner = [one for one in everybody if one.id == named.promise.owner_id]
        if owner and stage != "lead":
            return owner
        key = self._leads().get(named.team, "")
        lead = [one for one in everybody if one.key == key]
        for role in ("lead", "admin"):
            lead = lead or [one for one in everybody if one.role == role and named.team in one.teams]
        return lead[:1]

    async def _pass_on(self, act: Act) -> None:
        """Give what follows its conversation to who has it now."""
        for promise, owner_id in await promise_reminders.to_follow(act.connection, AT_ONCE):
            await promises.change(act.connection, promise.id, owner_id=owner_id, follows=False)
            if owner_id != promise.owner_id:
                data = {**promise_acts.told(promise), "to": (await act.agent(owner_id)).name}
                await promise_acts.happened(act, "promise_moved", promise.conversation_id, None, data)


async def _remind(act: Act, named: Named, stage: Stage, to: Agent) -> None:
    promise = named.promise
    await act.show(
        POST,
        promise.conversation_id,
        key=f"promise:{promise.id}:{stage}:{int(promise.due_at.timestamp())}",
        data={"promise_id": promise.id, "stage": stage, "to": to.id},
    )
    act.changes.append(
        Change(kind="promise", conversation_id=promise.conversation_id, agent_id=to.id, promise_id=promise.id)
    )
