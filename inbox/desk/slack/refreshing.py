"""The loop that keeps cards true (lane "slack-cards"): the latest state only, seldom enough for Slack."""

from datetime import timedelta
from typing import Final

from inbox.desk.slack import card as cards
from inbox.desk.slack import putting
from inbox.desk.slack.budget import FOR_CARDS, card_gap
from inbox.desk.slack.calls import NotHeard, NotReached, Said, Slowed
from inbox.desk.slack.handing import CANNOT_EDIT, GONE
from inbox.desk.slack.lane import pause, ready
from inbox.desk.slack.showing import card_of
from inbox.desk.slack.workspace import Workspace, log, quietly
from storage import conversations, deliveries, slack
from storage.deliveries import Outcome
from storage.rows import Delivery
from storage.slack import SlackThread
from storage.statuses import DROPPED, FAILED, READY, SENT

LANE: Final = "slack-cards"
NEW_CARD_AFTER: Final = timedelta(hours=1)


class Cards:
    """Edits cards whose conversation has changed."""

    def __init__(self, workspace: Workspace) -> None:
        """Work in *workspace*."""
        self._workspace = workspace

    async def turn(self) -> float:
        """Edit the cards that may be edited now; says how many seconds until another may."""
        workspace = self._workspace
        if not await ready(workspace):
            return 60.0
        now = workspace.now()
        async with workspace.database.reading() as connection:
            rows = await slack.due(connection, LANE, now, 100)
            live = await slack.live_cards(connection) if rows else 0
        settings = workspace.settings
        gap = timedelta(seconds=card_gap(live, settings.card_gap_seconds, settings.edits_per_minute))
        for row in rows:
            wait = workspace.budget.wait(FOR_CARDS, "", workspace.calls.clock())
            if wait > 0:
                return wait
            await self._one(row, gap)
        return await pause(workspace, LANE, now)

    async def _one(self, row: Delivery, gap: timedelta) -> None:
        now = self._workspace.now()
        async with self._workspace.database.reading() as connection:
            thread = await slack.thread_of(connection, row.conversation_id)
            conversation = await conversations.one(connection, row.conversation_id)
            coming = thread is None and await deliveries.waits(connection, "slack", row.conversation_id)
        if coming:
            await self._later(row, timedelta(seconds=2))
        elif thread is None or conversation is None or thread.slack_channel in self._workspace.closed:
            await self._end(row, Outcome(id=row.id, state=DROPPED, reason="it has no card"))
        elif thread.revision >= conversation.revision:
            await self._end(row, Outcome(id=row.id, state=SENT))
        elif thread.edited_at is not None and now - thread.edited_at < gap:
            await self._later(row, thread.edited_at + gap - now)
        else:
            await self._edit(row, thread)

    async def _later(self, row: Delivery, wait: timedelta) -> None:
        async with self._workspace.database.writing() as connection:
            await slack.postpone(connection, [row.id], self._workspace.now() + wait)

    async def _end(self, row: Delivery, outcome: Outcome) -> None:
        async with self._workspace.database.writing() as connection:
            await slack.claim_these(connection, [row.id])
            await deliveries.end(connection, [outcome], self._workspace.now())

    async def _edit(self, row: Delivery, thread: SlackThread) -> None:
        """The row is marked before the card is read, so that a later change owes a new refresh."""
        workspace = self._workspace
        async with workspace.database.writing() as connection:
            await slack.claim_these(connection, [row.id])
            card = await card_of(connection, workspace, row.conversation_id)
        if card is None:
            await self._end(row, Outcome(id=row.id, state=DROPPED, reason="the conversation is gone"))
            return
        workspace.budget.take(FOR_CARDS, "", workspace.calls.clock())
        outcome = await self._shown(row, thread, card)
        async with workspace.database.writing() as connection:
            await deliveries.end(connection, [outcome], workspace.now())

    async def _shown(self, row: Delivery, thread: SlackThread, card: cards.Card) -> Outcome:
        again = self._workspace.now() + timedelta(seconds=5)
        metadata = cards.metadata(card)
        place = (self._workspace, thread.slack_channel, thread.root_ts)
        try:
            await putting.change(*place, cards.made(card), metadata=metadata)
        except Slowed as error:
            again = self._workspace.now() + timedelta(seconds=error.seconds)
            return Outcome(id=row.id, state=READY, reason=str(error), due_at=again)
        except (NotReached, NotHeard) as error:
            return Outcome(id=row.id, state=READY, reason=str(error), due_at=again)
        except Said as error:
            return await self._refused(row, thread, error)
        async with self._workspace.database.writing() as connection:
            await slack.shown(connection, thread, card.revision, self._workspace.now())
        return Outcome(id=row.id, state=SENT)

    async def _refused(self, row: Delivery, thread: SlackThread, error: Said) -> Outcome:
        """A card that cannot be edited any more gets a successor, at most once an hour."""
        if error.code not in (*GONE, *CANNOT_EDIT):
            await self._workspace.refused(thread.slack_channel, error)
            log.error("slack refused a card", code=error.code, details=error.details)
            return Outcome(id=row.id, state=FAILED, code=error.code, reason=str(error))
        if self._workspace.now() - thread.posted_at >= NEW_CARD_AFTER:
            await quietly(putting.renew_card(self._workspace, thread))
        return Outcome(id=row.id, state=SENT, code=error.code)
