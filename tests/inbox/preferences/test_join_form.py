"""Who types an address at /join gets one code there, and only who types the code has allowed anything."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, cast

import pytest
from playwright.async_api import Browser
from sqlalchemy import func, insert, select, update

from bots.channel import Channel
from bots.email.spec import SPEC as MAIL
from config.joining import JoinKnobs
from config.touch_policy import TouchKnobs
from inbox.housekeeping import Housekeeping
from inbox.preferences.choosing import stop_everything
from inbox.preferences.join_form import TASK
from inbox.preferences.marks import mark
from inbox.preferences.masks import masked
from storage import consents, preferences, suppressed
from storage.tables import addresses, allowances, conversations, customers, deliveries, messages
from storage.tables import consents as ledger
from tests.browser import browser, context_of, sideways, violations  # noqa: F401
from tests.inbox.desk.web.house import House, Quiet, house_in
from tests.inbox.preferences.house import NUMBER, guest

NEW = "+351 912 000 111"
ON: dict[str, Any] = {
    "business": "Casa Oliva",
    "join": JoinKnobs(form=True),
    "touches": TouchKnobs(country="PT", zone="Europe/Lisbon"),
}
LABEL = "Casa Oliva may send me: Birthday wishes (One message a year)"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Open a house with the form, texts and mail, at a fixed moment."""
    async with house_in(tmp_path, **ON) as opened:
        opened.app.channels["mail"] = cast(Channel, Quiet(spec=MAIL))
        yield opened


@pytest.fixture
async def going(tmp_path: Path) -> AsyncIterator[House]:
    """Open one whose clock goes, for the browser's own goes too."""
    async with house_in(tmp_path, fixed=False, **ON) as opened:
        opened.app.channels["mail"] = cast(Channel, Quiet(spec=MAIL))
        yield opened


def later(house: House, by: timedelta) -> None:
    """Move the house's clock."""
    then = house.app.clock() + by
    house.app.clock = lambda: then


async def asked(house: House, where: str, *ticks: str, lang: str = "en", place: str = "", **more: str) -> Any:
    """Fill in the form as a browser does; gives the answer, once what it began is over."""
    page = await house.page(f"/join?lang={lang}")
    [form] = re.findall(r'name="form" value="([^"]+)"', page)
    data = {"form": form, "where": where, **{f"allow {one}": "yes" for one in ticks}, **more}
    headers = {"X-Forwarded-For": place} if place else {}
    answer = await house.client.post(f"/join?lang={lang}", data=data, headers=headers, allow_redirects=False)
    await asyncio.gather(*(one for one in asyncio.all_tasks() if one.get_name() == TASK))
    return answer


async def owed(house: House) -> list[Any]:
    """List what is owed: lane, address and words, oldest first."""
    which = (
        select(deliveries.c.lane, addresses.c.address, deliveries.c.text, messages.c.subject)
        .join(messages, messages.c.id == deliveries.c.message_id)
        .join(addresses, addresses.c.id == messages.c.address_id)
    )
    async with house.app.database.reading() as connection:
        return list(await connection.execute(which.order_by(deliveries.c.id)))


async def said(house: House) -> list[Any]:
    async with house.app.database.reading() as connection:
        return list(await connection.execute(select(ledger).order_by(ledger.c.id)))


async def held(house: House) -> dict[str, bool]:
    async with house.app.database.reading() as connection:
        rows = await connection.execute(select(allowances.c.subject, allowances.c.allowed))
        return {row.subject: row.allowed for row in rows}


async def code_of(house: House) -> str:
    """Read the code out of the last message that is owed."""
    return str((await owed(house))[-1].text.partition("\n")[0])


async def test_without_the_switch_there_is_no_form_and_none_is_taken(tmp_path: Path) -> None:
    async with house_in(tmp_path, business="Casa Oliva") as house:
        assert "<form" not in await house.page("/join")
        assert (await house.client.post("/join", data={"where": NEW})).status == 404
        assert await owed(house) == []


