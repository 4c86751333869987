"""The customer's page: what it shows, what it hides, and what its form does."""

import re
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientResponse
from sqlalchemy import update

from config.telling import LONGEST_LINK
from storage.tables import addresses, customers
from tests.inbox.desk.web.house import NOW, House
from tests.inbox.preferences.house import Guest, guest


async def get(house: House, path: str, **more: Any) -> ClientResponse:
    return await house.client.get(path, allow_redirects=False, **more)


async def post(marta: Guest, **fields: str) -> ClientResponse:
    return await marta.house.client.post(marta.path, data=fields, allow_redirects=False)


async def save(marta: Guest, ticks: tuple[str, ...] = (), was: str = "", **fields: str) -> ClientResponse:
    blank = dict.fromkeys(("preferred", "quiet_from", "quiet_until", "day", "month", "year"), "")
    ticked = {f"allow {tick}": "yes" for tick in ticks}
    return await post(marta, do="save", was=was, **{**blank, **fields}, **ticked)


def was_of(page: str) -> str:
    found = re.search(r'name="was" value="([^"]*)"', page)
    assert found
    return found[1]


async def test_a_page_shows_what_is_known_with_addresses_masked(house: House, marta: Guest) -> None:
    answer = await get(house, marta.path)
    page = await answer.text()
    assert answer.status == 200
    for shown in (
        "Marta Figueiredo",
        "··· 408",
        "1, since March 2026",
        "Birthday wishes",
        "not connected",
        "Receive a copy",
    ):
        assert shown in page
    for hidden in ("912345", "7700042", "latinum", "tier", str(marta.id)):
        assert hidden not in page


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Cache-Control", "no-store"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Robots-Tag", "noindex, nofollow, noarchive"),
        ("X-Content-Type-Options", "nosniff"),
    ],
)
async def test_a_page_leaves_no_trace(house: House, marta: Guest, name: str, value: str) -> None:
    for path in (marta.path, "/p/wrong", f"{marta.path}/copy"):
        assert (await get(house, path)).headers[name] == value


@pytest.mark.parametrize(
    ("language", "asked", "heading"),
    [
        ("pt", "", "O que recebe de nós"),
        ("es", "", "Lo que recibe"),
        ("de", "", "What you get from us"),
        ("pt", "en", "What you get from us"),
        ("en", "es", "Lo que recibe"),
        ("pt-BR", "xx", "O que recebe de nós"),
    ],
)
async def test_a_page_speaks_its_customers_language_or_the_one_they_switch_to(
    house: House, language: str, asked: str, heading: str
) -> None:
    marta = await guest(house, language=language)
    page = await (await get(house, f"{marta.path}?lang={asked}")).text()
    assert heading in page


async def test_every_link_that_does_not_work_is_answered_alike(house: House, marta: Guest) -> None:
    token = marta.path.removeprefix("/p/")
    nobody = marta.links.token(1, NOW)
    over = marta.links.token(marta.id, NOW - timedelta(days=90))
    await marta.change(erased_at=NOW)
    paths = ["x", token[:-1], token[:10] + "B" + token[11:], nobody, over, token, "a" * 5000, "%00", "ü"]
    answers = [await get(house, f"/p/{path}") for path in paths]
    assert {answer.status for answer in answers} == {404}
    assert len({await answer.text() for answer in answers}) == 1
    assert "does not work any more" in await answers[0].text()
    assert {(await house.client.post(f"/p/{path}", data={"do": "stop"})).status for path in paths} == {404}
    assert await marta.words() == []


async def test_a_link_opens_the_page_of_whom_a_customer_was_joined_to(house: House, marta: Guest) -> None:
    old = house.app.database.ids.next()
    async with house.app.database.writing() as connection:
        await connection.execute(
            customers.insert().values(id=old, name="M.", created_at=NOW, merged_into=marta.id)
        )
    page = await (await get(house, f"/p/{marta.links.token(old, NOW)}")).text()
    assert "Marta Figueiredo" in page


async def test_a_tick_is_a_yes_with_the_label_that_was_read(house: House, marta: Guest) -> None:
    page = await (await get(house, marta.path)).text()
    name = f"{marta.sms}:birthday"
    ticks = (*was_of(page).split(), name)
    answer = await save(marta, ticks=ticks, was=was_of(page))
    assert answer.status == 303
    [line] = await marta.ledger()
    assert (line.address_id, line.word, line.subject, line.source) == (
        marta.sms,
        "yes",
        "birthday",
        "preference page",
    )
    assert line.wording == "Birthday wishes by SMS ··· 408. One message a year"
    assert f">{line.wording}</span>" in page
    again = await (await get(house, answer.headers["Location"])).text()
    assert "Saved at 14:40" in again
    assert re.search(rf'name="allow {name}" value="yes" checked', again)


