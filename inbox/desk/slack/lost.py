"""Lost answers: what Slack may have done is looked for and never repeated unseen."""

from datetime import timedelta

from inbox.desk.slack import finding, putting
from inbox.desk.slack.calls import NotHeard, Said
from inbox.desk.slack.handed import AFTER, BLIND, FIRST_LOOK, SECOND_LOOK, Handed
from inbox.desk.slack.moving import MOVED
from inbox.desk.slack.workspace import Workspace, log
from storage import messages, slack_threads
from storage.endings import Outcome
from storage.rows import Delivery
from storage.slack_threads import SlackThread
from storage.statuses import ASKING, PERHAPS, READY, SENT


class Lost:
    """Looks in Slack for what an answer would have said, and decides what if nobody can."""

    def __init__(self, workspace: Workspace) -> None:
        """Work in *workspace*."""
        self._workspace = workspace

    async def looked_up(self, row: Delivery, slack_channel: str, done: Handed) -> Outcome | None:
        """Say what a lost answer would have said; None means: hand it over once more."""
        if row.code == BLIND:
            return None
        try:
            thread = await self._thread_found(row, slack_channel)
            found = None
            if thread is not None:
                found = await finding.find_post(self._workspace, thread, row.key, row.owed_at)
        except (Said, NotHeard) as error:
            log.warning("slack cannot be looked into", key=row.key, error=str(error))
            return self._ask(row, BLIND)
        if found is not None and thread is not None:
            async with self._workspace.database.reading() as connection:
                message = await messages.one(connection, row.message_id or 0)
            if message is not None and row.kind in ("message", "reply", "note"):
                done.shown.append(putting.shows(thread, found.ts, message.id))
            return Outcome(id=row.id, state=SENT, external_id=found.ts)
        return None if row.code == SECOND_LOOK else self._ask(row, SECOND_LOOK)

    async def _thread_found(self, row: Delivery, slack_channel: str) -> SlackThread | None:
        """Find the thread; the card itself may be what was lost."""
        async with self._workspace.database.reading() as connection:
            thread = await slack_threads.thread_of(connection, row.conversation_id)
        if thread is not None and (row.kind != MOVED or thread.slack_channel == slack_channel):
            return thread
        ts = await finding.find_card(self._workspace, row.conversation_id, slack_channel, row.owed_at)
        if not ts:
            return None
        kept = await putting.keep_card(self._workspace, row.conversation_id, slack_channel, ts, 0)
        if thread is not None:
            await putting.point(self._workspace, thread, ts, slack_channel)
        return kept

    def _ask(self, row: Delivery, code: str) -> Outcome:
        due_at = self._workspace.now() + timedelta(seconds=AFTER[code])
        reason = "no answer from Slack yet; looking for it"
        return Outcome(id=row.id, state=ASKING, code=code, reason=reason, due_at=due_at)

    def lost(self, row: Delivery, error: NotHeard) -> Outcome:
        """Say what becomes of a row whose answer was lost just now."""
        log.warning("slack did not answer", key=row.key, error=str(error))
        if row.code == BLIND:
            return Outcome(id=row.id, state=PERHAPS, code="lost", reason="shown in Slack, perhaps twice")
        if row.kind in ("edited", "deleted", "reacted"):
            due_at = self._workspace.now() + timedelta(seconds=2)
            return Outcome(id=row.id, state=READY, reason=str(error), due_at=due_at)
        return self._ask(row, FIRST_LOOK)
