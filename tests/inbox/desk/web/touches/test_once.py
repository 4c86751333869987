"""Claims about touches made once: nothing is cleared, mistakes stand at their fields, approval is a step."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from inbox.desk.web.touches.once_form import key_of_name
from storage import one_offs
from storage.tables import touches
from storage.touch_rows import OneOff
from tests.inbox.desk.web.house import House
from tests.inbox.desk.web.touches.town import person, plan_today, touch

GOOD = {
    "name": "Spring plates",
    "subject": "news",
    "on": "2026-11-25",
    "at": "11:00",
    "valid": "3 hours",
    "text_en": "Hello {{ name }}, the spring plates are here.",
    "instead_en": "friend",
    "holdout": "10",
}


async def made(house: House) -> list[OneOff]:
    async with house.app.database.reading() as connection:
        return await one_offs.every(connection)


async def test_a_draft_is_made_looked_at_and_sent_only_when_approved(town: House) -> None:
    await person(town, "Marta", tier="gold")
    await person(town, "Jorge", tier="lead")
    answer = await town.post("/desk/touches/once", **GOOD, tier_gold="yes", tier_platinum="yes")
    assert answer.status == 303
    (row,) = await made(town)
    assert (row.name, row.state, row.definition["who"]) == (
        "Spring plates",
        "draft",
        {"tiers": ["platinum", "gold"]},
    )
    page = await town.page(answer.headers["Location"])
    assert "Nothing is sent before it is approved" in page
    assert "1 customer is due." in page
    assert "Hello Marta, the spring plates are here." in page
    assert "Jorge" not in page
    await town.post(f"/desk/touches/once/{row.id}/approve")
    assert (await made(town))[0].state == "approved"
    assert "Spring plates" in await town.page("/desk/touches?day=2026-11-25")


async def test_stopping_cancels_what_waits_and_stays_stopped(town: House) -> None:
    await town.post("/desk/touches/once", **GOOD)
    (row,) = await made(town)
    who, address = await person(town)
    waits = await touch(town, who, address, kind=row.definition["key"], period="1")
    sent = await touch(town, who, address, kind=row.definition["key"], period="2", state="sent")
    await town.post(f"/desk/touches/once/{row.id}/stop")
    await town.post(f"/desk/touches/once/{row.id}/approve")
    assert (await made(town))[0].state == "stopped"
    async with town.app.database.reading() as connection:
        found = await connection.execute(select(touches.c.id, touches.c.state))
        states = {row.id: row.state for row in found}
    assert states == {waits: "cancelled", sent: "sent"}


@pytest.mark.parametrize(
    ("values", "field", "says"),
    [
        ({"name": ""}, "name", ""),
        ({"name": "x" * 65}, "name", "A name has at most 64 letters; this one has 65."),
        ({"on": ""}, "on", ""),
        ({"on": "2026-11-01"}, "on", "2026-11-01 has passed"),
        ({"at": "03:00"}, "at", "03:00 is outside the allowed hours of every recipient."),
        ({"at": "late"}, "at", ""),
        ({"valid": "soon"}, "valid", ""),
        ({"text_en": "Hello {{ nmae }}"}, "text_en", "There is no variable"),
        ({"text_en": "Hello {% for x in y %}"}, "text_en", ""),
        ({"text_en": ""}, "text_en", "Write the text in English"),
        ({"text_pt": "Olá {{ name }}{{ foo }}", "instead_pt": "x"}, "text_pt", "There is no variable"),
        ({"text_other": "Bonjour"}, "other", "Say which language this is"),
        ({"other": "français", "text_other": "Bonjour"}, "text_other", "is no language"),
        ({"holdout": "ten"}, "holdout", "is no number of per cent"),
        ({"holdout": "80"}, "holdout", ""),
        ({"ordered_within_days": "x"}, "ordered_within_days", "is no number of days"),
        ({"tags": "a", "without_tags": "a"}, "tags", "both asked for and refused"),
        ({"subject": "nothing"}, "subject", "There is no subject"),
    ],
)
async def test_each_mistake_stands_at_its_field_and_nothing_is_cleared(
    town: House, values: dict[str, str], field: str, says: str
) -> None:
    filled = GOOD | values
    answer = await town.post("/desk/touches/once", **filled)
    page = await answer.text()
    assert answer.status == 422
    assert await made(town) == []
    told = re.search(rf'<p class="wrong" id="wrong-{field}">(.*?)</p>', page)
    assert told, re.findall(r'id="wrong-(\w+)">(.*?)<', page)
    assert says in told[1].replace("&#39;", "'")
    assert re.search(rf'name="{field}"[^>]*aria-invalid="true" aria-describedby="wrong-{field}"', page)
    assert "once-" not in told[1]
    for name, value in filled.items():
        if name.startswith("text_") and value:
            assert value in page.replace("&#39;", "'")


async def test_a_name_is_taken_once(town: House) -> None:
    await town.post("/desk/touches/once", **GOOD)
    answer = await town.post("/desk/touches/once", **GOOD)
    assert answer.status == 422
    assert "There is a touch of this name." in await answer.text()
    assert len(await made(town)) == 1


@pytest.mark.parametrize(
    ("name", "key"), [("Spring plates", "once-spring-plates"), ("春", "once-touch"), ("A--b!", "once-a-b")]
)
def test_a_key_is_made_of_the_name(name: str, key: str) -> None:
    assert key_of_name(name) == key


async def test_a_quote_in_the_fallback_stays_a_quote(town: House) -> None:
    await person(town, "", language="en")
    hard: dict[str, Any] = GOOD | {"instead_en": 'dear "friend" \\ {{ 1 }}'}
    answer = await town.post("/desk/touches/once", **hard)
    page = await town.page(answer.headers["Location"])
    assert "Hello dear &quot;friend&quot; \\ {{ 1 }}, the spring plates are here." in page


async def test_occasions_say_who_when_over_what_and_what_stops_them(town: House) -> None:
    who, address = await person(town)
    await touch(town, who, address, state="sent")
    await plan_today(town)
    page = await town.page("/desk/touches/kinds")
    for words in (
        *("On the birthday at 10:00, until the day is over", "3 days after the delivery at 18:00"),
        *("24 hours after our last message, if nobody answers", "the customer writes first, or the order is"),
        *("Customers: without the tag no-news", "only what stops every touch", "<b>1</b> sent"),
    ):
        assert words in page
    states = re.findall(r'<h3 id="k-(\w+)">.*?</h3><span class="chip[^"]*">(\w+)</span>', page)
    assert dict(states)["birthday"] == "On"
    assert dict(states)["no_answer"] == "Off"


async def test_wording_is_shown_with_a_sample_with_fallbacks_and_with_its_size(town: House) -> None:
    page = await town.page("/desk/touches/wording")
    assert "Happy birthday, Marta Figueiredo!" in page
    assert "Happy birthday! We hope" in page
    assert "1 SMS" in page
    await town.post("/desk/touches/once", **GOOD)
    (row,) = await made(town)
    await town.post(f"/desk/touches/once/{row.id}/approve")
    page = await town.page("/desk/touches/wording")
    assert "Hello friend, the spring plates are here." in page
    assert "Missing: Spanish, Portuguese." in page