async def test_an_unticked_box_is_a_no_and_orders_go_on_until_one(house: House, marta: Guest) -> None:
    orders = f"{marta.sms}:orders"
    page = await (await get(house, marta.path)).text()
    assert orders in was_of(page).split()
    await save(marta, was=was_of(page), ticks=tuple(set(was_of(page).split()) - {orders}))
    assert await marta.words() == [(marta.sms, "no", "orders")]
    assert orders not in was_of(await (await get(house, marta.path)).text())


async def test_what_was_not_asked_is_not_answered_by_saving(house: House, marta: Guest) -> None:
    page = await (await get(house, marta.path)).text()
    await save(marta, was=was_of(page), ticks=tuple(was_of(page).split()))
    assert await marta.words() == []


async def test_a_page_opened_before_a_stop_does_not_allow_again_what_was_stopped(
    house: House, marta: Guest
) -> None:
    name = f"{marta.sms}:birthday"
    page = await (await get(house, marta.path)).text()
    was = was_of(page)
    await save(marta, was=was, ticks=(*was.split(), name))
    stale = was_of(await (await get(house, marta.path)).text())
    await post(marta, do="stop")
    before = await marta.words()
    await save(marta, was=stale, ticks=tuple(stale.split()))
    assert await marta.words() == before
    assert (await marta.allowed())[marta.sms, "birthday"] is False


async def test_a_box_at_a_stopped_address_cannot_be_ticked(house: House, marta: Guest) -> None:
    async with house.app.database.writing() as connection:
        stop = update(addresses).where(addresses.c.id == marta.sms)
        await connection.execute(stop.values(stopped_at=NOW))
    page = await (await get(house, marta.path)).text()
    assert "You said stop by SMS ··· 408 on 24 November 2026" in page
    assert f"allow {marta.sms}:" not in page
    await save(marta, ticks=(f"{marta.sms}:birthday",))
    assert await marta.words() == []


async def test_stop_everything_refuses_marketing_everywhere_and_keeps_orders(
    house: House, marta: Guest
) -> None:
    other = await guest_at(house, "whatsapp:+351912345408")
    await save(marta, ticks=(f"{marta.sms}:news", f"{marta.telegram}:birthday"))
    answer = await post(marta, do="stop")
    assert answer.status == 303
    held = await marta.allowed()
    for key in (marta.sms, marta.telegram, other):
        assert held[key, "marketing"] is False
    assert held[marta.sms, "news"] is False
    assert held[marta.telegram, "birthday"] is False
    assert held[marta.sms, "orders"] is True
    page = await (await get(house, answer.headers["Location"])).text()
    assert "Stopped at 14:40" in page
    assert was_of(page).split() == [f"{marta.sms}:orders", f"{marta.telegram}:orders"]
    assert (await marta.ledger())[-1].wording.startswith("I want no more messages. We then write only")


async def guest_at(house: House, address: str) -> int:
    """Somebody else who has an address."""
    ids = house.app.database.ids
    customer, key = ids.next(), ids.next()
    async with house.app.database.writing() as connection:
        await connection.execute(customers.insert().values(id=customer, created_at=NOW))
        await connection.execute(
            addresses.insert().values(
                id=key, customer_id=customer, address=address, channel="whatsapp", created_at=NOW
            )
        )
    return key


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"day": "24", "month": "11"}, (24, 11, None)),
        ({"day": "29", "month": "2"}, (29, 2, None)),
        ({"day": "29", "month": "2", "year": "1984"}, (29, 2, 1984)),
        ({}, (None, None, None)),
    ],
    ids=["day and month", "leap day without a year", "leap day", "erased"],
)
async def test_a_birthday_is_told_on_the_page(
    house: House, marta: Guest, fields: dict[str, str], kept: tuple[int | None, ...]
) -> None:
    await marta.change(birth_day=1, birth_month=1, birthday_in_bulk=True)
    assert (await save(marta, (), "", **fields)).status == 303
    row = await marta.row()
    assert (row.birth_day, row.birth_month, row.birth_year) == kept
    assert (row.birthday_at, row.birthday_in_bulk, row.birthday_fault) == (NOW, False, "")


async def test_a_birthday_that_was_not_touched_was_not_told_anew(house: House, marta: Guest) -> None:
    await marta.change(birth_day=1, birth_month=3, birthday_at=NOW - timedelta(days=9))
    await save(marta, day="1", month="3")
    assert (await marta.row()).birthday_at == NOW - timedelta(days=9)


