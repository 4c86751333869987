"""Inviting to a video meeting from Slack: the words with the link, edited before they leave."""

import re
from typing import Any

from config.calls import CallKnobs
from tests.inbox.desk.channels import stopped
from tests.inbox.desk.slack.bureau import Bureau
from tests.inbox.desk.slack.sending import errors, more, sees
from tests.providers.slack import Message

LINK = re.compile(r"https://meet\.example\.com/[0-9a-f]{24}")


def meets(desk: Bureau) -> None:
    policies = desk.face.workspace.policies
    calls = CallKnobs(meeting_url="https://meet.example.com/{room}")
    policies._take(policies.now.model_copy(update={"calls": calls}))


async def asked(desk: Bureau, card: Message, words: str) -> Any:
    menu = await more(desk, card, "menu", "tidings_menu", "Video meeting")
    await desk.ana.submits(menu, {"what": "meeting"})
    return await sees(desk, "tidings_meeting", words)


async def test_it_is_read_over_and_sent_where_the_conversation_is(desk: Bureau) -> None:
    meets(desk)
    card = await desk.opened()
    view = await asked(desk, card, "Here is the link for our video call: https://meet.example.com/")
    found = LINK.search(str(view.body))
    assert found
    assert errors(await desk.ana.submits(view, {"text": ""})) == {"text": "Write something."}
    await desk.ana.submits(view, {"text": f"At five: {found[0]}"})
    assert await desk.sent() == [f"At five: {found[0]}"]
    assert desk.slack.mistakes == []


async def test_it_is_in_the_customers_language(desk: Bureau) -> None:
    meets(desk)
    card = await desk.opened()
    async with desk.house.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE customers SET language = 'es'")
    assert LINK.search(str((await asked(desk, card, "Este es el enlace para nuestra videollamada")).body))


async def test_to_who_said_stop_nothing_is_offered(desk: Bureau) -> None:
    meets(desk)
    card = await desk.opened()
    [(place,)] = await desk.house.rows("SELECT address_id FROM conversations")
    await stopped(desk.house, place)
    view = await asked(desk, card, "said stop")
    assert "submit" not in view.body


async def test_without_a_place_to_meet_it_is_not_in_the_list(desk: Bureau) -> None:
    card = await desk.opened()
    view = await more(desk, card, "menu", "tidings_menu", "Hand over")
    assert "meeting" not in str(view.body)
