"""The week of touches on Monday at nine: a digest for the team, and each agent's birthdays of the week."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from inbox.desk.slack import digest_picture, files, phrases, words
from inbox.desk.slack.budget import FOR_POSTS
from inbox.desk.slack.calls import NotReached, Said, SlackError, Slowed
from inbox.desk.slack.people import People
from inbox.desk.slack.posts import Post
from inbox.desk.slack.putting import TOO_BIG
from inbox.desk.slack.rich import Block
from inbox.desk.slack.touch_whys import why
from inbox.desk.slack.touch_words import say
from inbox.desk.slack.workspace import Workspace, log
from inbox.touches.digest import Coming, Digest, birthdays_of, digest, monday_of
from inbox.touches.rules import Rules
from storage import seen, touch_birthdays
from storage.touch_birthdays import Manager

SCOPE: Final = "touch-week"
MOST: Final = 8  # reasons and kinds in a digest; the report has all
PEOPLE: Final = 40  # birthdays in one message
LINES: Final = 10  # of them in one block, which takes 3,000 characters
PICTURE_TRIES: Final = 4  # Slack needs a moment before an uploaded picture can stand in a block
NAME: Final = "touches.png"


class Weekly:
    """Tells each place once a week."""

    def __init__(self, workspace: Workspace, people: People) -> None:
        """Work in *workspace*, with who is who; remembers pictures that Slack has and could not show yet."""
        self._workspace, self._people = workspace, people
        self._pictures: dict[str, tuple[str, int]] = {}

    async def tell(self) -> None:
        """Post what is due and was not posted this week."""
        workspace = self._workspace
        if workspace.touches is None:
            return
        rules, now = workspace.touches.rules, workspace.now()
        monday, due = monday_of(now, rules.limits.zone)
        home = workspace.home_of(rules.team)
        if due and home:
            await self._digest(rules, home, monday)
        async with workspace.database.reading() as connection:
            managers = await touch_birthdays.managers(connection)
        for manager in managers:
            monday, due = monday_of(now, manager.zone or rules.limits.zone)
            if due:
                await self._birthdays(rules, manager, monday)

    async def _digest(self, rules: Rules, home: str, monday: date) -> None:
        workspace, key = self._workspace, f"digest:{rules.team}:{monday.isoformat()}"
        if not await self._first(key, home):
            return
        found = await digest(workspace.database, rules, monday, workspace.now())
        if found.empty:
            return
        language = rules.limits.language
        try:
            picture = await self._picture(key, found, language) if found.drawn else ""
        except SlackError as error:
            log.warning("slack took no picture", error=str(error))
            picture = ""
        await self._say(key, home, digest_post(found, picture, language))

    async def _birthdays(self, rules: Rules, manager: Manager, monday: date) -> None:
        workspace, key = self._workspace, f"birthdays:{manager.key}:{monday.isoformat()}"
        if not await self._first(key, manager.slack_id):
            return
        async with workspace.database.reading() as connection:
            coming = await birthdays_of(connection, rules, manager.key, monday, workspace.now())
        if coming:
            language = await self._people.language_of(manager, rules.limits.language)
            await self._say(key, manager.slack_id, birthdays_post(coming, language))

    async def _first(self, key: str, place: str) -> bool:
        """Whether nobody told it this week and the budget lets us; from now on it counts as told."""
        workspace = self._workspace
        async with workspace.database.reading() as connection:
            if await seen.remembers(connection, SCOPE, key):
                return False
        if workspace.budget.wait(FOR_POSTS, place, workspace.calls.clock()) > 0:
            return False
        async with workspace.database.writing() as connection:
            return await seen.remember(connection, SCOPE, key, workspace.now())

    async def _picture(self, key: str, found: Digest, language: str) -> str:
        """Bring the picture to Slack once; empty where it cannot be shown. Raises a SlackError."""
        known, tries = self._pictures.get(key, ("", 0))
        if tries >= PICTURE_TRIES:
            return ""
        if not known:
            told = digest_picture.alt(found, language)
            drawn = digest_picture.picture(found, language)
            known = await files.upload_bytes(self._workspace, drawn, NAME, told)
            await files.complete(self._workspace, known, NAME)
        self._pictures[key] = (known, tries + 1)
        return known

    async def _say(self, key: str, place: str, post: Post) -> None:
        workspace = self._workspace
        workspace.budget.take(FOR_POSTS, place, workspace.calls.clock())
        event = {"event_type": "tidings_week", "event_payload": {"key": key}}
        try:
            await workspace.calls.ask(
                "chat.postMessage",
                channel=place,
                text=post.text,
                blocks=post.blocks,
                metadata=event,
                unfurl_links=False,
                unfurl_media=False,
            )
        except SlackError as error:
            early = isinstance(error, Said) and error.code in TOO_BIG and key in self._pictures
            if early or isinstance(error, Slowed | NotReached):
                async with workspace.database.writing() as connection:
                    await seen.forget_one(connection, SCOPE, key)
            log.warning("slack was not told of the week", key=key, error=str(error))


def digest_post(found: Digest, picture: str, language: str) -> Post:
    """Write a team's digest in *language*; *picture* is a file's id at Slack, or empty."""

    def counted(rows: Sequence[tuple[str, int]]) -> list[str]:
        return [f"{phrases.number(n, language)}: {words.escape(why(code, language))}" for code, n in rows]

    out, coming = (sum(n for _, n in bars) for bars in (found.out, found.coming))
    numbers = {"out": phrases.number(out, language), "coming": phrases.number(coming, language)}
    head = say(language, "week", **numbers)
    parts = [
        (say(language, "by_kind"), [_kind(one, language) for one in found.kinds[:MOST]]),
        (say(language, "not_sent_title"), counted(found.reasons[:MOST])),
        (say(language, "held_title"), counted(found.held[:MOST])),
    ]
    told = [(title, lines) for title, lines in parts if lines]
    by_day = digest_picture.alt(found, language) if found.drawn else ""
    blocks: list[Block] = [_section(f"*{head}*")]
    if picture:
        blocks.append({"type": "image", "slack_file": {"id": picture}, "alt_text": by_day[:2_000]})
    blocks += [_section(f"*{title}*\n" + "\n".join(f"• {line}" for line in lines)) for title, lines in told]
    said = " ".join(f"{title}: {'; '.join(lines)}." for title, lines in told)
    return Post(text=" ".join(one for one in (head, by_day, said) if one), blocks=blocks)


def _kind(one: tuple[str, int, int, int], language: str) -> str:
    name, *counts = one
    n, answered, stopped = (phrases.number(count, language) for count in counts)
    shown = words.escape(words.shortened(name, 60))
    return say(language, "kind", name=shown, n=n, answered=answered, stopped=stopped)


def birthdays_post(coming: Sequence[Coming], language: str) -> Post:
    """Write the birthdays of a week for who looks after these customers, in their *language*."""
    shown, more = coming[:PEOPLE], len(coming) - PEOPLE
    head = say(language, "birthdays", n=phrases.number(len(coming), language))
    lines = [_birthday(one, language) for one in shown]
    if more > 0:
        lines.append(say(language, "more", n=phrases.number(more, language)))
    pages = [lines[at : at + LINES] for at in range(0, len(lines), LINES)]
    blocks = [_section(f"*{head}*")]
    blocks += [_section("\n".join(f"• {line}" for line in page)) for page in pages]
    return Post(text=f"{head} {'; '.join(lines)}.", blocks=blocks)


def _birthday(one: Coming, language: str) -> str:
    who, ordered, goes = one.who, say(language, "no_order"), one.touch
    tier = f" ({words.escape(words.shortened(who.tier, 16))})" if who.tier else ""
    if who.ordered_at:
        ordered = say(language, "last_order", day=phrases.whole_day(who.ordered_at.date(), language))
    told = {"why": why(goes.reason, language), "clock": goes.clock, "channel": goes.over}
    touch = say(language, goes.how, **told)
    when = phrases.day(one.day, language)
    return f"{when}: {words.name(who.name)}{tier}, {ordered}, {words.escape(touch)}"


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:3_000]}}