async def test_a_doubted_birthday_is_asked_for_anew(house: House, marta: Guest) -> None:
    await marta.change(birth_day=1, birth_month=1, birth_year=1970, birthday_fault="placeholder_birthdate")
    assert "1970" not in await (await get(house, marta.path)).text()
    await save(marta)
    assert (await marta.row()).birthday_fault == "placeholder_birthdate"
    await save(marta, day="2", month="1", year="1970")
    assert (await marta.row()).birthday_fault == ""


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"day": "31", "month": "4"}, "There is no such day"),
        ({"day": "29", "month": "2", "year": "1983"}, "There is no such day"),
        ({"day": "24"}, "There is no such day"),
        ({"day": "٣", "month": "1"}, "There is no such day"),
        ({"day": "25", "month": "11", "year": "2026"}, "There is no such day"),
        ({"day": "24", "month": "11", "year": "84"}, "four digits"),
        ({"day": "24", "month": "11", "year": "1899"}, "four digits"),
        ({"quiet_from": "21:00"}, "Write both hours"),
        ({"quiet_from": "21:00", "quiet_until": "21:00"}, "Write both hours"),
        ({"quiet_from": "25:00", "quiet_until": "09:00"}, "Write both hours"),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_is_lost_or_saved(
    house: House, marta: Guest, fields: dict[str, str], sentence: str
) -> None:
    name = f"{marta.sms}:birthday"
    answer = await save(marta, (name,), "", **fields)
    page = await answer.text()
    assert answer.status == 422
    assert sentence in page
    assert 'aria-invalid="true"' in page
    assert re.search(rf'name="allow {name}" value="yes" checked', page)
    for value in fields.values():
        assert f'value="{value}"' in page
    assert await marta.words() == []


async def test_hours_and_channel_are_kept_and_can_be_taken_back(house: House, marta: Guest) -> None:
    await save(marta, quiet_from="21:00", quiet_until="09:00", preferred="telegram")
    row = await marta.row()
    assert (row.quiet_from, row.quiet_until, row.preferred_channel) == (1260, 540, "telegram")
    page = await (await get(house, marta.path)).text()
    assert 'value="21:00"' in page
    await save(marta, preferred="whatsapp")
    row = await marta.row()
    assert (row.quiet_from, row.quiet_until, row.preferred_channel) == (None, None, "telegram")


async def test_a_copy_holds_their_words_and_none_of_ours_about_them(house: House, marta: Guest) -> None:
    conversation = await house.conversation("X", channel="sms")
    async with house.app.database.writing() as connection:
        await connection.exec_driver_sql(
            f"UPDATE conversations SET customer_id = {marta.id} WHERE id = {conversation}"
        )
    await house.said(conversation, "Where are my olives?")
    await house.said(conversation, "a difficult one", "note", "helena")
    await post(marta, do="stop")
    answer = await get(house, f"{marta.path}/copy")
    assert "attachment" in answer.headers["Content-Disposition"]
    text = await answer.text()
    for told in ("Where are my olives?", "+351912345408", "a jar of olives", "I want no more messages"):
        assert told in text
    for ours in ("difficult", "platinum", "tier", "agent_id"):
        assert ours not in text


async def test_a_name_is_not_taken_for_html(house: House) -> None:
    marta = await guest(house, name="<script>alert(1)</script> {name}")
    page = await (await get(house, marta.path)).text()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {name}" in page


async def test_a_mail_program_refuses_marketing_for_its_reader_with_one_click(
    house: House, marta: Guest
) -> None:
    answer = await house.client.post(
        marta.path, data={"List-Unsubscribe": "One-Click"}, allow_redirects=False
    )
    assert answer.status == 200, "RFC 8058 wants no redirect"
    assert {(subject, word) for _, word, subject in await marta.words() if word == "no"} == {
        ("marketing", "no")
    }
    assert not any(
        allowed for (_, subject), allowed in (await marta.allowed()).items() if subject == "marketing"
    )


async def test_a_form_that_is_not_ours_is_refused(house: House, marta: Guest) -> None:
    assert (await post(marta, do="nonsense")).status == 400


async def test_a_full_house_says_that_nothing_was_saved(
    house: House, marta: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    from storage.database import StorageFull

    def full() -> None:
        raise StorageFull

    monkeypatch.setattr(type(house.app.database), "writing", lambda self: full())
    answer = await post(marta, do="stop")
    assert answer.status == 503
    assert "Nothing was saved" in await answer.text()


async def test_who_asks_too_often_is_slowed_down(house: House, marta: Guest) -> None:
    statuses = [(await get(house, "/p/guess")).status for _ in range(70)]
    assert statuses[0] == 404
    assert statuses[-1] == 429


async def test_a_touch_can_hand_its_customer_the_link(house: House, marta: Guest) -> None:
    links = house.app.first_word.rules.links
    assert links is not None
    address = links.address(marta.id, NOW)
    assert len(address) <= LONGEST_LINK
    assert (await get(house, address.removeprefix(house.app.settings.public_url))).status == 200
