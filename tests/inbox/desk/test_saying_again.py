"""Saved replies are found by words, filled in for one customer, and do all that they say or nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from config.policy import AgentEntry, Policy, Team
from config.saved import SavedEntry
from inbox.desk.errors import DeskError, NotAllowed, NotThere, OpenPromises
from inbox.desk.operations import Desk
from inbox.desk.saved import THEN, Saved, all_of, found, preview, then_said
from inbox.policies import fixed
from storage import agents, conversations
from storage.tables import orders
from tests.inbox.house import NOON, House

WHERE = SavedEntry(
    key="where",
    title="Where is my order?",
    texts={
        "en": "Hello {{ name }}, your order {{ order }} is on its way. {{ agent }}, {{ business }}",
        "pt": "Olá {{ name }}, a sua encomenda {{ order }} vai a caminho.",
    },
    tags=("order", "delivery"),
    assign="team:billing",
    snooze=timedelta(days=2),
)
DONE = SavedEntry(
    key="done", title="Thank you", texts={"en": "Thank you!"}, resolve="Question answered", assign="me"
)
BILL = SavedEntry(key="bill", title="Fatura", texts={"pt": "Aqui está a fatura."}, teams=("billing",))
POLICY = Policy(
    teams=(Team(key="support", name="Support"), Team(key="billing", name="Billing")),
    agents=(AgentEntry(key="ana", name="Ana"), AgentEntry(key="rui", name="Rui")),
    saved_replies=(WHERE, DONE, BILL),
)
OUT = "SELECT text FROM deliveries WHERE kind = 'message' AND lane = 'paper' ORDER BY id"


@pytest.fixture
def talking(house: House) -> House:
    house.ground = replace(house.ground, policies=fixed(POLICY))
    house.desk = Desk(house.ground)
    return house


async def use(house: House, talk: int, key: str, text: str, **more: Any) -> int:
    return await house.desk.use_saved(
        talk, house.agents["ana"], key=key, text=text, now=house.clock(), **more
    )


async def kinds(house: House) -> list[str]:
    return [kind for (kind,) in await house.rows("SELECT kind FROM happenings ORDER BY id")][1:]


async def test_sending_does_all_that_it_says_in_the_same_gesture_once(talking: House) -> None:
    talk = await talking.says("maria", 1, "where is it?")
    first = await use(talking, talk, "where", "It is on its way.", gesture="g")
    assert await use(talking, talk, "where", "It is on its way.", gesture="g") == first
    assert await talking.rows(OUT) == [("It is on its way.",)]
    [(team, state, until)] = await talking.rows("SELECT team, state, snoozed_until FROM conversations")
    assert (team, state) == ("billing", "snoozed")
    assert until == int((NOON + timedelta(days=2)).timestamp()) * 1_000_000
    assert await talking.rows("SELECT tags FROM routed") == [('["order", "delivery"]',)]
    assert await kinds(talking) == ["taken", "tagged", "handed_over", "snoozed"]


async def test_what_is_left_out_is_not_done(talking: House) -> None:
    talk = await talking.says("maria", 1, "where is it?")
    await use(talking, talk, "where", "It is on its way.", then=("tags",))
    assert await kinds(talking) == ["taken", "tagged"]


async def test_where_one_of_it_cannot_be_done_nothing_is(talking: House) -> None:
    talk, ana = await talking.says("maria", 1, "hi"), talking.agents["ana"]
    due = NOON + timedelta(days=1)
    await talking.desk.promise(talk, ana, text="call", due_at=due, now=NOON)
    with pytest.raises(OpenPromises):
        await use(talking, talk, "done", "Thank you!")
    assert await talking.rows(OUT) == []
    [(state, owner)] = await talking.rows("SELECT state, owner_id FROM conversations")
    assert (state, owner) == ("open", None)


async def test_it_resolves_and_stays_with_who_sent_it(talking: House) -> None:
    talk = await talking.says("maria", 1, "thanks")
    await use(talking, talk, "done", "Thank you!")
    [(state, owner, reason)] = await talking.rows("SELECT state, owner_id, resolve_reason FROM conversations")
    assert (state, owner, reason) == ("resolved", talking.agents["ana"], "Question answered")


REFUSED = [
    pytest.param("where", "Hello [[order]]", DeskError, r"\[\[order\]\]", id="a variable nobody filled in"),
    pytest.param("bill", "Aqui está.", NotThere, "not there", id="another team's"),
    pytest.param("gone", "Hello", NotThere, "not there", id="one that is gone"),
    pytest.param("done", " ", DeskError, "nothing to send", id="no words"),
]


@pytest.mark.parametrize(("key", "text", "error", "why"), REFUSED)
async def test_what_cannot_be_sent_is_refused(
    talking: House, key: str, text: str, error: type[Exception], why: str
) -> None:
    talk = await talking.says("maria", 1, "hi")
    with pytest.raises(error, match=why):
        await use(talking, talk, key, text)
    assert await talking.rows(OUT) == []


async def _preview(house: House, talk: int, key: str) -> tuple[str, str, tuple[str, ...]]:
    async with house.database.reading() as connection:
        conversation = await conversations.one(connection, talk)
        agent = await agents.by_key(connection, "ana")
        [saved] = [one for one in await all_of(connection, POLICY) if one.key == key]
        assert conversation is not None
        assert agent is not None
        made = await preview(connection, house.ground.policies, saved, conversation, agent)
    return made.language, made.text, made.missing


async def test_it_is_filled_in_in_the_customers_language_what_is_unknown_is_marked(
    talking: House,
) -> None:
    talk = await talking.says("maria", 1, "olá")
    async with talking.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE customers SET language = 'pt-PT'")
    language, text, missing = await _preview(talking, talk, "where")
    assert (language, missing) == ("pt", ("order",))
    assert text == "Olá Maria, a sua encomenda [[order]] vai a caminho."
    async with talking.database.writing() as connection:
        [(customer,)] = await connection.exec_driver_sql("SELECT id FROM customers")
        bought = {"number": "A-7", "placed_at": NOON, "total": 4250, "currency": "EUR", "changed_at": NOON}
        await connection.execute(insert(orders).values(id=1, customer_id=customer, **bought))
    assert (await _preview(talking, talk, "where"))[1:] == (
        "Olá Maria, a sua encomenda A-7 vai a caminho.",
        (),
    )


async def test_a_language_we_do_not_have_falls_back_to_english(talking: House) -> None:
    talk = await talking.says("maria", 1, "hallo")
    async with talking.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE customers SET language = 'de'")
    language, text, _ = await _preview(talking, talk, "where")
    assert (language, text.startswith("Hello Maria")) == ("en", True)


def _saved(key: str, title: str, text: str) -> Saved:
    return Saved(key=key, title=title, texts={"en": text})


KNOWN = [
    _saved("a", "Refund", "Your money is on its way to the bank"),
    _saved("b", "Bank details", "Please send us your IBAN for the refund"),
    _saved("c", "Horário de Natal", "We are closed"),
]
SEARCHES = [
    pytest.param("", ["a", "b", "c"], id="no words: all"),
    pytest.param("refund", ["a", "b"], id="those in the title first"),
    pytest.param("BANK refund", ["b", "a"], id="every word, in title or text"),
    pytest.param("horario", ["c"], id="without accents"),
    pytest.param("bicycle", [], id="none"),
]


@pytest.mark.parametrize(("words", "keys"), SEARCHES)
def test_they_are_found_by_words(words: str, keys: list[str]) -> None:
    assert [one.key for one in found(KNOWN, words)] == keys


def test_no_more_than_twenty_are_offered() -> None:
    assert len(found([_saved(str(n), f"Reply {n}", "x") for n in range(50)], "reply")) == 20


def test_what_else_it_does_is_said_in_words() -> None:
    said = [then_said(WHERE.then, name, POLICY) for name in THEN if name in WHERE.then]
    assert said == ["Tag: order, delivery", "Give to Billing", "Set aside for 2 days"]


async def test_words_are_kept_for_a_team_and_said_by_it_alone(talking: House) -> None:
    key = await talking.desk.save_reply(
        talking.agents["ana"],
        title="Opening hours",
        texts={"en": "We open at nine, {{ name }}.", "pt": " "},
        then={"tags": ["hours"]},
        teams=["support"],
        now=NOON,
    )
    assert key == "opening-hours"
    async with talking.database.reading() as connection:
        mine = [one.key for one in await all_of(connection, POLICY, "support")]
        theirs = [one.key for one in await all_of(connection, POLICY, "billing")]
    assert (key in mine, key in theirs) == (True, False)
    talk = await talking.says("maria", 1, "when?")
    await use(talking, talk, key, "We open at nine, Maria.")
    assert await talking.rows("SELECT tags FROM routed") == [('["hours"]',)]


WORDS = [
    pytest.param({"title": " "}, "1 to 75", id="no title"),
    pytest.param({"title": "Thank you"}, "already", id="a title that there is"),
    pytest.param({"texts": {"en": " "}}, "Write what", id="no words"),
    pytest.param({"texts": {"english": "x"}}, "no language", id="no language"),
    pytest.param({"texts": {"en": "{{ secret }}"}}, "no variable", id="an unknown variable"),
    pytest.param({"texts": {"en": "{% for x in y %}{% endfor %}"}}, "nothing else", id="a loop"),
    pytest.param({"then": {"resolve": "whatever"}}, "no reason", id="an unknown reason"),
    pytest.param({"then": {"assign": "agent:joao"}}, "no agent joao", id="an unknown agent"),
    pytest.param({"then": {"snooze": 60, "resolve": "Question answered"}}, "both", id="aside and resolved"),
    pytest.param({"teams": ["sales"]}, "no team sales", id="an unknown team"),
]


@pytest.mark.parametrize(("more", "why"), WORDS)
async def test_words_that_cannot_be_meant_are_not_kept(
    talking: House, more: dict[str, Any], why: str
) -> None:
    call: dict[str, Any] = {"title": "New", "texts": {"en": "Hello"}, "now": NOON, **more}
    with pytest.raises(DeskError, match=why):
        await talking.desk.save_reply(talking.agents["ana"], **call)
    assert await talking.rows("SELECT count(*) FROM saved_replies") == [(0,)]


async def test_words_are_given_up_by_who_made_them_or_a_lead(talking: House) -> None:
    call: dict[str, Any] = {"texts": {"en": "Hello"}, "now": NOON}
    one = await talking.desk.save_reply(talking.agents["ana"], title="One", **call)
    with pytest.raises(NotAllowed):
        await talking.desk.drop_saved(one, talking.agents["rui"], now=NOON)
    await talking.desk.drop_saved(one, talking.agents["ana"], now=NOON)
    async with talking.database.reading() as connection:
        assert one not in [each.key for each in await all_of(connection, POLICY)]
    with pytest.raises(NotThere, match="configuration"):
        await talking.desk.drop_saved("where", talking.agents["ana"], now=NOON)
    assert await talking.desk.save_reply(talking.agents["ana"], title="One", **call) == "one-2"


async def test_tags_are_added_and_taken_off_each_once(talking: House) -> None:
    talk, ana = await talking.says("maria", 1, "hi"), talking.agents["ana"]
    await talking.desk.tag(talk, ana, tags=["#Refund", " vip  guest "], now=NOON)
    await talking.desk.tag(talk, ana, tags=["refund"], now=NOON)  # twice is no error
    assert await talking.rows("SELECT tags FROM routed") == [('["Refund", "vip guest"]',)]
    await talking.desk.tag(talk, ana, tags=["late"], without=["REFUND"], now=NOON)
    assert await talking.rows("SELECT tags FROM routed") == [('["vip guest", "late"]',)]
    assert await kinds(talking) == ["tagged", "tagged"]
    for tags, why in ((["x" * 41], "40 characters"), ([str(n) for n in range(21)], "20 tags")):
        with pytest.raises(DeskError, match=why):
            await talking.desk.tag(talk, ana, tags=tags, now=NOON)
