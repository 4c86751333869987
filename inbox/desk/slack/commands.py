"""Words typed in a thread: `!take`, `!give`, `!snooze 2h`, `!resolve`, `!who`; any other is text."""

from inbox.desk.errors import DeskError
from inbox.desk.slack import words
from inbox.desk.slack.sheets import snooze
from inbox.desk.slack.workspace import Workspace
from storage import agents, customers
from storage.rows import Agent, Conversation

Here = tuple[str, str, str]
KNOWN = ("!take", "!give", "!snooze", "!resolve", "!who")


class Commands:
    """Does what a known word says; the answer is whispered."""

    def __init__(self, workspace: Workspace) -> None:
        """Work in *workspace*."""
        self._workspace = workspace

    async def done(self, text: str, conversation: Conversation, agent: Agent, here: Here) -> bool:
        """Whether the text was a command, which is then done or explained."""
        word, _, rest = text.strip().partition(" ")
        if word.lower() not in KNOWN:
            return False
        try:
            answer = await self._do(word.lower(), rest.strip(), conversation, agent)
        except DeskError as error:
            answer = str(error)
        if answer:
            await self._workspace.whisper(*here, answer)
        return True

    async def _do(self, word: str, rest: str, conversation: Conversation, agent: Agent) -> str:
        desk, now = self._workspace.desk, self._workspace.now()
        match word:
            case "!take":
                await desk.take(conversation.id, agent.id, now=now)
            case "!give":
                if rest:
                    return "To hand over to somebody, use the browser desk; !give alone gives back."
                await desk.give_back(conversation.id, agent.id, now=now)
            case "!snooze":
                until = snooze.duration(rest, now)
                if until is None:
                    return "Say how long: !snooze 30m, !snooze 2h or !snooze 3d (at most 90 days)."
                await desk.snooze(conversation.id, agent.id, until=until, now=now)
            case "!resolve":
                await desk.resolve(conversation.id, agent.id, reason=rest, now=now)
            case _:
                return await self._who(conversation)
        return ""

    async def _who(self, conversation: Conversation) -> str:
        async with self._workspace.database.reading() as connection:
            customer = await customers.one(connection, conversation.customer_id)
            owner = await agents.one(connection, conversation.owner_id) if conversation.owner_id else None
        who = words.name(customer.name) if customer else "somebody"
        whose = f"{owner.name} has it" if owner else "nobody has it"
        return f"{who} on {self._workspace.label(conversation.channel)}; {whose}; {conversation.state}."
