"""Claims about what agents decide: hold, let go, cancel, approve, refuse, reword, pause, complaint."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from inbox.touches import pausing
from inbox.touches.pausing import Pause
from storage import holds, touches
from storage.tables import conversations
from storage.touch_rows import TouchRow
from tests.inbox.desk.web.house import NOW, House
from tests.inbox.desk.web.touches.town import message_of, person, settle, touch


async def row(house: House, key: int) -> TouchRow:
    async with house.app.database.reading() as connection:
        found = await touches.one(connection, key)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "before", "after", "reason", "approval"),
    [
        ("hold", {}, "held", "taken_by_agent", "held"),
        ("release", {"state": "held", "approval": "held"}, "planned", "", ""),
        ("cancel", {}, "cancelled", "stopped_by_agent", ""),
        ("approve", {"state": "held", "approval": "asked"}, "planned", "", "given"),
        ("refuse", {"state": "held", "approval": "asked"}, "cancelled", "approval_refused", "refused"),
    ],
)
async def test_an_agents_decision_moves_the_touch_and_is_told(
    town: House, name: str, before: dict[str, Any], after: str, reason: str, approval: str
) -> None:
    who, address = await person(town)
    key = await touch(town, who, address, **before)
    answer = await town.post(f"/desk/touches/{key}/{name}", revision=1, back="/desk/touches?day=2026-11-24")
    assert answer.status == 303
    assert answer.headers["Location"].startswith("/desk/touches?day=2026-11-24&done=")
    found = await row(town, key)
    assert (found.state, found.reason, found.approval) == (after, reason, approval)
    assert found.agent_id == town.agents["tiago"]
    assert "by Tiago Ramos" in await town.page(f"/desk/c/{who}/touches")


async def test_one_that_asked_before_it_was_held_asks_again(town: House) -> None:
    current = town.app.first_word.current
    asking = replace(current.rules.touches["birthday"], approve=True)
    current.rules = replace(current.rules, touches={**current.rules.touches, "birthday": asking})
    who, address = await person(town)
    key = await touch(town, who, address, state="held", approval="held")
    await town.post(f"/desk/touches/{key}/release", revision=1)
    assert (await row(town, key)).approval == "asked"
    assert "Approve" in await town.page("/desk/touches")


async def test_other_words_are_kept_for_this_one_customer(town: House) -> None:
    who, address = await person(town)
    key = await touch(town, who, address)
    await town.post(
        f"/desk/touches/{key}/edit", revision=1, text=" Congratulations, dear Marta! ", language="en"
    )
    found = await row(town, key)
    assert (found.state, found.text, found.language) == ("planned", "Congratulations, dear Marta!", "en")
    assert "Congratulations, dear Marta!" in await town.page("/desk/touches")


@pytest.mark.parametrize("text", ["", "   ", "x" * 1601], ids=["none", "blank", "too long"])
async def test_words_that_cannot_be_sent_change_nothing(town: House, text: str) -> None:
    who, address = await person(town)
    key = await touch(town, who, address)
    answer = await town.post(f"/desk/touches/{key}/edit", revision=1, text=text)
    assert "done=gone" in answer.headers["Location"]
    assert (await row(town, key)).revision == 1


@pytest.mark.parametrize(
    ("values", "revision"),
    [({"state": "sent"}, 1), ({}, 7), ({"state": "handed_off"}, 1), ({}, "x")],
    ids=["gone already", "changed meanwhile", "on its way", "no revision"],
)
async def test_what_moved_on_meanwhile_is_left_as_it_is(town: House, values: Any, revision: Any) -> None:
    who, address = await person(town)
    key = await touch(town, who, address, **values)
    answer = await town.post(f"/desk/touches/{key}/cancel", revision=revision)
    assert "done=gone" in answer.headers["Location"]
    assert (await row(town, key)).state == values.get("state", "planned")
    assert "moved on meanwhile" in await town.page(answer.headers["Location"])


@pytest.mark.parametrize(
    "back", ["https://evil.example/x", "//evil.example", "/elsewhere", "javascript:alert(1)", ""]
)
async def test_a_form_leads_back_to_our_own_pages_only(town: House, back: str) -> None:
    answer = await town.post("/desk/touches/pause", back=back)
    assert answer.headers["Location"] == "/desk/touches?done=paused"


async def test_a_form_of_another_session_does_nothing(town: House) -> None:
    who, address = await person(town)
    key = await touch(town, who, address)
    answer = await town.client.post(
        f"/desk/touches/{key}/cancel", data={"csrf": "0" * 64, "revision": "1"}, allow_redirects=False
    )
    assert answer.status == 403
    assert (await row(town, key)).state == "planned"


PAGES = ["", "/kinds", "/wording", "/report", "/once"]


@pytest.mark.parametrize("page", PAGES)
async def test_pausing_is_in_reach_everywhere_and_says_since_when_and_by_whom(town: House, page: str) -> None:
    address = f"/desk/touches{page}"
    assert "Pause all touches" in await town.page(address)
    await town.post("/desk/touches/pause", why="stocktaking", back=address)
    shown = await town.page(address)
    assert "All touches are paused" in shown
    assert re.search(r"since <time[^>]*>14:40</time>, by Tiago Ramos", shown)
    assert "stocktaking" in shown
    assert 'action="/desk/touches/pause"' not in shown
    await town.post("/desk/touches/resume", back=address)
    assert "Pause all touches" in await town.page(address)


async def test_a_restored_database_is_confirmed_and_then_trusted(town: House) -> None:
    async with town.app.database.writing() as connection:
        await pausing.pause(connection, Pause(by="tidings", at=NOW, reason=pausing.CHANGED))
    page = await town.page("/desk/touches")
    assert "restored or copied database" in page
    assert "It is ours: go on" in page
    await town.post("/desk/touches/resume")
    file = town.app.settings.secret_file.with_name("instance.json")
    assert await pausing.Instance(file).is_known(town.app.database)
    async with town.app.database.reading() as connection:
        assert await pausing.paused(connection) is None


async def talk_of(house: House, customer: int) -> int:
    async with house.app.database.reading() as connection:
        which = select(conversations.c.id).where(conversations.c.customer_id == customer)
        return int((await connection.execute(which)).scalar_one())


async def test_a_complaint_is_opened_and_settled_from_the_conversation(town: House) -> None:
    who, address = await person(town, born=date(1980, 11, 24))
    await message_of(town, who, address, "Hello", at=NOW, answer="My lid broke")
    key = await talk_of(town, who)
    page = await town.page(f"/desk/c/{key}")
    assert "birthday is today." in page
    assert "A complaint is open" in page
    await town.post(f"/desk/c/{key}/complaint", view="all")
    page = await town.page(f"/desk/c/{key}")
    assert "Marta’s birthday is today.</strong> The touch is held: a complaint is open." in page
    async with town.app.database.reading() as connection:
        (held,) = await holds.of(connection, who)
    assert (held.kind, held.agent_id, held.ended_at) == ("complaint", town.agents["tiago"], None)
    await town.post(f"/desk/c/{key}/complaint-ended", view="all")
    assert "The touch is held" not in await town.page(f"/desk/c/{key}")


async def test_a_touch_stands_in_the_log_above_the_reply_with_its_occasion(town: House) -> None:
    who, address = await person(town)
    said = await message_of(town, who, address, "Parabéns, Marta!", at=NOW, status="read", answer="Obrigada!")
    key = await touch(town, who, address, language="pt", text="Parabéns, Marta!")
    await settle(town, key, "sent", message_id=said, handed_at=NOW)
    page = await town.page(f"/desk/c/{await talk_of(town, who)}")
    assert page.index("Birthday touch") < page.index("Parabéns, Marta!") < page.index("Obrigada!")
    assert page.count("aside aside-touch") == 1
    assert 'lang="pt">Parabéns, Marta!' in page


async def test_the_customers_panel_tells_the_next_touch_and_leads_to_all(town: House) -> None:
    who, address = await person(town)
    await message_of(town, who, address, "Hello", at=NOW, answer="Hi")
    await touch(town, who, address, due_at=NOW.replace(hour=18))
    key = await talk_of(town, who)
    page = await town.page(f"/desk/c/{key}")
    assert re.search(r"<dt>Next touch</dt><dd>Birthday, planned <time[^>]*>18:40</time>", page)
    assert f"/desk/c/{key}/touches" in page
    assert "Touches to Marta Figueiredo" in await town.page(f"/desk/c/{key}/touches")


async def test_a_ledger_is_paged_newest_first_and_of_nobody_is_not_there(town: House) -> None:
    who, address = await person(town)
    keys = [await touch(town, who, address, text=f"number {n:02d}.") for n in range(53)]
    page = await town.page(f"/desk/c/{who}/touches")
    shown = re.findall(r"number (\d\d)\.</q>", page)
    assert shown == [f"{n:02d}" for n in range(52, 2, -1)]
    page = await town.page(f"/desk/c/{who}/touches?before={keys[3]}")
    assert re.findall(r"number (\d\d)\.</q>", page) == ["02", "01", "00"]
    assert (await town.client.get("/desk/c/12345/touches")).status == 404
