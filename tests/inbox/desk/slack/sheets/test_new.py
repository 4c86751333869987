"""Writing first from Slack: to a customer found by name, a new number, with words from outside a thread."""

from tests.inbox.desk.channels import address, stopped, with_sms
from tests.inbox.desk.slack.bureau import Bureau
from tests.inbox.desk.slack.sending import NUMBER, OWED, errors, reachable, sees

CALLBACK = "tidings_new"


async def opened(desk: Bureau, words: str = "Or a new address"):  # type: ignore[no-untyped-def]
    await desk.ana.shortcut(CALLBACK)
    return await sees(desk, CALLBACK, words)


async def test_a_new_number_becomes_a_conversation_with_a_card(desk: Bureau) -> None:
    with_sms(desk.house)
    view = await opened(desk)
    given = {"address": "+351 912 345 678", "name": "Joana", "text": "Your parcel is here."}
    assert "with its country" in errors(await desk.ana.submits(view, given | {"address": "912"}))["address"]
    assert "who" in errors(await desk.ana.submits(view, {"text": "x"}))
    assert "text" in errors(await desk.ana.submits(view, {"address": "+351 912 345 678"}))
    await desk.ana.submits(view, given)
    await desk.until(lambda: desk.cards and "Joana on SMS" in desk.cards[0].text)
    assert await desk.house.rows(OWED) == [("sms", "Your parcel is here.")]
    await desk.until(lambda: any("Your parcel is here." in post.text for post in desk.thread()))
    assert "answered, Ana has it" in desk.cards[0].text
    assert desk.slack.mistakes == []


async def test_a_customer_is_found_and_offered_the_addresses_that_can_be_reached(desk: Bureau) -> None:
    _, talk, number = await reachable(desk)
    await address(desk.house, talk, "tel:+351910000000", stopped_at=desk.now())
    view = await opened(desk)
    found = await desk.ana.picks(view, "who", "mari")
    assert [one["text"]["text"].partition(" ·")[0] for one in found] == ["Maria"]
    await desk.ana.clicks(view, "who", found[0]["value"])
    view = await sees(desk, CALLBACK, "A conversation with them goes on")
    assert "said stop" in str(view.body)
    await desk.ana.submits(view, {"to": str(number), "text": "hello again"})
    await desk.until_row("SELECT count(*) FROM deliveries WHERE lane = 'sms'")
    assert await desk.house.rows(OWED) == [("sms", "hello again")]
    assert await desk.house.rows("SELECT count(*) FROM conversations") == [(1,)]


async def test_an_address_that_said_stop_is_refused_under_its_field(desk: Bureau) -> None:
    _, _, number = await reachable(desk)
    await stopped(desk.house, number)
    view = await opened(desk)
    typed = NUMBER.removeprefix("tel:")
    wrong = errors(await desk.ana.submits(view, {"address": typed, "text": "hello"}))
    assert "said stop" in wrong["address"]
    assert await desk.house.rows(OWED) == []


async def test_a_message_outside_any_conversation_begins_one_with_its_words(desk: Bureau) -> None:
    with_sms(desk.house)
    root = await desk.rui.types(desk.team, "please tell Joana that her parcel is here")
    await desk.ana.shortcut("tidings_menu", root)
    view = await sees(desk, CALLBACK, "please tell Joana that her parcel is here")
    await desk.ana.submits(view, {"address": "+351912345678"})
    await desk.until_row("SELECT count(*) FROM deliveries WHERE lane = 'sms'")
    assert await desk.house.rows(OWED) == [("sms", "please tell Joana that her parcel is here")]


async def test_the_command_opens_it_with_the_address_that_was_typed(desk: Bureau) -> None:
    with_sms(desk.house)
    await desk.ana.slash("/tidings new +351912345678", channel=desk.team)
    view = await sees(desk, CALLBACK, "+351912345678")
    await desk.ana.submits(view, {"text": "hello"})
    await desk.until_row("SELECT count(*) FROM deliveries WHERE lane = 'sms'")


async def test_where_no_channel_lets_us_begin_only_customers_are_offered(desk: Bureau) -> None:
    view = await opened(desk, "No channel lets us write")
    assert "Choose a customer" in errors(await desk.ana.submits(view, {"text": "hello"}))["who"]
