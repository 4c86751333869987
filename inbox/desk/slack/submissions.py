"""What modals say once they are submitted."""

from collections.abc import Mapping
from typing import Any

from inbox.desk.errors import DeskError
from inbox.desk.slack import card as cards
from inbox.desk.slack import modals
from inbox.desk.slack.approval_posts import EDIT
from inbox.desk.slack.approving import Approving
from inbox.desk.slack.deeds import Submitted
from inbox.desk.slack.people import NotAnAgent, People
from inbox.desk.slack.showing import card_of
from inbox.desk.slack.workspace import Workspace
from storage import conversations, slack_facts, slack_threads
from storage.rows import Agent


class Submissions:
    """Checks modals while they are open and does what they say."""

    def __init__(self, workspace: Workspace, people: People, approving: Approving) -> None:
        """Work in *workspace*, with who is who, and with who decides about touches."""
        self._workspace, self._people, self._approving = workspace, people, approving

    async def submitted(self, deed: Submitted) -> None:
        """Do what a modal says that was found right; raises a SlackError to be tried again."""
        if deed.callback == EDIT:
            await self._approving.submitted(deed)
            return
        conversation_id = cards.of_value(deed.carried)
        if conversation_id is None:
            return
        try:
            agent = await self._people.agent_of(deed.slack_id, deed.team_of_author, conversation_id)
            await self._submit(deed, conversation_id, agent)
        except (DeskError, NotAnAgent) as refusal:
            async with self._workspace.database.reading() as connection:
                thread = await slack_threads.thread_of(connection, conversation_id)
            if thread is not None:
                here = (thread.slack_channel, thread.root_ts, deed.slack_id)
                await self._workspace.whisper(*here, str(refusal))

    async def _submit(self, deed: Submitted, conversation_id: int, agent: Agent) -> None:
        desk, now = self._workspace.desk, self._workspace.now()
        if deed.callback == modals.SNOOZE:
            until = modals.until(deed.values, now, agent.zone)
            if isinstance(until, modals.Wrong):
                raise DeskError(" ".join(until.errors.values()))
            await desk.snooze(conversation_id, agent.id, until=until, now=now)
        elif deed.callback == modals.RESOLVE:
            if note := modals.filled(deed.values, "note"):
                key = f"slack:{deed.view_id}:note"
                await desk.note(conversation_id, agent.id, text=note, now=now, key=key, origin="slack-modal")
            await desk.resolve(
                conversation_id, agent.id, reason=modals.filled(deed.values, "reason"), now=now
            )

    async def wrong(self, deed: Submitted) -> Mapping[str, Any] | None:
        """Say what Slack is answered while a modal is still open; None: it is right, close it."""
        if deed.callback == EDIT:
            return self._approving.wrong(deed)
        conversation_id = cards.of_value(deed.carried)
        if conversation_id is None:
            return None
        now = self._workspace.now()
        if deed.callback == modals.SNOOZE:
            async with self._workspace.database.reading() as connection:
                zone = await slack_facts.zone_of(connection, deed.slack_id)
            until = modals.until(deed.values, now, zone)
            wrong = until.errors if isinstance(until, modals.Wrong) else None
            return None if wrong is None else {"response_action": "errors", "errors": wrong}
        if deed.callback != modals.RESOLVE or modals.ticked(deed.values):
            return None
        async with self._workspace.database.reading() as connection:
            conversation = await conversations.one(connection, conversation_id)
            card = await card_of(connection, self._workspace, conversation_id)
        if conversation is None or conversation.waiting_since is None or conversation.state == "resolved":
            return None
        view = modals.resolve(
            deed.carried,
            card.customer if card else "",
            unanswered=True,
            reason=modals.filled(deed.values, "reason"),
            note=modals.filled(deed.values, "note"),
        )
        return {"response_action": "update", "view": view}
