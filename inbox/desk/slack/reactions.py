"""An agent's reaction on what a customer said goes to the customer, where team and channel carry it."""

from inbox.desk.errors import CannotChange, DeskError
from inbox.desk.reacting import spelled
from inbox.desk.slack import words
from inbox.desk.slack.deeds import Noticed
from inbox.desk.slack.people import NotAnAgent, People
from inbox.desk.slack.workspace import Workspace
from storage import conversations, messages, slack_posts
from storage.rows import Conversation, Message


async def noticed(workspace: Workspace, people: People, deed: Noticed) -> None:
    """Carry a reaction, or the end of one; on a post of several messages it is for the last of them.

    Where the team keeps reactions inside, or the channel has none, nothing is said.
    """
    found = await _said(workspace, deed)
    if found is None:
        return
    message, conversation = found
    team = next((one for one in workspace.policy.teams if one.key == conversation.team), None)
    channel = workspace.channels.get(message.channel)
    if team is None or not team.reactions or channel is None or not channel.spec.reactions:
        return
    try:
        agent = await people.agent(deed.slack_id, "", conversation.team)
        reaction = words.emoji(deed.name)
        if spelled(channel, reaction) is None:
            raise CannotChange(f"{channel.spec.label} has no such reaction: the customer does not see it.")
        await workspace.desk.react(
            message.id, agent.id, reaction=reaction, on=not deed.gone, now=workspace.now(), origin="slack"
        )
    except NotAnAgent:
        return
    except DeskError as refusal:
        if not deed.gone:
            thread = (await _thread(workspace, deed)) or deed.ts
            await workspace.whisper(deed.slack_channel, thread, deed.slack_id, str(refusal))


async def _said(workspace: Workspace, deed: Noticed) -> tuple[Message, Conversation] | None:
    async with workspace.database.reading() as connection:
        shown = await slack_posts.posts_at(connection, deed.slack_channel, deed.ts)
        rows = await messages.many(connection, [one.message_id for one in shown if not one.by_agent])
        theirs = [row for row in rows if row.direction == "in"]
        conversation = await conversations.one(connection, theirs[-1].conversation_id) if theirs else None
    return (theirs[-1], conversation) if conversation is not None else None


async def _thread(workspace: Workspace, deed: Noticed) -> str:
    async with workspace.database.reading() as connection:
        shown = await slack_posts.posts_at(connection, deed.slack_channel, deed.ts)
    return shown[0].thread_ts if shown else ""
