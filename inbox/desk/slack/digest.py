"""The week of touches on Monday at nine: a digest for the team, and each agent's birthdays of the week."""

from datetime import date
from typing import Any, Final

from inbox.desk.slack import digest_picture, files, words
from inbox.desk.slack.budget import FOR_POSTS
from inbox.desk.slack.calls import NotReached, Said, SlackError, Slowed
from inbox.desk.slack.posts import Post
from inbox.desk.slack.putting import TOO_BIG
from inbox.desk.slack.rich import Block
from inbox.desk.slack.workspace import Workspace, log
from inbox.touches.birthdays import why
from inbox.touches.digest import Coming, Digest, birthdays_of, digest, monday_of
from inbox.touches.rules import Rules
from storage import seen, touch_birthdays

SCOPE: Final = "touch-week"
MOST: Final = 8  # reasons and kinds in a digest; the report has all
PEOPLE: Final = 40  # birthdays in one message: two blocks of twenty lines
PICTURE_TRIES: Final = 4  # Slack needs a moment before an uploaded picture can stand in a block
NAME: Final = "touches.png"


class Weekly:
    """Tells each place once a week."""

    def __init__(self, workspace: Workspace) -> None:
        """Work in *workspace*; remembers pictures that Slack has and could not show yet."""
        self._workspace = workspace
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
                await self._birthdays(rules, manager.key, manager.slack_id, monday)

    async def _digest(self, rules: Rules, home: str, monday: date) -> None:
        workspace, key = self._workspace, f"digest:{rules.team}:{monday.isoformat()}"
        if not await self._first(key, home):
            return
        found = await digest(workspace.database, rules, monday, workspace.now())
        if found.empty:
            return
        try:
            picture = await self._picture(key, found) if found.drawn else ""
        except SlackError as error:
            log.warning("slack took no picture", error=str(error))
            picture = ""
        await self._say(key, home, digest_post(found, picture))

    async def _birthdays(self, rules: Rules, manager: str, slack_id: str, monday: date) -> None:
        workspace, key = self._workspace, f"birthdays:{manager}:{monday.isoformat()}"
        if not await self._first(key, slack_id):
            return
        async with workspace.database.reading() as connection:
            coming = await birthdays_of(connection, rules, manager, monday, workspace.now())
        if coming:
            await self._say(key, slack_id, birthdays_post(coming))

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

    async def _picture(self, key: str, found: Digest) -> str:
        """Bring the picture to Slack once; empty where it cannot be shown. Raises a SlackError."""
        known, tries = self._pictures.get(key, ("", 0))
        if tries >= PICTURE_TRIES:
            return ""
        if not known:
            told = digest_picture.alt(found)
            drawn = digest_picture.picture(found)
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


def digest_post(found: Digest, picture: str) -> Post:
    """Write a team's digest; *picture* is a file's id at Slack, or empty."""
    out, coming = sum(n for _, n in found.out), sum(n for _, n in found.coming)
    head = f"Touches: {out} went out last week, {coming} are to come this week."
    lines = [
        f"{words.escape(words.shortened(name, 60))}: {n} out, {answered} answered, {stopped} opted out"
        for name, n, answered, stopped in found.kinds[:MOST]
    ]
    parts = [("By kind", lines)]
    parts.append(("Not sent", [f"{n}: {words.escape(why(code))}" for code, n in found.reasons[:MOST]]))
    parts.append(("Held now", [f"{n}: {words.escape(why(code))}" for code, n in found.held[:MOST]]))
    told = [(title, lines) for title, lines in parts if lines]
    blocks: list[Block] = [_section(f"*{head}*")]
    if picture:
        alt = digest_picture.alt(found)[:2_000]
        blocks.append({"type": "image", "slack_file": {"id": picture}, "alt_text": alt})
    blocks += [_section(f"*{title}*\n" + "\n".join(f"• {line}" for line in lines)) for title, lines in told]
    said = " ".join(f"{title}: {'; '.join(lines)}." for title, lines in told)
    by_day = digest_picture.alt(found) if found.drawn else ""
    return Post(text=" ".join(f"{head} {by_day} {said}".split()), blocks=blocks)


def birthdays_post(coming: list[Coming]) -> Post:
    """Write the birthdays of a week for who looks after these customers."""
    shown, more = coming[:PEOPLE], len(coming) - PEOPLE
    head = f"Birthdays this week: {len(coming)} of your customers."
    lines = [_birthday(one) for one in shown]
    if more > 0:
        lines.append(f"and {more} more: see the calendar in the browser desk")
    pages = [lines[at : at + 20] for at in range(0, len(lines), 20)]
    blocks = [_section(f"*{head}*")]
    blocks += [_section("\n".join(f"• {line}" for line in page)) for page in pages]
    return Post(text=f"{head} {'; '.join(lines)}.", blocks=blocks)


def _birthday(one: Coming) -> str:
    who = one.who
    tier = f" ({words.escape(words.shortened(who.tier, 16))})" if who.tier else ""
    ordered = f"last order {_day(who.ordered_at.date(), year=True)}" if who.ordered_at else "no order yet"
    return f"{_day(one.day)}: {words.name(who.name)}{tier}, {ordered}, {words.escape(one.touch)}"


def _day(day: date, *, year: bool = False) -> str:
    return f"{day.day} {day:%b %Y}" if year else f"{day:%a} {day.day} {day:%b}"


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:3_000]}}
