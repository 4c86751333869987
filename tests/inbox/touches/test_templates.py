"""Outside of a channel's window an approved template goes, with what it is to be filled with."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bots.channel import Spec
from inbox.live import Live
from inbox.media import MediaStore
from inbox.nudges import Nudges
from inbox.owing import Owing
from inbox.preferences.links import Links
from inbox.touches.ways import way_of
from storage import deliveries
from storage.tables import addresses
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
