"""Who is an agent: found by Slack id, then by e-mail; a full member of our own workspace, or nobody."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from inbox.desk.errors import DeskError
from inbox.desk.slack import card as cards
from inbox.desk.slack.calls import Said, SlackError
from inbox.desk.slack.words import Names
from inbox.desk.slack.workspace import Workspace
from storage import agents, conversations
from storage.rows import Agent
from storage.touch_birthdays import Manager

KNOWN_FOR: Final = 600.0
MOST_KNOWN: Final = 2_000
_MENTIONED = re.compile(r"<@([UW][A-Z0-9]+)")


class NotAnAgent(Exception):
    """A person who may not answer customers; the text says why, for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What Slack said of a person, until *until* on the monotonic clock."""

    name: str
    email: str
    why_not: str
    until: float
    locale: str = ""


class People:
    """Remembers for some minutes what Slack says of people."""

    def __init__(self, workspace: Workspace) -> None:
        """Know nobody yet."""
        self._workspace = workspace
        self._known: dict[str, Known] = {}

    def forget(self, slack_id: str) -> None:
        """Ask again about this person next time."""
        self._known.pop(slack_id, None)

    async def agent(self, slack_id: str, team_of_author: str, team: str = "") -> Agent:
        """Find who this is; raises NotAnAgent, or a SlackError if Slack cannot be asked."""
        if team_of_author and team_of_author != self._workspace.team_id:
            raise NotAnAgent("Only agents of this workspace can answer customers.")
        known = await self._who(slack_id)
        if known.why_not:
            raise NotAnAgent(known.why_not)
        async with self._workspace.database.reading() as connection:
            found = await agents.by_slack(connection, slack_id, known.email)
        if found is None:
            raise NotAnAgent(f"You are not among the agents of tidings. {self._whom_to_ask(slack_id)}")
        if team and found.role != "admin" and team not in found.teams:
            raise NotAnAgent(f"This conversation is another team's ({team}). {self._whom_to_ask(slack_id)}")
        if not found.slack_id:
            async with self._workspace.database.writing() as connection:
                await agents.change(connection, found.id, slack_id=slack_id)
            return replace(found, slack_id=slack_id)
        return found

    async def agent_of(self, slack_id: str, team_of_author: str, conversation_id: int) -> Agent:
        """Find who this is, who may act on a conversation; raises a DeskError, NotAnAgent or a SlackError."""
        async with self._workspace.database.reading() as connection:
            conversation = await conversations.one(connection, conversation_id)
        if conversation is None:
            raise DeskError("There is no such conversation any more.")
        return await self.agent(slack_id, team_of_author, conversation.team)

    async def of_view(self, slack_id: str, team_of_author: str, carried: str) -> Agent:
        """Find who acts in a modal that carries *carried*: on its conversation, if it is about one."""
        conversation_id = cards.of_value(carried)
        if conversation_id is None:
            return await self.agent(slack_id, team_of_author)
        return await self.agent_of(slack_id, team_of_author, conversation_id)

    async def language(self, agent: Agent) -> str:
        """Say what language an agent is told things in: their own choice, else that of their Slack."""
        return agent.language or (await self._who(agent.slack_id)).locale or "en"

    async def language_of(self, manager: Manager, otherwise: str) -> str:
        """Say the same of who is told without having asked; *otherwise* where Slack does not answer."""
        if manager.language:
            return manager.language
        try:
            return (await self._who(manager.slack_id)).locale or otherwise
        except SlackError:
            return otherwise

    async def names(self, text: str, blocks: object) -> Names:
        """Say how the people mentioned in a message are called."""
        here = sorted(set(mentioned(text, blocks)))[:20]
        people = {slack_id: (await self._who(slack_id)).name for slack_id in here}
        return lambda slack_id: (people.get(slack_id, "").split() or ["a colleague"])[0]

    def _whom_to_ask(self, slack_id: str) -> str:
        admin = next((agent.name for agent in self._workspace.policy.agents if agent.role == "admin"), "")
        return f"Ask {admin or 'the administrator'} to add you; your Slack id is {slack_id}."

    async def _who(self, slack_id: str) -> Known:
        now = self._workspace.calls.clock()
        known = self._known.get(slack_id)
        if known is not None and known.until > now:
            return known
        try:
            told = await self._workspace.calls.ask("users.info", user=slack_id, include_locale=True)
            person: Mapping[str, Any] = told.get("user") or {}
        except Said as error:
            if error.code not in ("user_not_found", "user_not_visible"):
                raise
            person = {"is_stranger": True}
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        known = self._known[slack_id] = _known(person, self._workspace.team_id, now + KNOWN_FOR)
        return known


def mentioned(text: str, blocks: object) -> list[str]:
    """List the Slack ids of who is mentioned in a message, in order."""
    return list(dict.fromkeys([*_MENTIONED.findall(text), *_users(blocks)]))


def _known(person: Mapping[str, Any], team_id: str, until: float) -> Known:
    profile = person.get("profile") or {}
    name = profile.get("display_name") or profile.get("real_name") or person.get("real_name") or ""
    email = str(profile.get("email") or "")
    why_not, locale = _why_not(person, team_id), str(person.get("locale") or "")
    return Known(name=str(name), email=email, why_not=why_not, until=until, locale=locale)


def _why_not(person: Mapping[str, Any], team_id: str) -> str:
    if person.get("deleted"):
        return "This account is deactivated."
    if person.get("is_bot"):
        return "Bots cannot answer customers."
    if person.get("is_restricted") or person.get("is_ultra_restricted"):
        return "Guests of this workspace cannot answer customers."
    if person.get("is_stranger") or str(person.get("team_id") or team_id) != team_id:
        return "Only agents of this workspace can answer customers."
    return ""


def _users(blocks: object) -> list[str]:
    if isinstance(blocks, Mapping):
        own = [str(blocks["user_id"])] if blocks.get("type") == "user" and "user_id" in blocks else []
        return own + [found for value in blocks.values() for found in _users(value)]
    if isinstance(blocks, list | tuple):
        return [found for value in blocks for found in _users(value)]
    return []