@pytest.mark.parametrize(
    ("typed", "lane", "address"),
    [
        (NEW, "sms", "tel:+351912000111"),
        ("912 000 111", "sms", "tel:+351912000111"),
        (" Maria@Example.com ", "mail", "mailto:maria@example.com"),
    ],
    ids=["a whole number", "a number of our country", "a mailbox"],
)
async def test_only_the_code_makes_a_permission_and_nothing_else_is_sent(
    house: House, typed: str, lane: str, address: str
) -> None:
    answer = await asked(house, typed, "birthday")
    assert answer.status == 303
    [message] = await owed(house)
    assert (message.lane, message.address) == (lane, address)
    assert re.fullmatch(r"\d{6}\nIf you asked for messages from Casa Oliva, .+", message.text)
    assert await said(house) == []
    assert await held(house) == {}

    path = answer.headers["Location"]
    page = await house.page(path)
    assert masked(address) in page
    assert LABEL in page
    code = await code_of(house)
    done = await house.client.post(path, data={"code": f" {code[:3]} {code[3:]} "})
    assert "holds from now on" in await done.text()
    [line] = await said(house)
    assert (line.word, line.subject, line.source, line.wording) == ("yes", "birthday", "form", LABEL)
    assert line.at == house.app.clock()
    assert "typed the code" in line.proof
    assert await held(house) == {"birthday": True}
    assert len(await owed(house)) == 1


@pytest.mark.parametrize(
    ("language", "label", "words"),
    [
        ("pt", "Casa Oliva pode enviar-me: Parabéns (Uma mensagem por ano)", "Se pediu as mensagens"),
        ("es", "Casa Oliva puede enviarme: Felicitaciones (Un mensaje al año)", "Si ha pedido los mensajes"),
    ],
)
async def test_what_is_recorded_is_what_was_read_in_their_language(
    house: House, language: str, label: str, words: str
) -> None:
    assert label in await house.page(f"/join?lang={language}")
    answer = await asked(house, NEW, "birthday", lang=language)
    [message] = await owed(house)
    assert words in message.text
    await house.client.post(answer.headers["Location"], data={"code": await code_of(house)})
    assert [one.wording for one in await said(house)] == [label]
    async with house.app.database.reading() as connection:
        assert (await connection.execute(select(customers.c.language))).scalar_one() == language


async def test_the_browser_says_the_language_where_the_address_does_not(house: House) -> None:
    answer = await house.client.get("/join", headers={"Accept-Language": "fr, es;q=0.8"})
    assert '<html lang="es">' in await answer.text()


async def test_no_box_is_ticked_before_the_visitor_ticks_it(house: House) -> None:
    page = await house.page("/join")
    assert len(re.findall(r'type="checkbox"', page)) == 3
    assert not re.search(r'type="checkbox"[^>]*checked', page)
    assert "allow orders" not in page


@pytest.mark.parametrize(
    ("where", "ticks", "problem"),
    [
        ("", ["birthday"], "no mobile number"),
        ("12", ["birthday"], "no mobile number"),
        ("+44 7400 123456", ["birthday"], "no mobile number"),
        ("+351 21 000 0000", ["birthday"], "no mobile number"),
        ("maria@", ["birthday"], "no e-mail address"),
        ("maria@example.com\r\nBcc: x@example.com", ["birthday"], "no e-mail address"),
        (NEW, [], "Tick at least one"),
        (NEW, ["answers"], "Tick at least one"),
    ],
    ids=["empty", "short", "abroad", "a fixed line", "half", "two lines", "no tick", "no choice of ours"],
)
async def test_what_cannot_be_is_said_by_its_field_and_kept(
    house: House, where: str, ticks: list[str], problem: str
) -> None:
    answer = await asked(house, where, *ticks)
    page = await answer.text()
    assert answer.status == 422
    assert problem in page
    assert "aria-invalid" in page or "what-error" in page
    assert await owed(house) == []


