"""What a customer allows is seen at the desk word by word, and written down by who heard it."""

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from inbox.preferences.links import Links
from storage import consents, preferences
from storage.tables import consents as ledger
from tests.browser import browser, sideways, violations  # noqa: F401
from tests.inbox.desk.web.house import NOW, House, house_in
from tests.inbox.desk.web.test_browser import signed_in

FORM = {"subject": "birthday", "word": "yes", "source": "phone call", "wording": "May we write?"}


async def wrote(house: House, key: int, **values: Any) -> None:
    row = await house.row(key)
    told = {"word": "yes", "subject": "news", "source": "import", "at": NOW - timedelta(days=1), **values}
    async with house.app.database.writing() as connection:
        await consents.record(connection, house.app.database.ids, address_id=row.address_id, **told)


async def words(house: House) -> list[Any]:
    async with house.app.database.reading() as connection:
        return list((await connection.execute(select(ledger).order_by(ledger.c.id))).all())


async def test_every_word_is_shown_with_its_source(desk: House) -> None:
    key = await desk.conversation()
    await wrote(desk, key, wording="<b>News</b> by chat", proof="list of May")
    page = await desk.page(f"/desk/c/{key}/consent")
    for shown in ("Allowed: News and offers", "import", "&lt;b&gt;News&lt;/b&gt; by chat", "list of May"):
        assert shown in page
    assert "not asked" in page


async def test_the_panel_says_what_is_allowed_refused_and_not_asked(desk: House) -> None:
    key = await desk.conversation()
    assert "not asked" in await desk.page(f"/desk/c/{key}")
    await wrote(desk, key, subject="after_delivery")
    assert "after delivery" in await desk.page(f"/desk/c/{key}")
    await wrote(desk, key, subject="marketing", word="no", at=NOW)
    page = await desk.page(f"/desk/c/{key}")
    assert "refused" in page
    assert f'href="/desk/c/{key}/consent"' in page


async def test_an_agent_writes_down_what_they_heard(desk: House) -> None:
    key = await desk.conversation()
    address = (await desk.row(key)).address_id
    answer = await desk.post(f"/desk/c/{key}/consent", address=str(address), proof="call 7", **FORM)
    assert (answer.status, answer.headers["Location"]) == (303, f"/desk/c/{key}/consent?done=written")
    [line] = await words(desk)
    assert (line.word, line.subject, line.source, line.wording, line.proof, line.agent_id) == (
        "yes",
        "birthday",
        "phone call",
        "May we write?",
        "call 7",
        desk.agents["tiago"],
    )
    assert "by Tiago Ramos" in await desk.page(f"/desk/c/{key}/consent?done=written")


@pytest.mark.parametrize(
    "wrong",
    [{"source": ""}, {"wording": " "}, {"word": "perhaps"}, {"subject": "replies"}, {"address": "1"}],
)
async def test_what_proves_nothing_is_not_written(desk: House, wrong: dict[str, str]) -> None:
    key = await desk.conversation()
    address = str((await desk.row(key)).address_id)
    answer = await desk.post(f"/desk/c/{key}/consent", **{"address": address, **FORM, **wrong})
    assert answer.status == 409
    assert await words(desk) == []


async def test_the_form_of_another_site_is_refused(desk: House) -> None:
    key = await desk.conversation()
    address = str((await desk.row(key)).address_id)
    desk.csrf = "0" * 64
    assert (await desk.post(f"/desk/c/{key}/consent", address=address, **FORM)).status == 403


async def test_the_ledger_is_downloaded_without_formulas(desk: House) -> None:
    key = await desk.conversation()
    await wrote(desk, key, wording="=HYPERLINK(1)")
    text = await desk.page(f"/desk/c/{key}/consent.csv")
    [line] = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    assert line["wording"] == "'=HYPERLINK(1)"
    assert '"wording": "=HYPERLINK(1)"' in await desk.page(f"/desk/c/{key}/consent.json")
    await desk.page(f"/desk/c/{key}/consent.xml", 404)


async def test_the_link_shown_opens_the_customers_page(desk: House) -> None:
    key = await desk.conversation()
    page = await desk.page(f"/desk/c/{key}/consent")
    whose = (await desk.row(key)).customer_id
    settings = desk.app.settings
    links = Links(settings.secret_key.get_secret_value(), settings.public_url)
    link = links.address(whose, NOW)
    assert link in page
    assert (await desk.client.get(link.removeprefix(settings.public_url))).status == 200


async def test_that_somebody_waits_to_be_erased_is_shown(desk: House) -> None:
    key = await desk.conversation()
    whose = (await desk.row(key)).customer_id
    async with desk.app.database.writing() as connection:
        await preferences.ask_erasure(connection, desk.app.database.ids, whose, NOW)
    assert "They asked to be erased" in await desk.page(f"/desk/c/{key}/consent")
    await desk.app.eraser.erase(whose, NOW)
    page = await desk.page(f"/desk/c/{key}/consent")
    assert "Erased on request" in page
    assert "Write down" not in page


@pytest.mark.parametrize("path", ["/desk/c/1/consent", "/desk/c/1/consent.csv"])
async def test_nothing_is_shown_to_strangers_or_of_nobody(house: House, path: str) -> None:
    assert (await house.client.get(path, allow_redirects=False)).status == 401
    await house.sign_in()
    await house.page(path, 404)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (360, "dark")])
async def test_the_page_is_for_everybody(
    browser: Any,  # noqa: F811
    tmp_path: Path,
    width: int,
    scheme: Any,
) -> None:
    async with house_in(tmp_path, fixed=False) as house:
        key = await house.conversation("رنا الحسيني " + "n" * 60)
        await wrote(house, key, wording="w" * 90, at=house.app.clock())
        async with signed_in(browser, house, width=width, scheme=scheme) as page:
            await page.goto(f"/desk/c/{key}/consent")
            assert await violations(page) == []
            assert await sideways(page) == 0
