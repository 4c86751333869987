"""Handing one owed row to Slack: what it becomes there, and what became of it."""

import random
from datetime import timedelta
from typing import Final

from inbox.desk.slack import putting
from inbox.desk.slack.calls import CHANNEL_GONE, TOKEN_GONE, NotHeard, Said, SlackError, Slowed
from inbox.desk.slack.forgetting import Forgetting
from inbox.desk.slack.handed import Handed
from inbox.desk.slack.lost import Lost
from inbox.desk.slack.telling import GONE, Telling
from inbox.desk.slack.told import Going
from inbox.desk.slack.workspace import Workspace, log, quietly
from storage import slack_threads
from storage.endings import Outcome
from storage.rows import Delivery
from storage.slack_forgetting import FORGET
from storage.slack_threads import SlackThread
from storage.statuses import DROPPED, FAILED, QUEUED, READY

REDONE: Final = ("edited", "deleted", "reacted")
JUST_POSTED: Final = timedelta(seconds=10)


class Hand:
    """Hands claimed rows of the lane "slack" over, one conversation at a time."""

    def __init__(self, workspace: Workspace) -> None:
        """Work in *workspace*."""
        self._workspace = workspace
        self._telling, self._lost = Telling(workspace), Lost(workspace)
        self._forgetting = Forgetting(workspace)

    async def over(self, going: Going) -> Handed:
        """Do what a row owes in its thread, which begins with the card if there is none yet."""
        row, slack_channel, thread = going.row, going.slack_channel, going.thread
        if row.kind == FORGET:
            return await self._forgetting.over(row)
        along: list[Delivery] = []
        done = Handed()
        try:
            if going.asking and not row.code.startswith("file:"):
                found = await self._lost.looked_up(row, slack_channel, done)
                if found is not None:
                    return Handed(outcomes=[found], shown=done.shown)
                thread = await self._thread(row)
            if thread is None and row.kind in REDONE:
                # A reaction to what we began: it stands in no thread, and begins none.
                return Handed(
                    outcomes=[Outcome(id=row.id, state=DROPPED, reason="it stands nowhere in Slack")]
                )
            if thread is None or thread.slack_channel != slack_channel:
                thread = await putting.put_card(self._workspace, row.conversation_id, slack_channel)
            if thread is None:
                done.outcomes = [Outcome(id=row.id, state=DROPPED, reason="the conversation is gone")]
            else:
                done.outcomes = await self._telling.tell(row, thread, going.told, along, done)
        except NotHeard as error:
            done.outcomes = [self._lost.lost(each, error) for each in (row, *along)]
        except SlackError as error:
            outcome = await self._refused(row, slack_channel, thread, error)
            # Those that went along stand behind the head again, or they would overtake it.
            done.outcomes = [outcome, *(Outcome(id=each.id, state=QUEUED) for each in along)]
        return done

    async def _thread(self, row: Delivery) -> SlackThread | None:
        async with self._workspace.database.reading() as connection:
            return await slack_threads.thread_of(connection, row.conversation_id)

    async def _refused(
        self, row: Delivery, slack_channel: str, used: SlackThread | None, error: SlackError
    ) -> Outcome:
        match error:
            case Slowed():
                return self._again(row, error.seconds, str(error))
            case Said() if error.code in (*TOKEN_GONE, *CHANNEL_GONE):
                await self._workspace.refused(slack_channel, error)
                return self._again(row, 0.0, str(error))
            case Said() if error.code in GONE:
                return await self._root_gone(row, used)
            case Said():
                log.error("slack refused", key=row.key, code=error.code, details=error.details)
                return Outcome(id=row.id, state=FAILED, code=error.code, reason=str(error))
            case _:
                seconds = min(60.0, 2.0 ** min(row.tries, 6)) * random.uniform(0.5, 1.0)  # noqa: S311
                return self._again(row, seconds, str(error))

    async def _root_gone(self, row: Delivery, used: SlackThread | None) -> Outcome:
        """Somebody deleted the card: begin a new thread, then hand the row over again."""
        async with self._workspace.database.reading() as connection:
            thread = await slack_threads.thread_of(connection, row.conversation_id)
        if thread is None:
            return self._again(row, 0.0, "the card was deleted")
        if used is not None and used.root_ts != thread.root_ts:
            return self._again(row, 0.0, "the card was renewed meanwhile")
        if self._workspace.now() - thread.posted_at < JUST_POSTED:
            return self._again(row, 60.0, "Slack does not know the card that was just posted")
        begun = await quietly(putting.renew_card(self._workspace, thread))
        return self._again(row, 0.0 if begun else 30.0, "the card was deleted")

    def _again(self, row: Delivery, seconds: float, why: str) -> Outcome:
        due_at = self._workspace.now() + timedelta(seconds=seconds)
        return Outcome(id=row.id, state=READY, reason=why, due_at=due_at)
