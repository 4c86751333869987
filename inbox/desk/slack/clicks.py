"""What buttons do; each is checked against the rows, whatever the card showed."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from inbox.desk.errors import DeskError, TakenBy
from inbox.desk.slack import card as cards
from inbox.desk.slack import later_posts, merge_posts, posts, promise_posts, suggesting, wish_posts
from inbox.desk.slack.approving import WORDS, Approving
from inbox.desk.slack.deeds import Clicked
from inbox.desk.slack.people import NotAnAgent, People
from inbox.desk.slack.places import Places
from inbox.desk.slack.questions import Questions
from inbox.desk.slack.responding import answered, respond
from inbox.desk.slack.sheets import menu
from inbox.desk.slack.showing import card_of
from inbox.desk.slack.slash import ON_ANSWERS, Slash
from inbox.desk.slack.workspace import Workspace, log
from storage import messages, slack_threads
from storage.slack_threads import SlackThread

ON_CARD = ("take", "take_over", "give_back", "wake", "reopen")
ON_FAILURE = ("send_again", "arrived", "give_up")
ON_QUESTION = ("ask_send", "ask_note")
ON_PROMISE = (promise_posts.KEPT, promise_posts.DROP, suggesting.KEEP, suggesting.NO)


class Clicks:
    """Applies what was pressed."""

    def __init__(
        self,
        workspace: Workspace,
        people: People,
        places: Places,
        questions: Questions,
        approving: Approving,
        slash: Slash,
    ) -> None:
        """Work in *workspace*, with who is who, what is where, and whose the buttons of other posts are."""
        self._workspace, self._people, self._places = workspace, people, places
        self._questions, self._approving, self._slash = questions, approving, slash

    async def clicked(self, deed: Clicked) -> None:
        """Do what a button says; raises a SlackError to be tried again."""
        try:
            if deed.action in ON_CARD:
                await self._on_card(deed)
            elif deed.action == "more":
                await self._on_card(_meant(deed))
            elif deed.action in ON_FAILURE:
                await self._on_failure(deed)
            elif deed.action in WORDS:
                await self._approving.clicked(deed)
            elif deed.action in ON_PROMISE:
                await self._on_promise(deed)
            elif deed.action in wish_posts.ON_WISH:
                await self._on_wish(deed)
            elif deed.action == merge_posts.UNDO:
                await self._on_merge(deed)
            elif deed.action in ON_ANSWERS:
                await self._slash.clicked(deed)
            elif deed.action == later_posts.CANCEL:
                await self._on_later(deed)
            elif deed.action in ON_QUESTION:
                await self._questions.clicked(deed)
            else:
                log.info("slack button unknown", action=deed.action)
        except (DeskError, NotAnAgent) as refusal:
            await self._refused(deed, str(refusal))

    async def _refused(self, deed: Clicked, why: str) -> None:
        """Whisper why not; beside what only they see it goes by the address of that."""
        if deed.ephemeral:
            body = {"replace_original": False, "response_type": "ephemeral", "text": why}
            if await respond(self._workspace, deed.response_url, body):
                return
        await self._workspace.whisper(deed.slack_channel, deed.thread_ts, deed.slack_id, why)

    async def _on_card(self, deed: Clicked) -> None:
        conversation_id = cards.of_value(deed.value)
        if conversation_id is None:
            return
        agent = await self._people.agent_of(deed.slack_id, deed.team_of_author, conversation_id)
        thread = await self._places.heal(deed.slack_channel, deed.thread_ts, conversation_id)
        key = f"slack:{deed.slack_id}:{deed.message_ts}:{deed.value}"  # a double click is of one revision
        try:
            await menu.act(self._workspace, deed.action, conversation_id, agent, key=key)
        except TakenBy as taken:
            since = f" since {taken.at.astimezone(ZoneInfo(agent.zone)):%H:%M}" if taken.at else ""
            said = f"{taken.agent_name} has this conversation{since}."
            post = posts.question(said, [("take_over", "Take over", deed.value)])
            place = (deed.slack_channel, deed.thread_ts, deed.slack_id)
            await self._workspace.whisper(*place, post.text, post.blocks)
        finally:
            on_card = not deed.ephemeral and thread is not None and deed.message_ts == thread.root_ts
            if on_card and thread is not None:
                await self._redraw(deed, thread)
            elif deed.ephemeral:
                await respond(self._workspace, deed.response_url, {"delete_original": True})

    async def _on_promise(self, deed: Clicked) -> None:
        conversation_id = cards.of_value(deed.value)
        if conversation_id is None:
            return
        agent = await self._people.agent_of(deed.slack_id, deed.team_of_author, conversation_id)
        key, desk, now = promise_posts.of_value(deed.value), self._workspace.desk, self._workspace.now()
        match deed.action:
            case promise_posts.KEPT:
                await desk.keep_promise(key, agent.id, now=now)
                done = f"{agent.name}: kept."
            case promise_posts.DROP:
                await desk.withdraw_promise(key, agent.id, now=now)
                done = f"{agent.name} let it go."
            case _:
                done = await suggesting.answer(self._workspace, deed, agent)
        await answered(self._workspace, deed, done)

    async def _on_later(self, deed: Clicked) -> None:
        conversation_id = cards.of_value(deed.value)
        if conversation_id is None:
            return
        agent = await self._people.agent_of(deed.slack_id, deed.team_of_author, conversation_id)
        later_id = later_posts.of_value(deed.value)
        await self._workspace.desk.cancel_later(later_id, agent.id, now=self._workspace.now())
        await answered(self._workspace, deed, f"{agent.name} cancelled it.")

    async def _on_wish(self, deed: Clicked) -> None:
        conversation_id = cards.of_value(deed.value)
        if conversation_id is None:
            return
        agent = await self._people.agent_of(deed.slack_id, deed.team_of_author, conversation_id)
        stop, desk = deed.action == wish_posts.STOP, self._workspace.desk
        await desk.settle_wish(conversation_id, agent.id, stop=stop, now=self._workspace.now())
        await answered(self._workspace, deed, f"{agent.name}: {'stop' if stop else 'not so'}.")

    async def _on_merge(self, deed: Clicked) -> None:
        conversation_id = cards.of_value(deed.value)
        if conversation_id is None:
            return
        agent = await self._people.agent_of(deed.slack_id, deed.team_of_author, conversation_id)
        merge_id = merge_posts.of_value(deed.value)
        await self._workspace.desk.unmerge(merge_id, agent.id, now=self._workspace.now())
        await answered(self._workspace, deed, f"{agent.name} undid it.")

    async def _redraw(self, deed: Clicked, thread: SlackThread) -> None:
        """Show a click's effect at once by its response_url, outside the budget for edits."""
        async with self._workspace.database.reading() as connection:
            card = await card_of(connection, self._workspace, thread.conversation_id)
        if card is None:
            return
        post = cards.made(card)
        body = {"replace_original": True, "text": post.text, "blocks": post.blocks}
        if await respond(self._workspace, deed.response_url, body):
            async with self._workspace.database.writing() as connection:
                await slack_threads.shown(connection, thread, card.revision, self._workspace.now())

    async def _on_failure(self, deed: Clicked) -> None:
        message_id = cards.of_value(deed.value)
        async with self._workspace.database.reading() as connection:
            message = await messages.one(connection, message_id or 0)
        if message is None:
            return
        agent = await self._people.agent_of(deed.slack_id, deed.team_of_author, message.conversation_id)
        desk, now = self._workspace.desk, self._workspace.now()
        if deed.action == "send_again":
            await desk.resend(message.id, agent.id, now=now)
            done = f"{agent.name} sends it again."
        elif deed.action == "give_up":
            await desk.drop(message.id, agent.id, now=now)
            done = f"{agent.name} drops it: it is not sent."
        else:
            await desk.arrived(message.id, agent.id, now=now)
            done = f"{agent.name} says that it arrived."
        await answered(self._workspace, deed, done)


def _meant(deed: Clicked) -> Clicked:
    """Read from the value of a choice what is to be done, and with which conversation."""
    action, _, value = deed.value.partition("|")
    return replace(deed, action=action, value=value)
