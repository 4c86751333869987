"""Later, over another channel, by saved words and first, from the browser."""

from typing import Any

from sqlalchemy import insert, select

from config.saved import SavedEntry
from inbox.desk.sending_later import Sending
from inbox.duties import owned
from inbox.policies import fixed
from storage.tables import addresses, conversations, deliveries, laters, routed, saved_replies
from tests.inbox.desk.web.house import NOW, POLICY, House

REPLIES = (
    SavedEntry(
        key="where",
        title="Where is it?",
        texts={"en": "Hello {{ name }}, {{ order }} is on its way."},
        tags=("order",),
        resolve="Question answered",
    ),
    SavedEntry(key="hours", title="Opening hours", texts={"en": "We open at nine."}),
)


def talking(house: House) -> None:
    """Let the house have saved replies."""
    policies = fixed(POLICY.model_copy(update={"saved_replies": REPLIES}))
    known = house.app.ground.policies
    for name in ("_now", "_house", "_agents"):
        setattr(known, name, getattr(policies, name))


async def number(house: House, conversation: int, **values: Any) -> int:
    """Give the customer a number; returns its key."""
    row = await house.row(conversation)
    key = house.app.database.ids.next()
    place = {"channel": "sms", "address": "tel:+351912345678", "created_at": NOW, **values}
    async with house.app.database.writing() as connection:
        await connection.execute(insert(addresses).values(id=key, customer_id=row.customer_id, **place))
    return key


async def rows(house: House, table: Any, *names: str) -> list[tuple[Any, ...]]:
    async with house.app.database.reading() as connection:
        which = select(*(table.c[name] for name in names)).order_by(table.c[names[0]])
        return [tuple(row) for row in await connection.execute(which)]


async def test_an_answer_leaves_over_the_channel_that_was_chosen(desk: House) -> None:
    key = await desk.conversation()
    to = await number(desk, key)
    page = await desk.page(f"/desk/c/{key}")
    assert "Send by SMS" in page
    answer = await desk.post(f"/desk/c/{key}/answer", text="by SMS", mode="answer", to=str(to), key="k")
    assert answer.status == 303
    assert await rows(desk, deliveries, "lane", "text") == [("sms", "by SMS")]
    assert "You answered over SMS" in await desk.page(f"/desk/c/{key}")


async def test_an_address_that_said_stop_is_shown_with_its_reason_and_refused(desk: House) -> None:
    key = await desk.conversation()
    to = await number(desk, key, stopped_at=NOW)
    page = await desk.page(f"/desk/c/{key}")
    assert "Send by SMS" not in page
    assert "The customer said stop at this address" in page
    answer = await desk.post(f"/desk/c/{key}/answer", text="by SMS", mode="answer", to=str(to))
    assert answer.status == 409
    assert await rows(desk, deliveries, "lane") == []


async def test_what_is_sent_later_waits_is_changed_and_cancelled(desk: House) -> None:
    key = await desk.conversation()
    later = {"text": "tomorrow", "mode": "answer", "then": "later", "at": "2026-11-25T10:00"}
    answer = await desk.post(f"/desk/c/{key}/answer", **later)
    assert answer.headers["Location"].endswith("done=later")
    page = await desk.page(f"/desk/c/{key}")
    assert "Sent later" in page
    assert "You wrote “tomorrow”; it is sent Wed 25 Nov 10:00" in page
    [(waits,)] = await rows(desk, laters, "id")
    change = {"text": "on Thursday", "at": "2026-11-26T10:00", "if_they_write": "send"}
    assert (await desk.post(f"/desk/l/{waits}/change", **change)).status == 303
    assert await rows(desk, laters, "text", "if_they_write", "state") == [("on Thursday", "send", "waiting")]
    assert (await desk.post(f"/desk/l/{waits}/cancel")).status == 303
    assert await rows(desk, laters, "state") == [("cancelled",)]
    assert (await desk.post(f"/desk/l/{waits}/change", **change)).status == 409
    assert (await desk.post("/desk/l/99/cancel")).status == 404


async def test_the_night_is_warned_of_once(desk: House) -> None:
    key = await desk.conversation(zone="Asia/Tokyo", channel="sms")
    later = {"text": "at night", "mode": "answer", "then": "later", "at": "2026-11-25T17:00"}
    answer = await desk.post(f"/desk/c/{key}/answer", **later)
    text = await answer.text()
    assert (answer.status, "outside the hours" in text, "(Asia/Tokyo)" in text) == (409, True, True)
    assert 'name="sure" value="yes"' in text
    assert await rows(desk, laters, "id") == []
    assert (await desk.post(f"/desk/c/{key}/answer", **later, sure="yes")).status == 303
    assert len(await rows(desk, laters, "id")) == 1


async def test_a_time_that_has_passed_is_refused_and_the_words_stay(desk: House) -> None:
    """Check 25."""
    key = await desk.conversation()
    later = {"text": "yesterday", "mode": "answer", "then": "later", "at": "2026-11-20T10:00"}
    answer = await desk.post(f"/desk/c/{key}/answer", **later)
    text = await answer.text()
    assert (answer.status, "yesterday" in text) == (409, True)
    assert await rows(desk, laters, "id") == []


