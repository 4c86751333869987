"""The loop that keeps cards true (lane "slack-cards"): the latest state only, seldom enough for Slack."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from inbox.desk.slack import card as cards
from inbox.desk.slack import putting
from inbox.desk.slack.budget import FOR_CARDS, card_gap
from inbox.desk.slack.calls import NotHeard, NotReached, Said, Slowed
from inbox.desk.slack.showing import card_of
from inbox.desk.slack.telling import CANNOT_EDIT, GONE
from inbox.desk.slack.turns import work_off
from inbox.desk.slack.workspace import Workspace, log, quietly
from storage import endings, slack_facts, slack_lanes, slack_threads
from storage.endings import Outcome
from storage.rows import Delivery
from storage.slack_threads import SlackThread
from storage.statuses import DROPPED, FAILED, READY, SENT

LANE: Final = "slack-cards"
NEW_CARD_AFTER: Final = timedelta(hours=1)
FEW: Final = 25  # looked at in one turn: their turn comes often, and posts wait meanwhile


class Cards:
    """Edits cards whose conversation has changed."""

    def __init__(self, workspace: Workspace) -> None:
        """Work in *workspace*."""
        self._workspace = workspace

    async def turn(self) -> float:
        """Edit the cards that may be edited now; says how many seconds until another may."""
        wait = self._workspace.budget.wait(FOR_CARDS, "", self._workspace.calls.clock())
        if wait > 0:
            return wait  # without reading what waits: no card goes before then
        return await work_off(self._workspace, LANE, FOR_CARDS, self._apart, self._one, FEW)

    async def _apart(self, rows: Sequence[Delivery]) -> list[tuple[Delivery, timedelta]]:
        """Say how long each card must have stood before it is edited: all share Slack's allowance."""
        settings = self._workspace.settings
        async with self._workspace.database.reading() as connection:
            live = await slack_threads.live_cards(connection)
        gap = timedelta(seconds=card_gap(live, settings.card_gap_seconds, settings.edits_per_minute))
        return [(row, gap) for row in rows]

    async def _one(self, due: tuple[Delivery, timedelta], short: bool) -> bool:
        """Claim, look and decide in one transaction: a change after it finds no waiting row and owes one."""
        row, gap = due
        if short:
            return False
        now = self._workspace.now()
        async with self._workspace.database.writing() as connection:
            if not await slack_lanes.claim_these(connection, [row.id]):
                return True
            thread = await slack_threads.thread_of(connection, row.conversation_id)
            revision = await slack_facts.revision_of(connection, row.conversation_id)
            coming = thread is None and await slack_lanes.owes(connection, "slack", row.conversation_id)
            outcome = self._without_call(row, thread, revision, coming, gap, now)
            card = None
            if outcome is not None:
                await endings.end(connection, [outcome], now)
            else:  # a card takes twenty questions: it is read where it is shown
                card = await card_of(connection, self._workspace, row.conversation_id)
        if outcome is None and thread is not None and card is not None:
            self._workspace.budget.take(FOR_CARDS, "", self._workspace.calls.clock())
            outcome = await self._shown(row, thread, card)
            async with self._workspace.database.writing() as connection:
                await endings.end(connection, [outcome], self._workspace.now())
        return True

    def _without_call(
        self,
        row: Delivery,
        thread: SlackThread | None,
        revision: int | None,
        coming: bool,
        gap: timedelta,
        now: datetime,
    ) -> Outcome | None:
        """Say what becomes of a refresh that asks nothing of Slack now; None: edit the card."""
        if coming:
            return Outcome(id=row.id, state=READY, due_at=now + timedelta(seconds=2))
        if thread is None or revision is None or thread.slack_channel in self._workspace.closed:
            return Outcome(id=row.id, state=DROPPED, reason="it has no card")
        if thread.revision >= revision:
            return Outcome(id=row.id, state=SENT)
        if thread.edited_at is not None and now - thread.edited_at < gap:
            return Outcome(id=row.id, state=READY, due_at=thread.edited_at + gap)
        return None

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
            await slack_threads.shown(connection, thread, card.revision, self._workspace.now())
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
