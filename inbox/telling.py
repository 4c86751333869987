"""After a commit: the pages, and the loops that have work now."""

from dataclasses import dataclass

from bots.channel import Typing
from inbox.live import Change, Live
from inbox.nudges import Nudges
from storage import conversations, customers
from storage.batch import Kept
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Telling:
    """Tells what customers said and that they write."""

    database: Database
    live: Live
    nudges: Nudges
    slack: bool

    def kept(self, kept: Kept) -> None:
        """Tell of what a commit did."""
        for fresh in kept.fresh if self.live.heard else ():
            self.live.publish(
                Change(
                    kind=fresh.kind,  # type: ignore[arg-type]
                    conversation_id=fresh.conversation_id,
                    message_id=fresh.message_id,
                )
            )
        if kept.begun:
            self.nudges.nudge("assign")
        if kept.joined:
            self.nudges.nudge("joining")
        if kept.files:
            self.nudges.nudge("media")
        if self.slack and kept.fresh:
            for lane in ("slack", "slack-cards", "slack-marks"):
                self.nudges.nudge(lane)

    async def typing(self, event: Typing) -> None:
        """Tell the pages that a customer writes; nothing is kept."""
        async with self.database.reading() as connection:
            address = await customers.by_address(connection, event.address)
            if address is None:
                return
            conversation = await conversations.going_on(connection, address.customer_id)
        if conversation is not None:
            self.live.publish(Change(kind="typing", conversation_id=conversation.id))
