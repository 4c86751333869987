"""How each face of the desk answers, moves and ends conversations, and thinks better of what was said."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final

from bots.errors import Refused, Uncertain
from storage import consents
from tests.inbox.desk.faces import InBrowser, InSlack, Operation, Place
from tests.providers.slack.state import View

OWNED: Final = (
    "SELECT state, owner_id IS NOT NULL, resolve_reason, (SELECT count(*) FROM ratings),"
    " (SELECT kind FROM happenings WHERE kind <> 'opened' ORDER BY id DESC) FROM conversations"
)
GIVEN: Final = "SELECT json_extract(data, '$.why') FROM happenings WHERE kind = 'handed_over'"
SAID: Final = "SELECT direction, text, deleted_at IS NOT NULL FROM messages WHERE direction <> 'in'"
FATE: Final = (
    "SELECT state IN ('failed', 'perhaps'), state = 'dropped' FROM deliveries WHERE kind = 'message'"
    " AND lane IN ('paper', 'web')"
)
HELD: Final = "SELECT kind, ended_at FROM holds"
SAFE: Final = "SELECT safe_mode FROM routed"
REACTED: Final = "SELECT text FROM deliveries WHERE kind = 'react'"
STOPPED: Final = "SELECT count(*) FROM addresses WHERE stopped_at IS NOT NULL"
PINNED: Final = "SELECT count(*) FROM pins"

Slack = Callable[[InSlack], Awaitable[None]]
Browser = Callable[[InBrowser], Awaitable[None]]


def presses(action: str) -> Slack:
    """Press a button of the card, once it is there."""

    async def press(place: InSlack) -> None:
        place.bureau.ring()
        await place.bureau.until(lambda: f"'{action}'" in str(place.card.blocks))
        await place.bureau.ana.clicks(place.card, action)

    return press


def fills(action: str, values: dict[str, Any]) -> Slack:
    """Press what opens a modal, fill it and send it."""

    async def fill(place: InSlack) -> None:
        await place.fills(action, values)

    return fill


def chooses(what: str) -> Slack:
    """Choose in the list of everything."""

    async def choose(place: InSlack) -> None:
        await _more(place, "More…")
        assert place.bureau.ana.view is not None
        await place.bureau.ana.submits(place.bureau.ana.view, {"what": what})

    return choose


def posts(what: str, **fields: str) -> Browser:
    """Send a form about the conversation."""

    async def post(place: InBrowser) -> None:
        await place.posts(f"/desk/c/{place.conversation}/{what}", **fields)

    return post


async def _more(place: InSlack, label: str) -> View:
    ana = place.bureau.ana
    await ana.clicks(place.card, "more", label)
    await place.bureau.until(lambda: ana.view is not None and "Loading…" not in str(ana.view.body))
    assert ana.view is not None
    return ana.view


async def taken(place: Place) -> None:
    """Own it."""
    await place.desk.take(place.conversation, place.agent, now=place.now)


async def aside(place: Place) -> None:
    """Set it aside."""
    until = place.now + timedelta(hours=2)
    await place.desk.snooze(place.conversation, place.agent, until=until, now=place.now)


async def answered(place: Place) -> None:
    """Answer, so that nobody waits."""
    await place.desk.reply(place.conversation, place.agent, text="yes", now=place.now)


async def over(place: Place) -> None:
    """End it."""
    await place.desk.resolve(place.conversation, place.agent, now=place.now)


async def slack_gives(place: InSlack) -> None:
    """By the overflow's modal, to a colleague who is searched for."""
    view = await _more(place, "Hand over")
    [rui] = await place.bureau.ana.picks(view, "to", "rui")
    await place.bureau.ana.submits(view, {"to": rui["value"], "why": "knows it"})


async def browser_gives(place: InBrowser) -> None:
    """By the menu in the head."""
    to = f"agent:{place.house.agents['helena']}"
    await place.posts(f"/desk/c/{place.conversation}/hand-over", to=to, why="knows it")


async def slack_snoozes(place: InSlack) -> None:
    """Until a time."""
    at = int((place.now + timedelta(hours=5)).timestamp())
    await place.fills("snooze", {"when": "chosen", "at": at})


async def browser_snoozes(place: InBrowser) -> None:
    """Until a time."""
    on = place.field(timedelta(hours=5))
    await place.posts(f"/desk/c/{place.conversation}/snooze", until="date", on=on)


async def slack_notes(place: InSlack) -> None:
    """By the overflow's modal, pinned."""
    view = await _more(place, "Note")
    await place.bureau.ana.submits(view, {"text": "likes tea", "pin": ["pin"]})


async def browser_notes(place: InBrowser) -> None:
    """In the answer's box, pinned in the log."""
    await place.posts(f"/desk/c/{place.conversation}/answer", mode="note", text="likes tea")
    [(note,)] = await place.rows("SELECT id FROM messages WHERE direction = 'note'")
    await place.posts(f"/desk/m/{note}/pin", pinned="yes")


async def slack_answers(place: InSlack) -> None:
    """By typing in the thread."""
    await place.bureau.ana.types(place.card, "tomorow")


async def slack_edits(place: InSlack) -> None:
    """By editing what was typed."""
    typed = await place.bureau.ana.types(place.card, "tomorow")
    await place.bureau.until(lambda: "heavy_check_mark" in typed.reactions)
    await place.bureau.ana.edits(typed, "tomorrow")


