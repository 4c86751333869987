"""Profiles and merging in the browser: changed with reasons under each field, merged side by side, undone."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import insert, select

from storage.tables import addresses, conversations, customers, looks, merges
from tests.browser import browser, sideways, violations  # noqa: F401
from tests.inbox.desk.web.house import NOW, House, house_in
from tests.inbox.desk.web.test_browser import signed_in


async def twin(house: House, key: int, name: str = "Martha F.") -> int:
    """Keep another customer, without a conversation, who has the same number as a conversation's."""
    row, ids = await house.row(key), house.app.database.ids
    async with house.app.database.writing() as connection:
        way = select(addresses.c.address).where(addresses.c.id == row.address_id)
        number = (await connection.execute(way)).scalar_one().partition(":")[2]
        other = ids.next()
        await connection.execute(insert(customers).values(id=other, created_at=NOW, name=name, tier="gold"))
        place = {"address": f"whatsapp:{number}", "channel": "sms", "created_at": NOW}
        await connection.execute(insert(addresses).values(id=ids.next(), customer_id=other, **place))
    return other


async def rows(house: House, table: Any) -> list[Any]:
    async with house.app.database.reading() as connection:
        return list(await connection.execute(select(table).order_by(table.c.id)))


async def test_a_profile_is_seen_changed_and_each_look_is_written_down(desk: House) -> None:
    key = await desk.conversation(channel="sms", owner="tiago")
    page = await desk.page(f"/desk/c/{key}/profile")
    assert "What we know" in page
    assert "The configuration" not in page
    answer = await desk.post(
        f"/desk/c/{key}/profile", name="Marta F.", zone="Europe/Lisbon", birthday="--03-04"
    )
    assert answer.headers["Location"] == f"/desk/c/{key}/profile?done=changed"
    [who] = await rows(desk, customers)
    assert (who.name, who.zone, who.birth_month, who.birth_day) == ("Marta F.", "Europe/Lisbon", 3, 4)
    assert [one.what for one in await rows(desk, looks)] == ["seen", "changed"]
    page = await desk.page(f"/desk/c/{key}/profile?done=changed")
    assert "changed name, time zone, birthday" in page
    assert "What we know was changed by you: name, time zone, birthday" in await desk.page(f"/desk/c/{key}")


async def test_what_cannot_be_so_is_said_under_its_field_and_nothing_is_lost(desk: House) -> None:
    key = await desk.conversation()
    answer = await desk.post(f"/desk/c/{key}/profile", name="Marta <b>", zone="Mars", **{"consent-at": "1"})
    page = await answer.text()
    assert answer.status == 409
    assert "There is no such time zone" in page
    assert 'value="Marta &lt;b&gt;"' in page
    assert [one.name for one in await rows(desk, customers)] == ["Marta Figueiredo"]


async def test_consent_needs_the_words_it_was_given_in(desk: House) -> None:
    key = await desk.conversation()
    form = {"consent-at": str((await desk.row(key)).address_id), "consent-word": "yes"}
    answer = await desk.post(f"/desk/c/{key}/profile", **form)
    assert (answer.status, "in which words" in await answer.text()) == (409, True)
    answer = await desk.post(f"/desk/c/{key}/profile", **form, wording="yes, on the phone")
    assert answer.status == 303
    assert "allows marketing" in await desk.page(f"/desk/c/{key}/profile")


async def test_two_are_merged_side_by_side_and_parted_again(desk: House) -> None:
    key = await desk.conversation(channel="sms")
    other = await twin(desk, key)
    assert "Likely the same person" in await desk.page(f"/desk/c/{key}/profile")
    assert "Likely the same" in await desk.page(f"/desk/c/{key}")
    page = await desk.page(f"/desk/c/{key}/merge?with={other}")
    assert "Martha F." in page
    assert "stricter consent" in page
    mine = (await desk.row(key)).customer_id
    form = {"other": str(other), "survivor": str(mine)}
    refused = await desk.post(f"/desk/c/{key}/merge", **form, sure="merge")
    assert (refused.status, "Type MERGE in capitals" in await refused.text()) == (409, True)
    answer = await desk.post(f"/desk/c/{key}/merge", **form, sure="MERGE")
    assert answer.headers["Location"] == f"/desk/c/{key}/profile?done=merged"
    page = await desk.page(f"/desk/c/{key}/profile")
    [merge] = await rows(desk, merges)
    assert (merge.survivor_id, merge.absorbed_id) == (mine, other)
    assert f'name="merge" value="{merge.id}"' in page
    answer = await desk.post(f"/desk/c/{key}/unmerge", merge=str(merge.id))
    assert answer.headers["Location"] == f"/desk/c/{key}/profile?done=undone"
    assert "They are two customers again" in await desk.page(f"/desk/c/{key}/profile?done=undone")
    assert "Likely the same person" not in await desk.page(f"/desk/c/{key}/profile")


async def test_a_conversation_that_goes_on_elsewhere_says_where(desk: House) -> None:
    first = await desk.conversation(channel="sms")
    second = await desk.conversation("Mia", channel="telegram", opened_at=NOW)
    mine, other = [(await desk.row(key)).customer_id for key in (first, second)]
    form = {"other": str(other), "survivor": str(mine), "sure": "MERGE"}
    await desk.post(f"/desk/c/{first}/merge", **form)
    page = await desk.page(f"/desk/c/{second}")
    assert "merged into another" in page
    assert f'href="/desk/c/{first}?view=mine#who"' in page
    assert "Open again" not in page
    [states] = [[row.state for row in await rows(desk, conversations)]]
    assert states == ["open", "resolved"]


async def test_an_agent_sees_no_merge_and_no_whole_number_of_a_colleagues_customer(desk: House) -> None:
    key = await desk.conversation(channel="sms", owner="tiago", address="tel:+351912345408")
    other = await twin(desk, key)
    await desk.sign_in("helena")
    page = await desk.page(f"/desk/c/{key}/profile")
    assert "345408" not in page.replace(" ", "")
    assert f"/desk/c/{key}/merge" not in page
    assert "by a lead or an admin" in await desk.page(f"/desk/c/{key}/merge?with={other}", 403)
    answer = await desk.post(f"/desk/c/{key}/merge", other=str(other), sure="MERGE")
    assert answer.status == 403
    assert await rows(desk, merges) == []


@pytest.mark.parametrize("path", ["profile", "merge"])
async def test_of_no_conversation_there_is_no_page(desk: House, path: str) -> None:
    await desk.page(f"/desk/c/12345/{path}", 404)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (390, "light")])
async def test_everybody_can_read_both_pages(
    tmp_path: Path,
    browser: Browser,  # noqa: F811
    width: int,
    scheme: Any,
) -> None:
    async with (
        house_in(tmp_path, fixed=False) as house,
        signed_in(browser, house, width=width, scheme=scheme) as page,
    ):
        key = await house.conversation("Marta Figueiredo", channel="sms", owner="tiago", tier="platinum")
        await house.said(key, "Where is my order A-1017?")
        other = await twin(house, key)
        for path in ("profile", f"merge?with={other}", "merge?find=mart"):
            await page.goto(f"/desk/c/{key}/{path}")
            assert await violations(page) == []
            assert await sideways(page) == 0
        await page.goto(f"/desk/c/{key}/profile")
        await page.get_by_role("link", name="See both").click()
        await page.get_by_label("Type MERGE to merge").fill("MERGE")
        await page.get_by_role("button", name="Merge").click()
        await expect(page.get_by_text("They are one customer now.")).to_be_visible()
        await page.get_by_role("button", name="Undo").click()
        await page.wait_for_url(re.compile("done=undone"))