async def test_numbers_of_other_countries_are_texted_where_they_are_named(tmp_path: Path) -> None:
    join = JoinKnobs(form=True, countries=("GB", "PT"))
    async with house_in(tmp_path, **{**ON, "join": join}) as house:
        assert (await asked(house, "+44 7400 123456", "news")).status == 303
        assert (await asked(house, "+34 600 123 456", "news")).status == 422
        assert [one.address for one in await owed(house)] == ["tel:+447400123456"]


async def test_an_address_gets_one_code_a_day_and_after_three_in_vain_none_for_a_month(house: House) -> None:
    for days, codes in ((0, 1), (0, 1), (1, 2), (1, 3), (1, 3), (5, 3), (23, 4)):
        later(house, timedelta(days=days, minutes=1))
        assert (await asked(house, NEW, "birthday", place=f"203.0.113.{codes}")).status == 303
        assert len(await owed(house)) == codes, days


async def test_who_typed_the_code_may_ask_again_the_next_day(house: House) -> None:
    for day in range(5):
        answer = await asked(house, NEW, "birthday")
        assert len(await owed(house)) == day + 1
        await house.client.post(answer.headers["Location"], data={"code": await code_of(house)})
        later(house, timedelta(days=1, minutes=1))
    assert len(await said(house)) == 5


async def stop(house: House, word: str) -> None:
    """Marta stops, or is erased, so that nothing may go to her number."""
    marta = await guest(house)
    database, now = house.app.database, house.app.clock()
    async with database.writing() as connection:
        match word:
            case "stop" | "no":
                await consents.record(
                    connection, database.ids, address_id=marta.sms, word=word, source="x", at=now
                )
            case "stop by another app":
                key = database.ids.next()
                row = {"id": key, "customer_id": marta.id, "address": "whatsapp:+351912345408"}
                await connection.execute(insert(addresses).values(**row, channel="wa", created_at=now))
                await connection.execute(
                    update(addresses).where(addresses.c.id == marta.sms).values(address="x:1")
                )
                await consents.record(
                    connection, database.ids, address_id=key, word="stop", source="x", at=now
                )
            case "stop everything":
                known = await preferences.known(connection, marta.id, now)
                assert known is not None
                subjects = house.app.first_word.book.subjects
                await stop_everything(connection, database.ids, known, subjects, "x", now)
            case "erased":
                await connection.execute(update(addresses).values(address=addresses.c.address + "gone"))
                await suppressed.keep(connection, [mark(NUMBER, "0" * 64)], "erased", now)
            case "deceased":
                await connection.execute(update(customers).values(deceased_at=now))
            case "out of reach":
                await connection.execute(update(addresses).values(closed_at=now, closed_reason="blocked"))


@pytest.mark.parametrize(
    "word", ["stop", "no", "stop by another app", "stop everything", "erased", "deceased", "out of reach"]
)
async def test_an_address_that_is_to_be_left_alone_is_and_nobody_can_tell(house: House, word: str) -> None:
    await stop(house, word)
    before = len(await said(house))
    answers = [await asked(house, one, "birthday") for one in (NUMBER.removeprefix("tel:"), NEW)]
    assert [one.status for one in answers] == [303, 303]
    assert [one.address for one in await owed(house)] == ["tel:+351912000111"]
    pages = [await house.page(one.headers["Location"]) for one in answers]
    quiet, told = (page.replace("408", "···").replace("111", "···") for page in pages)
    assert quiet == told
    code = await code_of(house)
    wrong = [await house.client.post(one.headers["Location"], data={"code": "000000"}) for one in answers]
    assert [one.status for one in wrong] == [422, 422]
    assert (await house.client.post(answers[0].headers["Location"], data={"code": code})).status == 422
    assert len(await said(house)) == before


async def test_who_wrote_start_after_their_stop_may_ask_again(house: House) -> None:
    await stop(house, "stop")
    later(house, timedelta(minutes=1))
    database = house.app.database
    async with database.writing() as connection:
        key = (
            await connection.execute(select(addresses.c.id).where(addresses.c.address == NUMBER))
        ).scalar_one()
        await consents.record(
            connection, database.ids, address_id=key, word="start", source="texted", at=house.app.clock()
        )
    answer = await asked(house, NUMBER, "birthday")
    later(house, timedelta(minutes=1))
    await house.client.post(answer.headers["Location"], data={"code": await code_of(house)})
    assert await held(house) == {"marketing": False, "birthday": True}


