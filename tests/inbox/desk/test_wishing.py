"""Words that may be a wish for no more messages: an agent looks, and what they say holds."""

import pytest

from inbox.desk.errors import DeskError
from inbox.touches.listening import listen
from inbox.touches.rules import Rules, rules_of
from storage import wishes
from tests.inbox.house import SPEC, House
from tests.inbox.touches.world import book

WORDS = "Please stop texting me."
HAPPENED = "SELECT kind FROM happenings WHERE kind LIKE '%wish%' ORDER BY id"


def rules() -> Rules:
    """The rules of a house with one channel."""
    return rules_of(book(), {"paper": SPEC}, team="support", reopen_within=book().limits.guess_margin)


async def wished(house: House, words: str = WORDS) -> int:
    """A customer writes, and it is listened to."""
    conversation = await house.says("maria", 1, words)
    await listen(house.database, rules(), house.desk, house.clock())
    return conversation


async def open_wish(house: House) -> wishes.Wish | None:
    """What waits for an agent's look."""
    [(customer,)] = await house.rows("SELECT customer_id FROM conversations")
    async with house.database.reading() as connection:
        return await wishes.open_of(connection, customer)


SAID = [
    pytest.param(WORDS, True, id="English"),
    pytest.param("Por favor, não me enviem mais mensagens", True, id="Portuguese"),
    pytest.param("Por favor, no me escriban más", True, id="Spanish"),
    pytest.param("The courier did not stop at my door", False, id="something else stops"),
    pytest.param("Where is my order?", False, id="nothing of the kind"),
]


@pytest.mark.parametrize(("words", "asks"), SAID)
async def test_a_wish_in_their_own_words_is_said_in_the_conversation(
    house: House, words: str, asks: bool
) -> None:
    await wished(house, words)
    assert await house.rows(HAPPENED) == ([("stop_wished",)] if asks else [])
    found = await open_wish(house)
    assert (found.wording if found else "") == (words if asks else "")


async def test_it_is_said_once_however_often_it_is_listened_to(house: House) -> None:
    await wished(house)
    await listen(house.database, rules(), house.desk, house.clock())
    assert await house.rows(HAPPENED) == [("stop_wished",)]


READ = [pytest.param(True, True, id="a stop"), pytest.param(False, False, id="not so")]


@pytest.mark.parametrize(("stop", "closed"), READ)
async def test_what_an_agent_reads_holds(house: House, stop: bool, closed: bool) -> None:
    conversation = await wished(house)
    house.clock.forward(minutes=5)
    await house.desk.settle_wish(conversation, house.agents["ana"], stop=stop, now=house.clock())
    [(stopped,)] = await house.rows("SELECT stopped_at FROM addresses")
    assert (stopped is not None) == closed
    assert await house.rows("SELECT allowed FROM allowances WHERE subject = 'marketing'") == [(0,)]
    assert await open_wish(house) is None
    assert (await house.rows(HAPPENED))[-1] == ("wish_read",)
    with pytest.raises(DeskError, match="looked at this already"):
        await house.desk.settle_wish(conversation, house.agents["rui"], stop=True, now=house.clock())


async def test_what_they_say_after_it_asks_anew(house: House) -> None:
    conversation = await wished(house)
    await house.desk.settle_wish(conversation, house.agents["ana"], stop=False, now=house.clock())
    await house.says("maria", 2, "I said stop texting me")
    await listen(house.database, rules(), house.desk, house.clock())
    found = await open_wish(house)
    assert found is not None
    assert found.wording == "I said stop texting me"