async def test_a_saved_reply_is_found_filled_in_and_sent_with_what_it_does(desk: House) -> None:
    talking(desk)
    key = await desk.conversation()
    page = await desk.page(f"/desk/c/{key}/saved?q=where")
    assert "Where is it?" in page
    assert "Opening hours" not in page
    page = await desk.page(f"/desk/c/{key}/saved?key=where")
    assert "Hello Marta Figueiredo, [[order]] is on its way." in page
    assert "Tag: order" in page
    form = {"text": "Hello [[order]]", "then.tags": "yes", "then.resolve": "yes", "key": "g"}
    refused = await desk.post(f"/desk/c/{key}/saved?key=where", **form)
    text = await refused.text()
    assert (refused.status, "fill in [[order]] first" in text, "Hello [[order]]" in text) == (409, True, True)
    form["text"] = "Hello Marta, A-7 is on its way."
    for _ in range(2):
        assert (await desk.post(f"/desk/c/{key}/saved?key=where", **form)).status == 303
    assert await rows(desk, deliveries, "text") == [("Hello Marta, A-7 is on its way.",)]
    assert await rows(desk, routed, "tags") == [(["order"],)]
    assert (await desk.row(key)).state == "resolved"


async def test_new_words_are_kept_from_the_page(desk: House) -> None:
    talking(desk)
    key = await desk.conversation()
    form = {"title": "Parking", "language": "en", "text": "Park behind, {{ name }}.", "tags": "parking"}
    answer = await desk.post(f"/desk/c/{key}/saved-new", **form)
    assert answer.status == 303
    assert "Park behind, Marta Figueiredo." in await desk.page(answer.headers["Location"])
    assert await rows(desk, saved_replies, "key", "title") == [("parking", "Parking")]
    assert (await desk.post(f"/desk/c/{key}/saved-new", **form)).status == 409


async def test_tags_are_set_beside_the_conversation(desk: House) -> None:
    key = await desk.conversation()
    await desk.post(f"/desk/c/{key}/tag", tags="refund, vip")
    await desk.post(f"/desk/c/{key}/tag", tags="vip")
    assert await rows(desk, routed, "tags") == [(["vip"],)]
    assert "You took the tag refund off" in await desk.page(f"/desk/c/{key}")


async def test_a_conversation_is_begun_at_a_new_number_and_never_where_stop_was_said(desk: House) -> None:
    assert "A number with its country" in await desk.page("/desk/new")
    form = {"address": "912", "channel": "sms", "name": "Joana", "text": "Your parcel is here.", "key": "g"}
    refused = await desk.post("/desk/new", **form)
    text = await refused.text()
    assert (refused.status, "with its country" in text, "Your parcel is here." in text) == (409, True, True)
    form["address"] = "+351 912 345 678"
    for _ in range(2):
        assert (await desk.post("/desk/new", **form)).status == 303
    assert await rows(desk, deliveries, "lane", "text") == [("sms", "Your parcel is here.")]
    assert len(await rows(desk, conversations, "id")) == 1


async def test_a_customer_is_found_and_written_to(desk: House) -> None:
    key = await desk.conversation("Marta Figueiredo")
    to = await number(desk, key)
    customer = (await desk.row(key)).customer_id
    assert f"/desk/new?who={customer}" in await desk.page("/desk/new?q=marta")
    assert "SMS" in await desk.page(f"/desk/new?who={customer}")
    assert (await desk.post(f"/desk/new?who={customer}", to=str(to), text="hello")).status == 303
    assert await rows(desk, deliveries, "lane") == [("sms",)]


def test_the_loop_that_sends_later_runs_in_the_house(house: House) -> None:

    loops = [duty.begin(house.app.database) for duty in owned(house.app)]
    assert any(isinstance(one, Sending) for one in loops)


async def test_a_saved_reply_is_given_up_by_who_made_it_and_nobody_else_is_offered_that(desk: House) -> None:
    key = await desk.conversation()
    made = await desk.app.desk.save_reply(
        desk.agents["tiago"], title="Parking", texts={"en": "Park behind."}, now=desk.app.clock()
    )
    await desk.sign_in("helena")
    assert "Give it up" not in await desk.page(f"/desk/c/{key}/saved?key={made}")
    refused = await desk.post(f"/desk/c/{key}/saved-drop", saved=made)
    assert "given up by who made it, or by a lead" in await refused.text()
    await desk.sign_in("tiago")
    assert "Give it up" in await desk.page(f"/desk/c/{key}/saved?key={made}")
    for _ in range(2):
        answer = await desk.post(f"/desk/c/{key}/saved-drop", saved=made)
        assert answer.headers["Location"] == f"/desk/c/{key}/saved?done=given-up"
    assert "Parking" not in await desk.page(f"/desk/c/{key}/saved")
