"""A touch by mail has a subject of its own and stands below no earlier mail; what follows it does."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bots.channel import Channel, MessageOut, Spec
from config.one_text import text_of
from inbox.live import Live
from inbox.media import MediaStore
from inbox.nudges import Nudges
from inbox.owing import Owing
from inbox.preferences.links import Links
from inbox.touches.ways import way_of
from storage import deliveries, matters
from storage.tables import conversations, messages
from tests.inbox.touches.world import World

TOMORROW: dict[str, Any] = {"birth_month": 3, "birth_day": 2}
MAIL = Spec(
    kind="email", label="E-mail", mark="mail", scheme="mailto", text_limit=9_000, rate=1_000, threads=True
)


def _with_mail(world: World, spec: Spec = MAIL) -> None:
    specs = {**world.rules.specs, "sms": spec}
    ways = {name: way_of(name, one) for name, one in specs.items()}
    world.rules = replace(world.rules, specs=specs, ways=ways, links=Links("secret", "https://in.example"))


async def _out(world: World, tmp_path: Path) -> MessageOut:
    mail = cast(Channel, SimpleNamespace(spec=world.rules.specs["sms"]))
    owing = Owing(
        database=world.database,
        live=Live(),
        nudges=Nudges(),
        media=MediaStore(tmp_path, "secret"),
        public_url="http://localhost",
        slack=False,
        channels={"sms": mail},
    )
    async with world.database.reading() as connection:
        [row] = await deliveries.owed(connection)
    return await owing.message_out(row)


async def _wrote(world: World, customer: int, text: str, subject: str) -> int:
    """Let the customer have mailed once, in a matter that is over."""
    ids = world.database.ids
    talk, message = ids.next(), ids.next()
    about = {"id": talk, "customer_id": customer, "channel": "sms", "team": "support", "state": "resolved"}
    times = {"opened_at": world.now, "last_at": world.now, "resolved_at": world.now}
    said = {"id": message, "conversation_id": talk, "channel": "sms", "direction": "in", "text": text}
    at = {"external_id": f"{message}@c.example", "sent_at": world.now, "received_at": world.now}
    async with world.database.writing() as connection:
        address = {"address_id": world.known["mailto:ana@c.example"]}
        await connection.execute(conversations.insert().values(**about, **times, **address))
        await connection.execute(messages.insert().values(**said, **at, **address, subject=subject))
    return talk


async def test_it_begins_a_mail_of_its_own_and_an_answer_to_it_names_it(world: World, tmp_path: Path) -> None:
    _with_mail(world)
    ana = await world.customer("Ana", "mailto:ana@c.example", language="pt", **TOMORROW)
    talk = await _wrote(world, ana, "It is broken", "My vase")
    await world.plan()
    world.forward(hours=22)
    assert await world.hand() == 1
    sent = await _out(world, tmp_path)
    assert (sent.subject, sent.thread, sent.reply_to) == ("Parabéns, Ana", (), "")
    await world.deliver()
    [(key,)] = await world.rows("SELECT message_id FROM touches")
    [(where, name)] = await world.rows(
        "SELECT m.conversation_id, d.external_id FROM messages m JOIN deliveries d ON d.message_id = m.id"
    )
    assert where == talk, "in the matter in which an answer would land"
    async with world.database.reading() as connection:
        after = await matters.before(connection, talk, "sms", key + 1)
    assert after.said[-1] == name


FOUND = [
    pytest.param("{}", "Tidings", id="none of its own"),
    pytest.param('subject = "A word, {{{{ name }}}}"\nname = "you"\n---\n{}', "A word, Ana", id="its own"),
]


@pytest.mark.parametrize(("written", "subject"), FOUND)
async def test_a_text_without_a_subject_has_the_name_of_the_business(
    world: World, tmp_path: Path, written: str, subject: str
) -> None:
    _with_mail(world)
    own = text_of(written.format("All the best!"), name="birthday", language="en", file="birthday.en.txt")
    world.rules = replace(world.rules, wording=world.rules.wording.plus([own]))
    await world.customer("Ana", "mailto:ana@c.example", language="en", **TOMORROW)
    await world.plan()
    world.forward(hours=22)
    await world.hand()
    sent = await _out(world, tmp_path)
    assert sent.subject == subject
    begin = "All the best!\n\nTo get no more of these: https://in.example/p/"
    assert sent.text.startswith(begin)


async def test_without_a_page_a_mail_says_by_which_word_to_stop(world: World, tmp_path: Path) -> None:
    _with_mail(world)
    world.rules = replace(world.rules, links=None)
    await world.customer("Ana", "mailto:ana@c.example", language="en", **TOMORROW)
    await world.plan()
    world.forward(hours=22)
    await world.hand()
    sent = await _out(world, tmp_path)
    assert sent.text.endswith("\n\nReply STOP to stop.")
    assert sent.unsubscribe == ""


async def test_where_no_subject_is_shown_none_is_kept(world: World, tmp_path: Path) -> None:
    _with_mail(world, replace(MAIL, threads=False))
    await world.customer("Ana", "mailto:ana@c.example", language="en", **TOMORROW)
    await world.plan()
    world.forward(hours=22)
    await world.hand()
    assert (await _out(world, tmp_path)).subject == ""
    assert await world.rows("SELECT subject FROM messages") == [("",)]