async def test_a_customer_we_know_is_written_to_where_they_are_and_stays_one(house: House) -> None:
    marta = await guest(house, language="pt")
    answer = await asked(house, NUMBER.removeprefix("tel:"), "birthday", "news")
    await house.client.post(answer.headers["Location"], data={"code": await code_of(house)})
    assert await marta.words() == [(marta.sms, "yes", "birthday"), (marta.sms, "yes", "news")]
    async with house.app.database.reading() as connection:
        assert (await connection.execute(select(func.count()).select_from(customers))).scalar_one() == 1
        [talk] = (await connection.execute(select(conversations))).all()
    assert (talk.state, talk.waiting_since, talk.owner_id) == ("resolved", None, None)


async def test_five_wrong_codes_end_it(house: House) -> None:
    answer = await asked(house, NEW, "birthday")
    code, path = await code_of(house), answer.headers["Location"]
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _ in range(5):
        assert (await house.client.post(path, data={"code": wrong})).status == 422
    assert (await house.client.post(path, data={"code": code})).status == 422
    assert await said(house) == []


async def test_a_code_is_good_for_a_day_and_typed_again_changes_nothing(house: House) -> None:
    answer = await asked(house, NEW, "birthday")
    path, data = answer.headers["Location"], {"code": await code_of(house)}
    later(house, timedelta(hours=23))
    assert (await house.client.post(path, data=data)).status == 200
    assert (await house.client.post(path, data=data)).status == 200
    assert len(await said(house)) == 1
    later(house, timedelta(hours=1))
    assert (await house.client.post(path, data=data)).status == 404


async def test_a_stop_between_the_code_and_its_page_holds(house: House) -> None:
    answer = await asked(house, NEW, "birthday")
    database = house.app.database
    async with database.writing() as connection:
        key = (await connection.execute(select(addresses.c.id))).scalar_one()
        await consents.record(
            connection, database.ids, address_id=key, word="stop", source="texted", at=house.app.clock()
        )
    code = await code_of(house)
    assert (await house.client.post(answer.headers["Location"], data={"code": code})).status == 422
    assert await held(house) == {"marketing": False}


@pytest.mark.parametrize(
    ("word", "days", "kept"),
    [
        ("", 32, False),
        ("", 30, True),
        ("typed", 32, True),
        ("wrote", 32, True),
        ("stop", 32, True),
        ("asked again", 30, True),
        ("asked again", 32, False),
        ("an agent", 32, True),
    ],
    ids=lambda one: str(one) or "nothing",
)
async def test_a_stranger_of_whom_nothing_came_is_forgotten_after_a_month_and_may_ask_anew(
    house: House, word: str, days: int, kept: bool
) -> None:
    answer = await asked(house, NEW, "birthday")
    database, now = house.app.database, house.app.clock()
    async with database.writing() as connection:
        match word:
            case "wrote":
                await connection.execute(update(addresses).values(last_in_at=now))
            case "stop":
                await connection.execute(update(addresses).values(stopped_at=now))
            case "an agent":
                await connection.execute(update(messages).values(agent_id=house.agents["tiago"]))
    if word == "typed":
        await house.client.post(answer.headers["Location"], data={"code": await code_of(house)})
    if word == "asked again":
        later(house, timedelta(days=2))
        await asked(house, NEW, "birthday")
    later(house, timedelta(days=days))
    keeping = Housekeeping(
        database=database, nudges=house.app.nudges, days=0, clock=lambda: house.app.clock()
    )
    assert not await keeping.turn()
    texts = [(one.address == "tel:+351912000111", "\n" in one.text) for one in await owed(house)]
    assert set(texts) == {(kept, kept)}
    assert (await asked(house, NEW, "birthday")).status == 303
    assert len(await owed(house)) == len(texts) + (word != "stop")


