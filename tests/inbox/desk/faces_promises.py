"""How each face of the desk promises, keeps, moves, lets go and tells."""

from datetime import timedelta
from typing import Final

from inbox.desk.reminding import Reminding
from tests.inbox.desk.faces import InBrowser, InSlack, Operation, Place
from tests.providers.slack import Message

MADE: Final = "SELECT text, state, message_id IS NOT NULL FROM promises"
STATE: Final = (
    "SELECT p.state, h.kind FROM promises p, happenings h WHERE h.kind LIKE 'promise%' ORDER BY h.id"
)
DUE: Final = "SELECT state, due_at > made_at + 3 * 86400000000, missed_at FROM promises"
SAID: Final = "SELECT direction, text FROM messages WHERE direction = 'out'"
SOON, LATER = timedelta(minutes=10), timedelta(days=4)


async def promised(place: Place) -> int:
    """Promise something that is due in ten minutes."""
    due = place.now + SOON
    return await place.desk.promise(
        place.conversation, place.agent, text="call back", due_at=due, now=place.now
    )


async def reminder(place: InSlack) -> Message:
    """Let it be due, and find the post that says so."""
    bureau = place.bureau
    await bureau.forward(SOON.total_seconds())
    ground = bureau.house.ground
    await Reminding(ground=ground, nudges=ground.nudges, clock=bureau.now, leads=dict).turn()
    bureau.ring()
    return await place.post("You promised: call back")


async def key_of(place: Place) -> int:
    """Find the promise."""
    return int((await place.rows("SELECT id FROM promises"))[0][0])


async def slack_promises(place: InSlack) -> None:
    """By the card's button."""
    due = int((place.now + LATER).timestamp())
    await place.fills("promise", {"what": "call back", "due": due, "tell": "I call you."})


async def browser_promises(place: InBrowser) -> None:
    """By the form beside the answer."""
    fields = {"what": "call back", "due": place.field(LATER), "tell": "I call you.", "key": "k"}
    await place.posts(f"/desk/c/{place.conversation}/promise", **fields)


async def slack_keeps(place: InSlack) -> None:
    """By the reminder's button."""
    await place.bureau.ana.clicks(await reminder(place), "promise_kept")


async def browser_keeps(place: InBrowser) -> None:
    """By the button in the log."""
    await place.posts(f"/desk/p/{await key_of(place)}/kept")


async def slack_lets_go(place: InSlack) -> None:
    """By the reminder's button, before it is due."""
    bureau = place.bureau
    await promised_again(place)
    await bureau.forward(60 * 46)
    ground = bureau.house.ground
    await Reminding(ground=ground, nudges=ground.nudges, clock=bureau.now, leads=dict).turn()
    bureau.ring()
    await bureau.ana.clicks(await place.post("You promised: call back"), "promise_drop")


async def promised_again(place: Place) -> None:
    """Move it an hour ahead, so that it is reminded of before it is due."""
    due = place.now + timedelta(hours=1)
    await place.desk.postpone_promise(await key_of(place), place.agent, due_at=due, now=place.now)


async def browser_lets_go(place: InBrowser) -> None:
    """By the menu in the log."""
    await promised_again(place)
    await place.posts(f"/desk/p/{await key_of(place)}/let-go")


async def slack_moves(place: InSlack) -> None:
    """By the reminder's button, half an hour after a first new time."""
    await promised_again(place)
    bureau = place.bureau
    await bureau.forward(60 * 46)
    ground = bureau.house.ground
    await Reminding(ground=ground, nudges=ground.nudges, clock=bureau.now, leads=dict).turn()
    bureau.ring()
    post = await place.post("You promised: call back")
    await place.fills("promise_move", {"due": int((place.now + LATER).timestamp())}, post)


async def browser_moves(place: InBrowser) -> None:
    """By the menu in the log."""
    await place.posts(f"/desk/p/{await key_of(place)}/moved", due=place.field(LATER))


async def slack_tells(place: InSlack) -> None:
    """By the reminder's button."""
    await place.fills("promise_tell", {"tell": "Almost done."}, await reminder(place))


async def browser_tells(place: InBrowser) -> None:
    """By its address."""
    await place.posts(f"/desk/p/{await key_of(place)}/tell", tell="Almost done.", key="k")


PROMISES: Final = (
    Operation(name="promise", shows=MADE, slack=slack_promises, browser=browser_promises),
    Operation(name="keep_promise", shows=STATE, first=promised, slack=slack_keeps, browser=browser_keeps),
    Operation(
        name="withdraw_promise", shows=STATE, first=promised, slack=slack_lets_go, browser=browser_lets_go
    ),
    Operation(name="postpone_promise", shows=DUE, first=promised, slack=slack_moves, browser=browser_moves),
    Operation(name="tell_promise", shows=SAID, first=promised, slack=slack_tells, browser=browser_tells),
)
