"""The same form of the browser sent twice is one gesture."""

import re

import pytest

from tests.inbox.desk.web.house import House


async def happened(desk: House, kind: str) -> int:
    async with desk.app.database.reading() as connection:
        which = "SELECT count(*) FROM happenings WHERE kind = ?"
        return int((await connection.exec_driver_sql(which, (kind,))).scalar_one())


def keys(page: str, what: str) -> set[str]:
    """The keys that the page's forms for *what* carry; one without is an empty one."""
    forms = re.findall(rf'<form[^>]*action="/desk/c/\d+/{what}".*?</form>', page, re.DOTALL)
    found = [re.search(r'name="key" value="([^"]*)"', form) for form in forms]
    return {one[1] if one else "" for one in found}


@pytest.mark.parametrize(
    ("what", "kind"),
    [("hand-over", "handed_over"), ("snooze", "snoozed"), ("give-back", "given_back")],
)
async def test_a_form_of_the_page_sent_twice_is_done_once(desk: House, what: str, kind: str) -> None:
    key = await desk.conversation(owner="tiago")
    [gesture] = keys(await desk.page(f"/desk/c/{key}"), what)
    assert gesture
    fields = {
        "hand-over": {"to": f"agent:{desk.agents['helena']}", "why": "knows it"},
        "snooze": {"until": "tomorrow"},
        "give-back": {},
    }[what]
    for again in (False, True):
        if again:
            helena = desk.agents["helena"]
            await desk.app.desk.take(key, helena, now=desk.app.clock(), over=True)
        answer = await desk.post(f"/desk/c/{key}/{what}", key=gesture, **fields)
        assert answer.status == 303
    assert await happened(desk, kind) == 1
    assert (await desk.row(key)).owner_id == desk.agents["helena"], "what she took since is hers"


async def test_the_same_page_can_do_another_thing_and_a_new_page_the_same_again(desk: House) -> None:
    key = await desk.conversation(owner="tiago")
    [old] = keys(await desk.page(f"/desk/c/{key}"), "snooze")
    for until in ("tomorrow", "monday"):
        await desk.post(f"/desk/c/{key}/snooze", key=old, until=until)
    assert await happened(desk, "snoozed") == 2
    await desk.post(f"/desk/c/{key}/wake")
    [new] = keys(await desk.page(f"/desk/c/{key}"), "snooze")
    assert new != old
    await desk.post(f"/desk/c/{key}/snooze", key=new, until="tomorrow")
    assert await happened(desk, "snoozed") == 3


@pytest.mark.parametrize(("then", "kind"), [("tomorrow", "snoozed"), ("resolve", "resolved")])
async def test_an_answer_with_what_follows_sent_twice_is_one(desk: House, then: str, kind: str) -> None:
    key = await desk.conversation(owner="tiago")
    for again in (False, True):
        if again and then == "resolve":
            await desk.app.desk.reopen(key, desk.agents["tiago"], now=desk.app.clock())
        await desk.post(f"/desk/c/{key}/answer", text="Done", key="k", then=then)
    assert len(await desk.messages(key)) == 1
    assert await happened(desk, kind) == 1
