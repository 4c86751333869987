"""How each face of the desk sends later and elsewhere, says again what is said often, tags and begins."""

from datetime import UTC, datetime, timedelta
from typing import Final, cast

from sqlalchemy import insert, select

from bots.channel import Channel
from storage.tables import addresses, conversations
from tests.inbox.desk.channels import PHONE, give_phone, with_phone, with_sms
from tests.inbox.desk.faces import InBrowser, InSlack, Operation, Place
from tests.inbox.desk.faces_conversations import posts
from tests.inbox.desk.slack.sending import more, seconds, sees
from tests.inbox.desk.web.house import Quiet

TAGS: Final = "SELECT tags FROM routed"
WAITS: Final = "SELECT text, state, if_they_write FROM laters"
LEFT: Final = "SELECT key, ended_at IS NULL FROM saved_replies"
WORDS: Final = "SELECT key, title FROM saved_replies"
OWED: Final = "SELECT lane = 'sms', text FROM deliveries WHERE kind = 'message' AND lane NOT LIKE 'slack%'"
RUNG: Final = "SELECT lane, kind, json_extract(data, '$.agent') FROM deliveries WHERE kind = 'call'"
NUMBER: Final = "+351912345678"


def afternoon(place: Place) -> datetime:
    """Tomorrow at two, at which anybody may be written to."""
    day = place.now.astimezone(UTC) + timedelta(days=1)
    return day.replace(hour=14, minute=0, second=0, microsecond=0)


async def later(place: Place) -> None:
    """Something waits to be sent."""
    async with place.database.reading() as connection:
        address = (await connection.execute(select(conversations.c.address_id))).scalar_one()
    await place.desk.send_later(
        place.conversation,
        place.agent,
        address_id=address,
        text="hello",
        at=afternoon(place),
        if_they_write="stop",
        now=place.now,
    )


async def parking(place: Place) -> None:
    """Words are kept that are said often."""
    await place.desk.save_reply(place.agent, title="Parking", texts={"en": "Park behind."}, now=place.now)


async def reachable(place: Place) -> None:
    """The customer has a number too, and there is a channel of numbers."""
    if isinstance(place, InSlack):
        with_sms(place.bureau.house)
    async with place.database.writing() as connection:
        row = (await connection.execute(select(conversations))).one()
        values = {"customer_id": row.customer_id, "address": f"tel:{NUMBER}", "channel": "sms"}
        await connection.execute(insert(addresses).values(id=77, created_at=place.now, **values))


async def numbers(place: Place) -> None:
    """There is a channel of numbers."""
    if isinstance(place, InSlack):
        with_sms(place.bureau.house)


async def ringing(place: Place) -> None:
    """The customer has a number, there is a telephone, and so has the agent."""
    if isinstance(place, InSlack):
        with_phone(place.bureau.house)
        for policies in (place.bureau.house.ground.policies, place.bureau.face.workspace.policies):
            give_phone(policies, "ana")
    if isinstance(place, InBrowser):
        place.house.app.channels["voice"] = cast(Channel, Quiet(spec=PHONE))
        give_phone(place.house.app.policies, "tiago")
    async with place.database.writing() as connection:
        row = (await connection.execute(select(conversations))).one()
        values = {"customer_id": row.customer_id, "address": f"tel:{NUMBER}", "channel": "voice"}
        await connection.execute(insert(addresses).values(id=78, created_at=place.now, **values))


async def slack_calls(place: InSlack) -> None:
    """In the list of everything."""
    view = await more(place.bureau, place.card, "menu", "tidings_menu", "Call")
    await place.bureau.ana.submits(view, {"what": "call"})
    view = await sees(place.bureau, "tidings_call", "rings first")
    await place.bureau.ana.submits(view, {})


async def browser_calls(place: InBrowser) -> None:
    """By the button in the head, which leads to a page."""
    await place.posts(f"/desk/c/{place.conversation}/call", to="78", key="k")


async def slack_tags(place: InSlack) -> None:
    """In the list of everything."""
    view = await more(place.bureau, place.card, "menu", "tidings_menu", "What to do")
    await place.bureau.ana.submits(view, {"what": "tag"})
    view = await sees(place.bureau, "tidings_tags", "With commas between them.")
    await place.bureau.ana.submits(view, {"tags": "refund"})


async def slack_sends_later(place: InSlack) -> None:
    """By the overflow's modal."""
    view = await more(place.bureau, place.card, "later", "tidings_later", "If they write first")
    await place.bureau.ana.submits(view, {"text": "hello", "at": seconds(afternoon(place))})


async def browser_sends_later(place: InBrowser) -> None:
    """In the answer's box."""
    at = f"{afternoon(place):%Y-%m-%dT%H:%M}"
    await posts("answer", text="hello", mode="answer", then="later", at=at)(place)


async def slack_changes(place: InSlack) -> None:
    """By the post's button."""
    place.bureau.ring()
    await place.bureau.ana.clicks(await place.post("[Edit] [Cancel]"), "later_edit")
    view = await sees(place.bureau, "tidings_later", "Do not send it at all")
    await place.bureau.ana.submits(view, {"text": "good day", "if": "send"})


