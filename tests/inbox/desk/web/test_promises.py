"""Promises in the browser: made beside an answer, kept, moved, let go, asked about, and counted."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from config.policy import Team
from inbox.live import Change
from inbox.policies import fixed
from storage import promises
from storage.promises import Promise
from storage.tables import agents
from storage.tables import promises as table
from tests.inbox.desk.web.house import NOW, House
from tests.inbox.desk.web.test_live import listening

JSON = {"Accept": "application/json"}
HOUR = timedelta(hours=1)


async def made(desk: House, key: int, text: str = "send the lid", **values: Any) -> int:
    call = {"text": text, "due_at": NOW + HOUR, "now": NOW, **values}
    return await desk.app.desk.promise(key, desk.agents["tiago"], **call)


async def row(desk: House, promise_id: int) -> Promise:
    async with desk.app.database.reading() as connection:
        found = await promises.one(connection, promise_id)
    assert found is not None
    return found


async def all_of(desk: House) -> list[Any]:
    async with desk.app.database.reading() as connection:
        return list((await connection.execute(select(table).order_by(table.c.id))).all())


async def test_a_promise_is_made_once_and_the_customer_told(desk: House) -> None:
    key = await desk.conversation("Marta", owner="tiago")
    form = {"what": "send the lid", "due": "2026-11-27T17:00", "tell": "You have it on Friday.", "key": "k"}
    for _ in range(2):
        answer = await desk.post(f"/desk/c/{key}/promise", **form)
        assert answer.headers["Location"] == f"/desk/c/{key}?view=mine&done=promised"
    [one] = await all_of(desk)
    assert (one.text, one.due_at.isoformat()) == ("send the lid", "2026-11-27T17:00:00+00:00")
    assert [said.text for said in await desk.messages(key)] == ["You have it on Friday."]
    page = await desk.page(f"/desk/c/{key}")
    assert page.count("send the lid") > 2, "in the log and on the customer's panel"
    assert "by Fri 17:00" in page


@pytest.mark.parametrize("due", ["", "2026-11-24T14:00", "soon"])
async def test_a_time_that_cannot_be_is_refused_in_words(desk: House, due: str) -> None:
    key = await desk.conversation()
    answer = await desk.post(f"/desk/c/{key}/promise", what="x", due=due)
    assert answer.status == 409
    assert "Choose a time to come." in await answer.text()
    assert await all_of(desk) == []


async def test_a_time_at_which_the_team_is_closed_is_warned_of(desk: House) -> None:
    policy = desk.app.policies.now
    team = Team.model_validate(policy.teams[0].model_dump() | {"hours": ["mon-fri 9:00-18:00"]})
    closing = fixed(policy.model_copy(update={"teams": (team, *policy.teams[1:])}))
    object.__setattr__(desk.app.ground, "policies", closing)
    key = await desk.conversation("Marta", owner="tiago")
    answer = await desk.post(f"/desk/c/{key}/promise", what="x", due="2026-11-29T12:00")
    assert answer.headers["Location"].endswith("done=promised-closed")
    assert "a time at which the team is closed" in await desk.page(answer.headers["Location"])
    [one] = await all_of(desk)
    for due, done in (("2026-11-30T12:00", "promise-moved"), ("2026-11-29T13:00", "promise-moved-closed")):
        answer = await desk.post(f"/desk/p/{one.id}/moved", due=due)
        assert answer.headers["Location"].endswith(f"done={done}")


async def test_it_is_kept_moved_and_let_go_by_a_button_each(desk: House) -> None:
    key = await desk.conversation("Marta", owner="tiago")
    keep, move, drop = [await made(desk, key, f"number {number}") for number in range(3)]
    assert (await desk.post(f"/desk/p/{keep}/kept", **{"from": "promises"})).headers["Location"] == (
        "/desk/promises?done=promise-kept"
    )
    for _ in range(2):
        await desk.post(f"/desk/p/{move}/moved", due="2026-11-25T09:00", tell="Tomorrow at nine.")
    await desk.post(f"/desk/p/{drop}/let-go")
    assert [(await row(desk, one)).state for one in (keep, move, drop)] == ["kept", "open", "withdrawn"]
    assert (await row(desk, move)).due_at.isoformat() == "2026-11-25T09:00:00+00:00"
    assert [said.text for said in await desk.messages(key)] == ["Tomorrow at nine."]
    refused = await desk.post(f"/desk/p/{keep}/let-go")
    assert "kept already" in await refused.text()
    assert (await desk.post("/desk/p/99/kept")).status == 404


async def test_resolving_asks_first_what_becomes_of_open_promises(desk: House) -> None:
    """Check 26."""
    key = await desk.conversation("Marta", owner="tiago")
    one, two = await made(desk, key), await made(desk, key, "call back")
    asked = (await desk.post(f"/desk/c/{key}/resolve", reason="done")).headers["Location"]
    assert asked == f"/desk/c/{key}/resolve?view=mine&reason=done"
    page = await desk.page(asked)
    assert "2 promises are open" in page
    assert f'name="promise.{one}"' in page
    form = {"reason": "done", f"promise.{one}": "kept"}
    assert (await desk.post(f"/desk/c/{key}/resolve", **form)).headers["Location"] == asked
    assert (await desk.row(key)).state == "open"
    form |= {f"promise.{two}": "moved", f"at.{two}": "2026-11-30T09:00"}
    await desk.post(f"/desk/c/{key}/resolve", **form)
    resolved = await desk.row(key)
    assert (resolved.state, resolved.resolve_reason) == ("resolved", "done")
    assert [(await row(desk, one)).state, (await row(desk, two)).state] == ["kept", "open"]


async def test_send_and_resolve_sends_and_then_asks(desk: House) -> None:
    key = await desk.conversation("Marta", owner="tiago")
    await made(desk, key)
    answer = await desk.post(f"/desk/c/{key}/answer", text="done", then="resolve", key="k")
    assert answer.headers["Location"].startswith(f"/desk/c/{key}/resolve?")
    assert [said.text for said in await desk.messages(key)] == ["done"]
    assert (await desk.row(key)).state == "open"


OFFERS = [
    pytest.param("I'll send the lid tomorrow at 10", True, id="a promise"),
    pytest.param("Thank you", False, id="none"),
]


@pytest.mark.parametrize(("text", "offered"), OFFERS)
async def test_an_answer_that_reads_like_a_promise_is_offered_as_one(
    desk: House, text: str, offered: bool
) -> None:
    key = await desk.conversation("Marta", owner="tiago")
    data = {"csrf": desk.csrf, "text": text, "key": "k"}
    told = await (await desk.client.post(f"/desk/c/{key}/answer", data=data, headers=JSON)).json()
    assert ("offer" in told) is offered
    if not offered:
        return
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', told["offer"]))
    for _ in range(2):
        await desk.post(
            f"/desk/c/{key}/promise", **{name: fields[name] for name in ("key", "message", "what", "due")}
        )
    [one] = await all_of(desk)
    assert (one.message_id, one.due_at.isoformat()) == (int(told["id"]), "2026-11-25T10:00:00+00:00")


async def test_the_page_lists_mine_and_for_a_lead_the_teams_with_what_was_kept(desk: House) -> None:
    key = await desk.conversation("Marta", owner="tiago")
    await made(desk, key, "mine")
    await made(desk, key, "hers", owner_id=desk.agents["helena"])
    ended = {
        "customer_id": (await desk.row(key)).customer_id, "conversation_id": key, "text": "old",
        "made_by": desk.agents["tiago"],
        "due_at": NOW - 9 * HOUR, "made_at": NOW - 20 * HOUR,
    }  # fmt: skip
    async with desk.app.database.writing() as connection:
        for state, at in (("kept", -10), ("kept", -1), ("broken", -1)):
            owner = desk.agents["helena"]
            values = {"id": desk.app.database.ids.next(), "owner_id": owner, "state": state, **ended}
            await connection.execute(insert(table).values(ended_at=NOW + at * HOUR, **values))
    page = re.sub(r"\s+", " ", await desk.page("/desk/promises"))
    assert "mine" in page
    assert "hers" in page, "an admin sees all teams"
    assert 'Helena Prates</bdi></th><td class="num">3</td>' in page
    assert '<b>67%</b></td><td class="num">33%</td>' in page
    async with desk.app.database.writing() as connection:
        await connection.execute(update(agents).values(role="agent"))
    page = await desk.page("/desk/promises")
    assert "mine" in page
    assert "hers" not in page


ALONG = [
    pytest.param({}, "helena", id="a form that does not ask"),
    pytest.param({"along": "asked", "promises": "yes"}, "helena", id="ticked"),
    pytest.param({"along": "asked"}, "tiago", id="not ticked"),
]


@pytest.mark.parametrize(("fields", "owner"), ALONG)
async def test_promises_go_along_when_a_conversation_is_given_unless_told_not_to(
    desk: House, fields: dict[str, str], owner: str
) -> None:
    key = await desk.conversation("Marta", owner="tiago")
    one = await made(desk, key)
    await desk.post(f"/desk/c/{key}/hand-over", to=f"agent:{desk.agents['helena']}", **fields)
    assert (await row(desk, one)).owner_id == desk.agents[owner]


ROWS = [
    pytest.param(HOUR, 'class="is-soon">Promise due 15:40', id="due today"),
    pytest.param(24 * HOUR, ">Promise due Wed 14:40", id="due later"),
    pytest.param(-HOUR, 'class="is-late">Promise late, was due 13:40', id="late"),
]


@pytest.mark.parametrize(("due", "words"), ROWS)
async def test_an_answered_row_says_by_when_something_is_promised(
    desk: House, due: timedelta, words: str
) -> None:
    key = await desk.conversation("Marta", owner="tiago", waiting_since=None)
    one = await made(desk, key, due_at=NOW + 48 * HOUR)
    async with desk.app.database.writing() as connection:
        await connection.execute(update(table).where(table.c.id == one).values(due_at=NOW + due))
    assert words in await desk.page("/desk")
    await desk.app.desk.keep_promise(one, desk.agents["tiago"], now=NOW)
    assert "Promise due" not in await desk.page("/desk")


async def test_the_rail_counts_what_is_due_today(desk: House) -> None:
    key = await desk.conversation("Marta")
    await made(desk, key)
    await made(desk, key, due_at=NOW + 24 * HOUR)
    page = await desk.page("/desk")
    assert '<span data-word="promises">1</span><span class="unseen"> due today</span>' in page


async def test_a_due_promise_is_told_to_whoever_looks_and_keeps_it(desk: House) -> None:
    key = await desk.conversation("Marta", owner="tiago")
    one = await made(desk, key)
    async with listening(desk, "/desk/live?view=mine") as heard:
        await heard.until("counts")
        for agent in ("helena", "tiago"):
            change = Change(kind="promise", conversation_id=key, agent_id=desk.agents[agent], promise_id=one)
            desk.app.live.publish(change)
        name, told = await heard.next()
    assert name == "reminder"
    assert "send the lid" in told["html"]
    assert f"/desk/p/{one}/kept" in told["html"]