async def test_one_place_asks_for_six_codes_an_hour(house: House) -> None:
    numbers = [f"+351 912 000 {number}" for number in range(111, 118)]
    statuses = [(await asked(house, one, "birthday", place="203.0.113.5")).status for one in numbers]
    assert statuses == [303] * 6 + [429]
    assert (await asked(house, numbers[6], "birthday", place="203.0.113.6")).status == 303
    assert len(await owed(house)) == 7


async def test_all_together_get_so_many_codes_a_day(tmp_path: Path) -> None:
    async with house_in(tmp_path, **{**ON, "join": JoinKnobs(form=True, a_day=2)}) as house:
        numbers = [f"+351 912 000 {number}" for number in range(111, 115)]
        statuses = [
            (await asked(house, one, "birthday", place=f"203.0.113.{n}")).status
            for n, one in enumerate(numbers)
        ]
        assert statuses == [303, 303, 429, 429]
        later(house, timedelta(days=1, minutes=1))
        assert (await asked(house, numbers[3], "birthday")).status == 303


@pytest.mark.parametrize(
    ("headers", "form", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, None, 403),
        ({"Origin": "https://elsewhere.example"}, None, 403),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, None, 303),
        ({}, "made.up", 422),
        ({}, "", 422),
    ],
    ids=["another site", "another origin", "our own page, which tells no origin", "a forged mark", "none"],
)
async def test_only_our_own_forms_are_taken(
    house: House, headers: dict[str, str], form: str | None, status: int
) -> None:
    [ours] = re.findall(r'name="form" value="([^"]+)"', await house.page("/join"))
    data = {"form": ours if form is None else form, "where": NEW, "allow birthday": "yes"}
    answer = await house.client.post("/join", data=data, headers=headers, allow_redirects=False)
    assert answer.status == status
    if status == 422:
        page = await answer.text()
        assert "had been open for long" in page
        assert NEW in page
        assert re.search(r'name="allow birthday" value="yes" checked', page)


async def test_a_form_grows_old_and_a_slip_that_is_no_slip_opens_nothing(house: House) -> None:
    [form] = re.findall(r'name="form" value="([^"]+)"', await house.page("/join"))
    later(house, timedelta(hours=2))
    data = {"form": form, "where": NEW, "allow birthday": "yes"}
    assert (await house.client.post("/join", data=data)).status == 422
    for path in ("/join/x", f"/join/{form}", "/join/%F0%9F%8E%82"):
        assert "Ask for a code" in await house.page(path, 404)
        assert (await house.client.post(path, data={"code": "000000"})).status == 404


async def test_what_is_typed_is_text_and_the_page_keeps_its_policy(house: House) -> None:
    answer = await asked(house, '"><script>alert(1)</script>@x', "birthday")
    page = await answer.text()
    assert "<script" not in page
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("language", "width", "scheme"), [("en", 1440, "light"), ("pt", 360, "dark"), ("es", 360, "light")]
)
async def test_the_form_and_the_code_are_for_everybody(
    browser: Browser,  # noqa: F811
    going: House,
    language: str,
    width: int,
    scheme: Literal["light", "dark"],
) -> None:
    context = await context_of(browser, base_url=going.base, width=width, scheme=scheme, scripts=True)
    page = await context.new_page()
    await page.goto(f"/join?lang={language}")
    await page.locator("form button").click()
    assert await page.locator("[aria-invalid]").count() == 1
    assert await violations(page) == []
    assert await sideways(page) == 0
    await page.locator("#where").fill(NEW)
    await page.locator("[name='allow birthday']").check()
    await page.locator("form button").click()
    await page.wait_for_url("**/join/*")
    assert await violations(page) == []
    assert await sideways(page) == 0
    await page.locator("#code").fill(await code_of(going))
    await page.locator("form button").click()
    await page.wait_for_url("**/join/done*")
    assert await violations(page) == []
    assert await held(going) == {"birthday": True}
    await context.close()