async def browser_changes(place: InBrowser) -> None:
    """By the form beside the conversation."""
    fields = {"text": "good day", "at": f"{afternoon(place):%Y-%m-%dT%H:%M}", "if_they_write": "send"}
    await place.posts(f"/desk/l/{await _waits(place)}/change", **fields)


async def slack_cancels(place: InSlack) -> None:
    """By the post's button."""
    place.bureau.ring()
    await place.bureau.ana.clicks(await place.post("[Edit] [Cancel]"), "later_cancel")


async def browser_cancels(place: InBrowser) -> None:
    """By the form beside the conversation."""
    await place.posts(f"/desk/l/{await _waits(place)}/cancel")


async def _waits(place: Place) -> int:
    return int((await place.rows("SELECT id FROM laters"))[0][0])


async def slack_saves(place: InSlack) -> None:
    """By the button in the search."""
    ana = place.bureau.ana
    await ana.clicks(place.card, "saved")
    await ana.clicks(await sees(place.bureau, "tidings_saved"), "saved_new")
    form = await sees(place.bureau, "tidings_saved_new", "Who sees it")
    await ana.submits(form, {"title": "Parking", "language": "en", "text": "Park behind."})


async def slack_says(place: InSlack) -> None:
    """By the card's button, found by a word."""
    ana = place.bureau.ana
    await ana.clicks(place.card, "saved")
    view = await sees(place.bureau, "tidings_saved")
    await ana.picks(view, "reply", "park")
    await ana.clicks(view, "reply", "parking")
    await ana.submits(await sees(place.bureau, "tidings_saved", "Park behind."))


async def browser_says(place: InBrowser) -> None:
    """By the page of saved replies."""
    await place.posts(f"/desk/c/{place.conversation}/saved?key=parking", text="Park behind.", key="g")


async def slack_drops(place: InSlack) -> None:
    """By the button beside the words, and once more in its question."""
    ana = place.bureau.ana
    await ana.clicks(place.card, "saved")
    view = await sees(place.bureau, "tidings_saved")
    await ana.picks(view, "reply", "park")
    await ana.clicks(view, "reply", "parking")
    view = await sees(place.bureau, "tidings_saved", "Park behind.")
    assert "Nobody finds this saved reply any more" in str(view.body)
    await ana.clicks(view, "saved_drop")
    await sees(place.bureau, "tidings_saved", "is given up")


async def browser_drops(place: InBrowser) -> None:
    """By its page, under a line that opens."""
    page = await place.house.page(f"/desk/c/{place.conversation}/saved?key=parking")
    assert "Give it up for everybody" in page
    await place.posts(f"/desk/c/{place.conversation}/saved-drop", saved="parking")
    page = await place.house.page(f"/desk/c/{place.conversation}/saved?done=given-up")
    assert "The saved reply is given up." in page
    assert "Park behind." not in page


async def slack_elsewhere(place: InSlack) -> None:
    """By the overflow's modal."""
    view = await more(place.bureau, place.card, "elsewhere", "tidings_elsewhere", "SMS")
    await place.bureau.ana.submits(view, {"text": "by SMS"})


async def slack_begins(place: InSlack) -> None:
    """By the shortcut."""
    await place.bureau.ana.shortcut("tidings_new")
    view = await sees(place.bureau, "tidings_new", "Or a new address")
    await place.bureau.ana.submits(view, {"address": "+351 912 345 678", "name": "Joana", "text": "by SMS"})


async def browser_begins(place: InBrowser) -> None:
    """By its page."""
    fields = {"address": "+351 912 345 678", "channel": "sms", "name": "Joana", "text": "by SMS", "key": "g"}
    await place.posts("/desk/new", **fields)


SENDING: Final = (
    Operation(name="tag", shows=TAGS, slack=slack_tags, browser=posts("tag", tags="refund")),
    Operation(name="send_later", shows=WAITS, slack=slack_sends_later, browser=browser_sends_later),
    Operation(name="change_later", shows=WAITS, first=later, slack=slack_changes, browser=browser_changes),
    Operation(name="cancel_later", shows=WAITS, first=later, slack=slack_cancels, browser=browser_cancels),
    Operation(
        name="save_reply",
        shows=WORDS,
        slack=slack_saves,
        browser=posts("saved-new", title="Parking", language="en", text="Park behind."),
    ),
    Operation(name="use_saved", shows=OWED, first=parking, slack=slack_says, browser=browser_says),
    Operation(name="drop_saved", shows=LEFT, first=parking, slack=slack_drops, browser=browser_drops),
    Operation(
        name="reply_elsewhere",
        shows=OWED,
        first=reachable,
        slack=slack_elsewhere,
        browser=posts("answer", text="by SMS", mode="answer", to="77", key="k"),
    ),
    Operation(name="call", shows=RUNG, first=ringing, slack=slack_calls, browser=browser_calls),
    Operation(name="begin", shows=OWED, first=numbers, slack=slack_begins, browser=browser_begins),
)
