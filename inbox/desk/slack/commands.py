"""Words typed in a thread: `!take`, `!give @x`, `!snooze 2h`, `!resolve`, `!promise`, `!who`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from inbox.desk import promise_dates
from inbox.desk.errors import DeskError
from inbox.desk.slack import card as cards
from inbox.desk.slack import phrases, profile_blocks, words
from inbox.desk.slack.people import NotAnAgent, People
from inbox.desk.slack.sheets import snooze
from inbox.desk.slack.showing import card_of
from inbox.desk.slack.workspace import Workspace
from storage import customers
from storage.rows import Agent, Conversation

Here = tuple[str, str, str]
KNOWN: Final = ("!take", "!give", "!snooze", "!resolve", "!promise", "!who")
TO_WHOM: Final = "Mention a colleague: !give @name why. !give alone gives back."
NO_AGENT: Final = "This person is not among the agents of tidings. Mention another."
HOW_LONG: Final = "Say how long: !snooze 30m, !snooze 2h or !snooze 3d (at most 90 days)."
BY_WHEN: Final = "Say what and by when: !promise call back tomorrow 15:00."


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was typed in a thread: its words, the Slack ids *mentioned* in them, and the gesture's key."""

    text: str
    mentioned: Sequence[str] = ()
    key: str = ""


class Commands:
    """Does what a known word says; the answer is whispered."""

    def __init__(self, workspace: Workspace, people: People) -> None:
        """Work in *workspace*, with who is who."""
        self._workspace, self._people = workspace, people

    async def done(self, typed: Typed, conversation: Conversation, agent: Agent, here: Here) -> bool:
        """Whether the text was a command, which is then done or explained."""
        word, _, rest = typed.text.strip().partition(" ")
        if word.lower() not in KNOWN:
            return False
        try:
            answer = await self._do(word.lower(), rest.strip(), typed, conversation, agent)
        except DeskError as error:
            answer = str(error)
        if answer:
            await self._workspace.whisper(*here, answer)
        return True

    async def _do(self, word: str, rest: str, typed: Typed, conversation: Conversation, agent: Agent) -> str:
        desk, now = self._workspace.desk, self._workspace.now()
        match word:
            case "!take":
                await desk.take(conversation.id, agent.id, now=now)
            case "!give" if rest or typed.mentioned:
                return await self._give(rest, typed, conversation, agent)
            case "!give":
                await desk.give_back(conversation.id, agent.id, now=now, key=typed.key)
            case "!snooze":
                until = snooze.duration(rest, now)
                if until is None:
                    return HOW_LONG
                await desk.snooze(conversation.id, agent.id, until=until, now=now, key=typed.key)
            case "!resolve":
                await desk.resolve(conversation.id, agent.id, reason=rest, now=now, key=typed.key)
            case "!promise":
                return await self._promise(rest, typed, conversation, agent)
            case _:
                return await self._who(conversation)
        return ""

    async def _give(self, rest: str, typed: Typed, conversation: Conversation, agent: Agent) -> str:
        """Hand over to who is mentioned; what follows is why."""
        if not typed.mentioned:
            return TO_WHOM
        try:
            colleague = await self._people.agent(typed.mentioned[0], "")
        except NotAnAgent:
            return NO_AGENT
        if colleague.id == agent.id:
            return "You cannot hand over to yourself. Mention a colleague."
        now, why = self._workspace.now(), rest.partition(" ")[2].strip()
        await self._workspace.desk.hand_over(
            conversation.id, agent.id, to_agent=colleague.id, why=why, now=now, key=typed.key
        )
        return "" if colleague.available else f"{words.name(colleague.name)} is away."

    async def _promise(self, rest: str, typed: Typed, conversation: Conversation, agent: Agent) -> str:
        """Promise what is said by the time that is read in it."""
        now = self._workspace.now()
        due = _due(rest, agent, now)
        if due is None:
            return BY_WHEN
        await self._workspace.desk.promise(
            conversation.id, agent.id, text=rest, due_at=due, key=typed.key, now=now
        )
        return ""

    async def _who(self, conversation: Conversation) -> str:
        """Say all that the card and the profile say of the customer, on a few lines."""
        workspace = self._workspace
        async with workspace.database.reading() as connection:
            customer = await customers.one(connection, conversation.customer_id)
            card = await card_of(connection, workspace, conversation.id)
        known = profile_blocks.told(customer, workspace.now(), workspace.policy) if customer else []
        lines = [cards.made(card).text] if card else []
        lines += [
            f"{label}: {words.literal(words.escape(words.shortened(said, 300)))}" for label, said in known
        ]
        return "\n".join(lines)


def _due(rest: str, agent: Agent, now: datetime) -> datetime | None:
    """Read by when in the agent's zone: in their language first."""
    here = now.astimezone(ZoneInfo(agent.zone))
    spoken = dict.fromkeys((phrases.nearest(agent.language), *phrases.LANGUAGES))
    found = (promise_dates.due(rest.lower(), language, here) for language in spoken)
    return next((due for due in found if due is not None), None)
