"""`/tidings`: what an agent asks for anywhere in Slack, answered so that only they see it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from bots.marks import plain
from inbox.desk.availability import Owned
from inbox.desk.errors import DeskError
from inbox.desk.slack import absence, listing, slash_lists, words
from inbox.desk.slack.absence import GIVE_BACK, KEEP, Absence
from inbox.desk.slack.deeds import Clicked, Commanded
from inbox.desk.slack.opening import Openings
from inbox.desk.slack.people import NotAnAgent, People
from inbox.desk.slack.posts import Post, sentence
from inbox.desk.slack.responding import respond
from inbox.desk.slack.sheets.sheet import Opening
from inbox.desk.slack.slash_lists import Asking
from inbox.desk.slack.verbs import Wanted, wanted
from inbox.desk.slack.workspace import Workspace
from storage import slack_home
from storage.rows import Agent

NEW: Final = "tidings_new"
ON_ANSWERS: Final = (listing.MORE, KEEP, GIVE_BACK)
Shows = Callable[[Asking, str], Awaitable[Post]]
LISTS: Final[Mapping[str, Shows]] = {
    "queue": slash_lists.queue,
    "find": slash_lists.find,
    "customer": slash_lists.customer,
    "promises": slash_lists.promised,
    "who": slash_lists.who,
    "stats": slash_lists.stats,
    "open": slash_lists.opened,
}


class Slash:
    """Answers the command, and the buttons of its answers."""

    def __init__(self, workspace: Workspace, people: People, openings: Openings) -> None:
        """Work in *workspace*, with who is who and what opens modals."""
        self._workspace, self._people, self._openings = workspace, people, openings

    async def answer(self, deed: Commanded) -> Post:
        """Say what the words ask for; raises a SlackError if Slack must be asked and cannot be.

        An empty post says nothing: a modal opens instead.
        """
        asked = wanted(plain(words.from_markup(deed.text, str)))
        if asked.verb == "new":  # its trigger is good for three seconds: no row is asked before
            await self._openings.open(_new(deed, asked.rest))
            return Post(text="", blocks=[])
        try:
            agent = await self._people.agent(deed.slack_id, deed.workspace)
            return await self._said(asked, agent)
        except (NotAnAgent, DeskError) as refusal:
            return sentence(str(refusal))

    async def _said(self, asked: Wanted, agent: Agent) -> Post:
        language = await self._people.language(agent)
        asking = Asking(workspace=self._workspace, agent=agent, language=language)
        if asked.verb in LISTS:
            return await LISTS[asked.verb](asking, asked.rest)
        match asked.verb:
            case "away":
                return await self._away(asking, asked.rest)
            case "back":
                await self._workspace.desk.set_back(agent.id, now=self._workspace.now())
                return listing.spoken(absence.say(language, "back"))
            case "help":
                return listing.spoken(asking.say("help"))
            case _:
                near = [asking.say("near", near=asked.near)] if asked.near else []
                unknown = asking.say("unknown", word=_quoted(asked.word))
                return listing.listed(" ".join([unknown, *near]), [asking.say("help")])

    async def _away(self, asking: Asking, rest: str) -> Post:
        """Ask what becomes of what the agent has; who has nothing is away at once."""
        workspace, agent, now = self._workspace, asking.agent, self._workspace.now()
        gone = await asyncio.to_thread(absence.read, rest, asking.language, agent.zone, now)
        if gone.unread:
            return listing.spoken(absence.say(asking.language, "no_time"))
        async with workspace.database.reading() as connection:
            owned, _ = await slack_home.count_yours(connection, agent.id)
        if owned:
            return absence.question(gone, owned, asking.language)
        await self._go(agent, gone, "keep")
        return listing.spoken(absence.told(gone.until, asking.language))

    async def _go(self, agent: Agent, gone: Absence, owned: Owned) -> None:
        await self._workspace.desk.set_away(
            agent.id, until=gone.until, why=gone.why, owned=owned, now=self._workspace.now()
        )

    async def clicked(self, deed: Clicked) -> None:
        """Do what a button of an answer says, in the answer's place; a refusal is said beside it."""
        try:
            post, replaces = await self._pressed(deed), True
        except (NotAnAgent, DeskError) as refusal:
            post, replaces = sentence(str(refusal)), False
        body = {"replace_original": replaces, "text": post.text, "blocks": post.blocks}
        await respond(self._workspace, deed.response_url, body)

    async def _pressed(self, deed: Clicked) -> Post:
        agent = await self._people.agent(deed.slack_id, deed.team_of_author)
        language = await self._people.language(agent)
        if deed.action == listing.MORE:
            verb, _, rest = deed.value.partition("|")
            page, _, rest = rest.partition("|")
            number = int(page) if page.isascii() and page.isdecimal() and len(page) < 6 else 0
            asking = Asking(workspace=self._workspace, agent=agent, language=language, page=number)
            return await LISTS.get(verb, slash_lists.queue)(asking, rest)
        gone = absence.of_value(deed.value, self._workspace.now())
        keeps = deed.action == KEEP
        await self._go(agent, gone, "keep" if keeps else "give_back")
        return listing.spoken(absence.told(gone.until, language, "kept" if keeps else "given_back"))


def opens(deed: Commanded) -> bool:
    """Whether a modal answers the command."""
    return wanted(words.from_markup(deed.text, str)).verb == "new"


def _new(deed: Commanded, address: str) -> Opening:
    return Opening(
        action=NEW,
        value=f"to|{address}" if address else "",
        slack_id=deed.slack_id,
        team_of_author=deed.workspace,
        slack_channel=deed.slack_channel,
        trigger_id=deed.trigger_id,
        response_url=deed.response_url,
        ephemeral=True,
    )


def _quoted(word: str) -> str:
    return words.literal(words.escape(words.shortened(word, 40)))