async def browser_edits(place: InBrowser) -> None:
    """By the menu beside one's answer."""
    await posts("answer", text="tomorow")(place)
    await place.posts(f"/desk/m/{await _own(place)}/edit", text="tomorrow")


async def slack_deletes(place: InSlack) -> None:
    """By deleting what was typed."""
    typed = await place.bureau.ana.types(place.card, "tomorow")
    await place.bureau.until(lambda: "heavy_check_mark" in typed.reactions)
    await place.bureau.ana.deletes(typed)


async def browser_deletes(place: InBrowser) -> None:
    """By the menu beside one's answer."""
    await posts("answer", text="tomorow")(place)
    await place.posts(f"/desk/m/{await _own(place)}/delete")


async def _own(place: Place) -> int:
    return int((await place.rows("SELECT id FROM messages WHERE direction = 'out'"))[0][0])


async def failed(place: Place) -> None:
    """An answer was refused."""
    await _ended(place, Refused("no such number"), "failed")


async def unsure(place: Place) -> None:
    """Nobody knows whether an answer arrived."""
    await _ended(place, Uncertain("no answer"), "perhaps")


async def _ended(place: Place, error: Exception, state: str) -> None:
    if isinstance(place, InSlack):
        place.bureau.house.paper.answers = [error]
        await place.bureau.ana.types(place.card, "hello")
        await place.post("[Drop]")
    elif isinstance(place, InBrowser):
        await place.house.stuck(place.conversation, state)


def after(action: str) -> Slack:
    """Press a button under what failed."""

    async def press(place: InSlack) -> None:
        await place.bureau.ana.clicks(await place.post("[Drop]"), action)

    return press


def about(action: str) -> Browser:
    """Press a button under what failed."""

    async def post(place: InBrowser) -> None:
        await place.posts(f"/desk/m/{await _own(place)}/{action}")

    return post


async def wished(place: Place) -> None:
    """Their words may be a wish for no more messages."""
    [(address,)] = await place.rows("SELECT address_id FROM conversations")
    async with place.database.writing() as connection:
        said: dict[str, Any] = {"word": "no", "source": "message", "wording": "stop it", "at": place.now}
        await consents.record(connection, place.database.ids, address_id=address, review=True, **said)
    await place.desk.wished(place.conversation, wording="stop it", now=place.now)


async def slack_reads_a_wish(place: InSlack) -> None:
    """By the button under the question in the thread."""
    place.bureau.ring()
    await place.bureau.ana.clicks(await place.post("[Not so]"), "wish_stop")


async def slack_reacts(place: InSlack) -> None:
    """By a reaction on the post of their message."""
    await place.bureau.until_row("SELECT count(*) FROM slack_posts WHERE by_agent = 0")
    await place.bureau.ana.reacts(place.bureau.thread()[0], "+1")


async def browser_reacts(place: InBrowser) -> None:
    """By the menu beside their message."""
    key = await place.house.conversation("Rui", channel="telegram")
    message = await place.house.said(key, "it works")
    await place.posts(f"/desk/m/{message}/react", reaction="👍")


RESOLVED: Final = {"reason": "Order settled", "more": "late"}
CONVERSATIONS: Final = (
    Operation(name="take", shows=OWNED, slack=presses("take"), browser=posts("take")),
    Operation(
        name="give_back", shows=OWNED, first=taken, slack=presses("give_back"), browser=posts("give-back")
    ),
    Operation(name="hand_over", shows=GIVEN, slack=slack_gives, browser=browser_gives),
    Operation(name="snooze", shows=OWNED, slack=slack_snoozes, browser=browser_snoozes),
    Operation(name="wake", shows=OWNED, first=aside, slack=presses("wake"), browser=posts("wake")),
    Operation(
        name="resolve",
        shows=OWNED,
        first=answered,
        slack=fills("resolve", {**RESOLVED, "last": ["thank", "ask"]}),
        browser=posts("resolve", **RESOLVED, thank="yes", ask="yes"),
    ),
    Operation(name="reopen", shows=OWNED, first=over, slack=presses("reopen"), browser=posts("reopen")),
    Operation(name="note", shows=SAID, slack=slack_notes, browser=browser_notes),
    Operation(name="pin", shows=PINNED, slack=slack_notes, browser=browser_notes),
    Operation(name="reply", shows=SAID, slack=slack_answers, browser=posts("answer", text="tomorow")),
    Operation(name="edit_reply", shows=SAID, slack=slack_edits, browser=browser_edits),
    Operation(name="delete_reply", shows=SAID, slack=slack_deletes, browser=browser_deletes),
    Operation(name="resend", shows=FATE, first=failed, slack=after("send_again"), browser=about("resend")),
    Operation(name="arrived", shows=FATE, first=unsure, slack=after("arrived"), browser=about("arrived")),
    Operation(name="drop", shows=FATE, first=failed, slack=after("give_up"), browser=about("drop")),
    Operation(name="complaint", shows=HELD, slack=chooses("complaint"), browser=posts("complaint")),
    Operation(
        name="hold_touches",
        shows=HELD,
        slack=chooses("hold_touches"),
        browser=posts("hold-touches", on="yes"),
    ),
    Operation(
        name="set_safe_mode", shows=SAFE, slack=chooses("safe_on"), browser=posts("safe-mode", on="yes")
    ),
    Operation(
        name="settle_wish",
        shows=STOPPED,
        first=wished,
        slack=slack_reads_a_wish,
        browser=posts("wish", stop="yes"),
    ),
    Operation(name="react", shows=REACTED, slack=slack_reacts, browser=browser_reacts),
)
