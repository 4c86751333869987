"""Taking away what stands in Slack of a customer who is forgotten: our posts and files, the card last.

Slack lets us delete only what is ours (docs: chat.delete); what agents wrote is listed for the admins.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from inbox.desk.slack import finding
from inbox.desk.slack.budget import FOR_READS
from inbox.desk.slack.calls import TOKEN_GONE, Said, SlackError, Slowed
from inbox.desk.slack.handed import Handed
from inbox.desk.slack.telling import GONE
from inbox.desk.slack.workspace import Workspace, log, quietly
from storage import slack_forgetting
from storage.endings import Outcome
from storage.rows import Delivery
from storage.slack_threads import SlackThread
from storage.statuses import READY, SENT

AGAIN: Final = 10.0
REFUSED_FOR: Final = 3600.0
NOT_THERE: Final = (*GONE, "channel_not_found", "file_deleted", "file_not_found")
WRITTEN: Final = ("", "file_share", "thread_broadcast")
"""Subtypes of what a person wrote; the others are Slack's own lines."""
LISTED: Final = 50


@dataclass(slots=True, kw_only=True)
class Found:
    """What stands in Slack: *ours*, our *files*, the *cards*, and the *links* to what agents wrote."""

    ours: dict[tuple[str, str], None] = field(default_factory=dict)
    files: dict[str, None] = field(default_factory=dict)
    cards: list[tuple[str, str]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


class Forgetting:
    """Takes away what a row of the kind "forget" names; doing it twice is doing it once."""

    def __init__(self, workspace: Workspace) -> None:
        """Work in *workspace*."""
        self._workspace = workspace

    async def over(self, row: Delivery) -> Handed:
        """Take it all away; what Slack does not do now is tried again."""
        try:
            found = await self._find(row)
            await self._take_away(found)
        except SlackError as error:
            return Handed(outcomes=[await self._later(row, error)])
        async with self._workspace.database.writing() as connection:
            await slack_forgetting.gone(connection, row.conversation_id)
        if found.links:
            await self._tell_admins(found.links)
        return Handed(outcomes=[Outcome(id=row.id, state=SENT)])

    async def _find(self, row: Delivery) -> Found:
        """Read the threads: there stand lines and files that no row of ours names."""
        async with self._workspace.database.reading() as connection:
            threads = await slack_forgetting.threads(connection, row.conversation_id)
        found = Found()
        for slack_channel, ts in (row.data or {}).get("posts", ()):
            found.ours[str(slack_channel), str(ts)] = None
        for thread in threads:
            card = (thread.slack_channel, thread.root_ts)
            found.cards.append(card)
            try:
                await self._read(thread, found)
            except Said as error:
                if error.code not in NOT_THERE:
                    raise
            found.ours.pop(card, None)
        return found

    async def _read(self, thread: SlackThread, found: Found) -> None:
        where = {"channel": thread.slack_channel, "ts": thread.root_ts}
        async for message in finding.pages(self._workspace, FOR_READS, thread.posted_at, **where):
            ts = str(message.get("ts") or "")
            if self._is_ours(message):
                found.ours[thread.slack_channel, ts] = None
                found.files |= dict.fromkeys(_files(message))
            elif str(message.get("subtype") or "") in WRITTEN:
                found.links.append(self._workspace.link(thread.slack_channel, ts))

    def _is_ours(self, message: Mapping[str, Any]) -> bool:
        return (
            bool(message.get("bot_id")) and message.get("bot_id") == self._workspace.bot_id
        ) or message.get("user") == self._workspace.bot_user

    async def _take_away(self, found: Found) -> None:
        """Delete files, then posts, then the cards: a turn that was cut short finds the rest by its card."""
        for file in found.files:
            await self._delete("files.delete", file=file)
        for slack_channel, ts in (*found.ours, *found.cards):
            await self._delete("chat.delete", channel=slack_channel, ts=ts)

    async def _delete(self, method: str, **what: str) -> None:
        try:
            await self._workspace.calls.ask(method, **what)
        except Said as error:
            if error.code not in NOT_THERE:
                raise

    async def _later(self, row: Delivery, error: SlackError) -> Outcome:
        """Say when to go on: it is owed to the customer until it is done."""
        seconds = AGAIN
        if isinstance(error, Slowed):
            seconds = error.seconds
        elif isinstance(error, Said):
            seconds = REFUSED_FOR
            log.error("slack does not delete", key=row.key, code=error.code, details=error.details)
            if error.code in TOKEN_GONE:
                await self._workspace.refused("", error)
        due_at = self._workspace.now() + timedelta(seconds=seconds)
        return Outcome(id=row.id, state=READY, reason=str(error), due_at=due_at)

    async def _tell_admins(self, links: list[str]) -> None:
        """List what agents wrote themselves, which only they and admins of the workspace can delete."""
        more = f"\n… and {len(links) - LISTED} more in the same threads" if len(links) > LISTED else ""
        text = (
            "A customer was erased on request. What tidings posted about them is deleted. Agents wrote "
            "these messages themselves; only they or an admin of the workspace can delete them:\n"
            + "\n".join(links[:LISTED])
            + more
        )
        for agent in self._workspace.policy.agents:
            if agent.role == "admin" and agent.slack_id:
                await quietly(
                    self._workspace.calls.ask("chat.postMessage", channel=agent.slack_id, text=text)
                )


def _files(message: Mapping[str, Any]) -> list[str]:
    """List the files of a post of ours: shared with it, or shown in it as an image."""
    shared = [file.get("id") for file in message.get("files") or ()]
    images = [(block.get("slack_file") or {}).get("id") for block in message.get("blocks") or ()]
    return [str(key) for key in (*shared, *images) if key]
