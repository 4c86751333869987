"""Outside of a channel's window an approved template goes, with what it is to be filled with."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.channel import Spec
from config.one_text import text_of
from config.telling import one_line
from inbox.live import Live
from inbox.media import MediaStore
from inbox.nudges import Nudges
from inbox.owing import Owing
from inbox.preferences.links import Links
from inbox.touches.filling import PLACE, places
from inbox.touches.ways import way_of
from routing.touch import Template
from storage import deliveries
from storage.tables import addresses, agents, touches
from tests.inbox.touches.world import World

TOMORROW: dict[str, Any] = {"birth_month": 3, "birth_day": 2}
APP = Spec(
    kind="whatsapp",
    label="WhatsApp",
    mark="wa",
    scheme="whatsapp",
    text_limit=20,
    phone=True,
    rate=1_000,
    window=timedelta(hours=24),
    margin=timedelta(seconds=60),
    templates={"pt_BR": ("birthday",), "pt": ("birthday",), "en": ("birthday",)},
)


def _with_app(world: World, spec: Spec = APP) -> None:
    specs = {**world.rules.specs, "sms": spec}
    world.rules = replace(
        world.rules, specs=specs, ways={name: way_of(name, one) for name, one in specs.items()}
    )


async def _message(world: World, tmp_path: Any) -> list[Any]:
    owing = Owing(
        database=world.database,
        live=Live(),
        nudges=Nudges(),
        media=MediaStore(tmp_path, "secret"),
        public_url="http://localhost",
        slack=False,
    )
    async with world.database.reading() as connection:
        rows = await deliveries.owed(connection)
    return [await owing.message_out(row) for row in rows]


LANGUAGES = [
    pytest.param("pt-BR", "pt_BR", id="exactly theirs"),
    pytest.param("pt-PT", "pt", id="their base"),
    pytest.param("fi", "en", id="the account's"),
]


@pytest.mark.parametrize(("language", "spelled"), LANGUAGES)
async def test_outside_the_window_a_template_goes_in_one_call(
    world: World, tmp_path: Any, language: str, spelled: str
) -> None:
    _with_app(world)
    await world.customer("Ana", "whatsapp:+351912345678", language=language, **TOMORROW)
    await world.plan()
    world.forward(hours=22)
    assert await world.hand() == 1
    [message] = await _message(world, tmp_path)
    assert (message.template, message.template_language) == ("birthday", spelled)
    assert message.variables["name"] == "Ana"
    assert "Ana" in message.text, "what agents read"


async def test_inside_the_window_words_go_as_they_are(world: World, tmp_path: Any) -> None:
    _with_app(world)
    await world.customer("Ana", "whatsapp:+351912345678", **TOMORROW)
    async with world.database.writing() as connection:
        await connection.execute(addresses.update().values(last_in_at=world.now))
    await world.plan()
    world.forward(hours=22)
    assert await world.hand() == 1
    messages = await _message(world, tmp_path)
    assert len(messages) > 1, "in parts, as any text"
    assert {message.template for message in messages} == {""}


async def test_without_a_template_of_that_wording_nothing_goes(world: World) -> None:
    _with_app(world, replace(APP, templates={"en": ("other",)}))
    await world.customer("Ana", "whatsapp:+351912345678", **TOMORROW)
    await world.plan()
    assert ((await world.one()).state, (await world.one()).reason) == ("suppressed", "template_not_sendable")


async def _written_by_an_agent(world: World, text: str) -> None:
    async with world.database.writing() as connection:
        agent = {"id": 7, "key": "eva", "name": "Eva", "teams": [], "created_at": world.now}
        await connection.execute(agents.insert().values(**agent))
        await connection.execute(touches.update().values(text=text, agent_id=7, language="en"))


async def test_an_agents_own_words_are_no_template(world: World, tmp_path: Any) -> None:
    _with_app(world)
    await world.customer("Ana", "whatsapp:+351912345678", "telegram:7", **TOMORROW)
    await world.plan()
    await _written_by_an_agent(world, "Dear Ana, from all of us")
    world.forward(hours=22)
    assert await world.hand() == 1
    assert (await world.one()).channel == "telegram"
    [message] = await _message(world, tmp_path)
    assert (message.text, message.template) == ("Dear Ana, from all of us", "")


PLACES = [
    pytest.param(
        "{{1}} and {{2}}", (), ("Ana", "Tidings"), "Ana and Tidings", id="numbers, in our words' order"
    ),
    pytest.param("{{name}}!", (), ("Ana",), "Ana!", id="called alike"),
    pytest.param(
        "{{1:business}} {{2:name}}", (), ("Tidings", "Ana"), "Tidings Ana", id="the provider's names"
    ),
    pytest.param("{{1}}", ("business",), ("Tidings",), "Tidings", id="as we were told"),
    pytest.param("No more than this", (), (), "No more than this", id="none"),
    pytest.param("{{name}} {{{{name}}}}", (), ("Ana",), "Ana {{Ana}}", id="braces stay"),
]


@pytest.mark.parametrize(("said", "named", "given", "read"), PLACES)
async def test_each_place_of_a_template_is_filled_and_the_text_is_what_it_says(
    world: World, tmp_path: Any, said: str, named: tuple[str, ...], given: tuple[str, ...], read: str
) -> None:
    _with_app(world, replace(APP, template_words={("en", "birthday"): said}))
    told = Template(variables={str(number): one for number, one in enumerate(named, 1)})
    touch = replace(world.rules.touches["birthday"], templates={"sms": told} if named else {})
    world.rules = replace(world.rules, touches={"birthday": touch})
    await world.customer("Ana", "whatsapp:+351912345678", language="en", **TOMORROW)
    await world.plan()
    world.forward(hours=22)
    assert await world.hand() == 1
    [message] = await _message(world, tmp_path)
    assert tuple(message.variables.values()) == given
    assert message.text == read


@given(name=st.text(max_size=30), said=st.text(alphabet="{}name1 a:.", max_size=20))
def test_a_value_is_never_read_as_a_place(name: str, said: str) -> None:
    told = one_line(name)
    order = ("name", "business")
    known = dict.fromkeys(places(said, Template(), order), told)
    assert PLACE.sub(lambda found: known[found[1]], said).count(told) >= len(PLACE.findall(said))


async def test_a_place_that_stands_for_nothing_we_know_is_named(world: World) -> None:
    _with_app(world, replace(APP, template_words={("en", "birthday"): "{{coupon}}"}))
    await world.customer("Ana", "whatsapp:+351912345678", language="en", **TOMORROW)
    await world.plan()
    world.forward(hours=22)
    assert await world.hand() == 0
    assert ((await world.one()).state, (await world.one()).reason) == ("suppressed", "missing_variable")
    [(data,)] = await world.rows("SELECT data FROM touch_log WHERE reason = 'missing_variable'")
    assert "coupon" in str(data)


LATE = [
    pytest.param(("birthday", "late"), ("handed_off", "late", ""), id="belated words are approved"),
    pytest.param(("birthday",), ("suppressed", "", "missing_variable"), id="only those of the day are"),
]


@pytest.mark.parametrize(("names", "expected"), LATE)
async def test_the_words_of_the_day_are_not_sent_the_day_after(
    world: World, tmp_path: Any, names: tuple[str, ...], expected: tuple[str, str, str]
) -> None:
    _with_app(world, replace(APP, templates={"en": names}))
    late = text_of("Late, and yet.", name="late", language="en", file="late.en.txt")
    touch = replace(world.rules.touches["birthday"], belated="late", valid=timedelta(days=3))
    words = world.rules.wording.plus([late])
    world.rules = replace(world.rules, touches={"birthday": touch}, wording=words)
    await world.customer("Ana", "whatsapp:+351912345678", language="en", **TOMORROW)
    await world.plan()
    world.forward(hours=46)
    await world.hand()
    row = await world.one()
    sent = await _message(world, tmp_path)
    assert (row.state, sent[0].template if sent else "", row.reason) == expected


PAGE = Links("secret", "https://in.example")


@pytest.mark.parametrize("marketing", [True, False], ids=["marketing", "service"])
async def test_marketing_tells_where_it_is_refused_and_service_does_not(
    world: World, tmp_path: Any, marketing: bool
) -> None:
    touch = replace(world.rules.touches["birthday"], marketing=marketing)
    world.rules = replace(world.rules, links=PAGE, touches={"birthday": touch})
    ana = await world.customer("Ana", "tel:+351912345678", **TOMORROW)
    await world.plan()
    world.forward(hours=22)
    assert await world.hand() == 1
    links = {message.unsubscribe for message in await _message(world, tmp_path)}
    assert len(links) == 1
    [link] = links
    if not marketing:
        assert link == ""
        return
    opened = PAGE.read(link.removeprefix("https://in.example/p/"), world.now)
    assert opened is not None
    assert opened.customer_id == ana
