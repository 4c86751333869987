"""Claims about what an agent does from the browser, with script and without."""

import re
from typing import Any

import pytest
from aiohttp import FormData
from sqlalchemy import select

from inbox.live import Change
from storage import drafts
from storage.tables import agents, deliveries
from tests.inbox.desk.web.house import NOW, House

JSON = {"Accept": "application/json"}


async def begun(desk: House, key: int) -> dict[str, str]:
    async with desk.app.database.reading() as connection:
        kept = await drafts.kept(connection, desk.agents["tiago"], key)
    return {mode: draft.text for mode, draft in kept.items()}


async def test_an_answer_is_owed_once_however_often_the_form_is_sent(desk: House) -> None:
    key = await desk.conversation()
    for _ in range(3):
        answer = await desk.post(f"/desk/c/{key}/answer", text="Bom dia\r\nMarta", mode="answer", key="k1")
        assert answer.status == 303
        assert answer.headers["Location"] == f"/desk/c/{key}?view=mine"
    said = await desk.messages(key)
    assert [(row.direction, row.text, row.agent_id) for row in said] == [
        ("out", "Bom dia\nMarta", desk.agents["tiago"])
    ]
    assert (await desk.row(key)).owner_id == desk.agents["tiago"], "the first answer takes it"


async def test_the_key_of_one_agents_gesture_is_not_anothers(desk: House) -> None:
    key = await desk.conversation()
    await desk.post(f"/desk/c/{key}/answer", text="one", key="k")
    await desk.sign_in("helena")
    await desk.post(f"/desk/c/{key}/answer", text="two", key="k")
    assert [row.text for row in await desk.messages(key)] == ["one", "two"]


async def test_a_note_is_kept_and_owed_to_no_customer(desk: House) -> None:
    key = await desk.conversation(stopped_at=NOW)
    answer = await desk.post(f"/desk/c/{key}/answer", text="second lid", mode="note", key="k1")
    assert answer.status == 303
    assert [(row.direction, row.text) for row in await desk.messages(key)] == [("note", "second lid")]
    async with desk.app.database.reading() as connection:
        assert (await connection.execute(select(deliveries))).all() == []


@pytest.mark.parametrize(
    ("values", "text", "sentence"),
    [
        pytest.param({"stopped_at": NOW}, "hello", "said stop", id="stopped"),
        pytest.param({"state": "resolved"}, "hello", "resolved", id="resolved"),
        pytest.param({}, " \n ", "nothing to send", id="empty"),
        pytest.param({}, "x" * 100_001, "at most", id="too long"),
    ],
)
async def test_a_refused_answer_says_why_and_loses_no_word(
    desk: House, values: dict[str, Any], text: str, sentence: str
) -> None:
    key = await desk.conversation(**values)
    answer = await desk.post(f"/desk/c/{key}/answer", text=text, key="k1")
    page = await answer.text()
    assert answer.status == 409
    assert sentence in page
    assert text.strip() in page
    assert await desk.messages(key) == []
    told = await desk.client.post(
        f"/desk/c/{key}/answer", data={"csrf": desk.csrf, "text": text, "key": "k1"}, headers=JSON
    )
    assert told.status == 409
    assert sentence in (await told.json())["error"]


async def test_a_colleagues_answer_meanwhile_asks_once_more(desk: House) -> None:
    key = await desk.conversation()
    seen = await desk.said(key, "hello?")
    await desk.said(key, "I am on it", "out", "helena", status="sent")
    first = await desk.post(f"/desk/c/{key}/answer", text="Me too", key="k", last=str(seen))
    page = await first.text()
    assert first.status == 409
    assert "A colleague answered meanwhile: “I am on it”" in page
    assert 'name="sure" value="yes"' in page
    again = await desk.post(f"/desk/c/{key}/answer", text="Me too", key="k", last=str(seen), sure="yes")
    assert again.status == 303
    assert [row.text for row in await desk.messages(key)] == ["hello?", "I am on it", "Me too"]


async def test_files_come_with_an_answer(desk: House) -> None:
    key = await desk.conversation()
    words = {"csrf": desk.csrf, "mode": "answer", "key": "k", "text": "the invoice"}
    form = FormData(words, quote_fields=False)
    form.add_field("file", b"%PDF-1.4 one", filename="../../fatura.pdf", content_type="application/pdf")
    form.add_field("file", b"", filename="", content_type="application/octet-stream")
    answer = await desk.client.post(f"/desk/c/{key}/answer", data=form, allow_redirects=False)
    assert answer.status == 303, await answer.text()
    page = await desk.page(f"/desk/c/{key}")
    assert "<bdi>fatura.pdf</bdi>" in page
    assert page.count('class="file"') == 1


async def test_no_file_is_kept_of_a_form_that_is_not_ours(desk: House) -> None:
    key = await desk.conversation()
    form = FormData({"mode": "answer"})
    form.add_field("file", b"x" * 5000, filename="x.bin")
    form.add_field("csrf", desk.csrf)
    answer = await desk.client.post(f"/desk/c/{key}/answer", data=form)
    assert answer.status == 403
    folder = desk.app.settings.media_dir
    assert not folder.exists() or [path for path in folder.rglob("*") if path.is_file()] == []


async def test_a_file_over_the_cap_is_refused_whole_and_the_words_are_kept(desk: House) -> None:
    key = await desk.conversation()
    desk.app.settings = desk.app.settings.model_copy(update={"attachment_bytes": 10_000})
    form = FormData({"csrf": desk.csrf, "mode": "answer", "key": "k", "text": "see this"})
    form.add_field("file", b"x" * 9_000, filename="small.bin")
    form.add_field("file", b"x" * 200_000, filename="large.bin")
    answer = await desk.client.post(f"/desk/c/{key}/answer", data=form)
    page = await answer.text()
    assert answer.status == 409
    assert "large.bin is larger than" in page
    assert await begun(desk, key) == {"answer": "see this"}
    assert await desk.messages(key) == []
    assert [path for path in desk.app.settings.media_dir.rglob("*") if path.is_file()] == []


async def test_sending_can_resolve_and_go_to_the_next_who_waits(desk: House) -> None:
    key = await desk.conversation("First", owner="tiago")
    following = await desk.conversation("Second", owner="tiago")
    answer = await desk.post(f"/desk/c/{key}/answer", text="Done", key="k", then="resolve")
    assert answer.headers["Location"] == f"/desk/c/{following}?view=mine&done=resolved&of={key}"
    assert (await desk.row(key)).state == "resolved"
    page = await desk.page(answer.headers["Location"])
    assert "Resolved. Next: Second" in page
    assert f'action="/desk/c/{key}/reopen"' in page


async def test_sending_can_set_aside_until_tomorrow_at_nine(desk: House) -> None:
    key = await desk.conversation(owner="tiago")
    answer = await desk.post(f"/desk/c/{key}/answer", text="Done", key="k", then="tomorrow")
    assert answer.headers["Location"] == f"/desk?view=mine&done=snoozed&of={key}"
    row = await desk.row(key)
    assert (row.state, row.snoozed_until) == ("snoozed", NOW.replace(day=25, hour=9, minute=0))


async def test_drafts_are_kept_by_mode_and_survive_a_reload_and_signing_out(desk: House) -> None:
    key = await desk.conversation()
    answer = await desk.post(f"/desk/c/{key}/draft", mode="answer", text="Tem raz")
    assert await answer.json() == {"kept": "Draft kept 14:40"}
    await desk.post(f"/desk/c/{key}/draft", mode="note", text="<b>calm</b>")
    await desk.post("/desk/sign-out")
    await desk.sign_in()
    page = await desk.page(f"/desk/c/{key}")
    assert re.search(r"<textarea[^>]*>Tem raz</textarea>", page)
    assert 'data-note="&lt;b&gt;calm&lt;/b&gt;"' in page
    assert "Draft kept 14:40" in page
    await desk.sign_in("helena")
    assert "Tem raz" not in await desk.page(f"/desk/c/{key}"), "a draft is its writer's"


async def test_a_draft_goes_when_it_is_sent(desk: House) -> None:
    key = await desk.conversation()
    await desk.post(f"/desk/c/{key}/draft", mode="answer", text="Bom dia")
    await desk.post(f"/desk/c/{key}/draft", mode="note", text="later")
    await desk.post(f"/desk/c/{key}/answer", mode="answer", text="Bom dia", key="k")
    assert await begun(desk, key) == {"note": "later"}


async def test_a_draft_tells_colleagues_that_somebody_writes(desk: House) -> None:
    key = await desk.conversation()
    with desk.app.live.subscribe() as changes:
        await desk.post(f"/desk/c/{key}/draft", mode="answer", text="Bom")
        told = await anext(changes)
    assert told == Change(kind="draft", conversation_id=key, agent_id=desk.agents["tiago"])


@pytest.mark.parametrize(("mode", "seen"), [("answer", True), ("note", False)])
async def test_the_customer_may_see_that_an_answer_is_written_but_no_note(
    desk: House, mode: str, seen: bool
) -> None:
    key = await desk.conversation()
    with desk.app.live.subscribe() as changes:
        await desk.post(f"/desk/c/{key}/draft", mode=mode, text="Bom")
        await anext(changes)
        desk.app.live.publish(Change(kind="gap"))
        told = await anext(changes)
    assert (told.kind, told.agent_id) == (("typing", desk.agents["tiago"]) if seen else ("gap", 0))
    assert desk.app.ground.signs.waiting.empty() != seen


@pytest.mark.parametrize("name", ["draft", "count", "answer"])
async def test_a_strangers_conversation_is_not_there(desk: House, name: str) -> None:
    answer = await desk.post(f"/desk/c/404/{name}", text="x", key="k")
    assert answer.status == 404


@pytest.mark.parametrize(
    ("channel", "text", "told"),
    [
        pytest.param("web", "hello", {"shown": "5 / 10000"}, id="characters"),
        pytest.param("sms", "", {"shown": "0 / 160"}, id="nothing yet"),
        pytest.param("sms", "a" * 161, {"shown": "161 / 306", "parts": "2 SMS"}, id="two parts"),
        pytest.param(
            "sms",
            "a" * 70 + "🙂",
            {"shown": "72 / 134", "parts": "2 SMS", "why": "The emoji makes each SMS 67 long"},
            id="an emoji costs",
        ),
        pytest.param(
            "sms", "olá", {"shown": "3 / 70", "why": "“á” makes each SMS 70 long"}, id="a letter costs"
        ),
        pytest.param("telegram", "x" * 4097, {"shown": "4097 / 4096", "over": True}, id="too long"),
    ],
)
async def test_the_counter_says_what_a_text_takes_and_why(
    desk: House, channel: str, text: str, told: dict[str, object]
) -> None:
    key = await desk.conversation(channel=channel)
    answer = await desk.post(f"/desk/c/{key}/count", text=text)
    assert await answer.json() == {"parts": "", "why": "", "over": False, **told}


async def test_taking_needs_no_question_unless_a_colleague_was_faster(desk: House) -> None:
    key = await desk.conversation()
    assert (await desk.post(f"/desk/c/{key}/take", seen="")).status == 303
    hers = await desk.conversation(owner="helena")
    late = await desk.post(f"/desk/c/{hers}/take", seen="")
    assert late.status == 409
    assert "Helena Prates has this conversation." in await late.text()
    knowing = await desk.post(f"/desk/c/{hers}/take", seen=str(desk.agents["helena"]))
    assert knowing.status == 303
    assert (await desk.row(hers)).owner_id == desk.agents["tiago"]


async def test_giving_back_and_giving_on(desk: House) -> None:
    key = await desk.conversation(owner="tiago")
    await desk.post(f"/desk/c/{key}/give-back")
    assert (await desk.row(key)).owner_id is None
    await desk.post(f"/desk/c/{key}/hand-over", to=f"agent:{desk.agents['helena']}", why="speaks Spanish")
    assert (await desk.row(key)).owner_id == desk.agents["helena"]
    page = await desk.page(f"/desk/c/{key}")
    assert "You gave this to Helena Prates: speaks Spanish" in page
    await desk.post(f"/desk/c/{key}/hand-over", to="team:shop")
    row = await desk.row(key)
    assert (row.owner_id, row.team) == (None, "shop")
    assert "You gave this to the team Shop" in await desk.page(f"/desk/c/{key}")


@pytest.mark.parametrize(
    "to", ["", "agent:", "agent:x", "agent:99", "agent:9999999999999999999", "team:none", "nobody"]
)
async def test_giving_to_nobody_is_refused(desk: House, to: str) -> None:
    key = await desk.conversation(owner="tiago")
    answer = await desk.post(f"/desk/c/{key}/hand-over", to=to)
    assert answer.status in (404, 409)
    assert (await desk.row(key)).owner_id == desk.agents["tiago"]


async def test_setting_aside_reads_the_day_in_the_agents_zone(desk: House) -> None:
    await desk.sign_in("helena")
    key = await desk.conversation(owner="helena")
    await desk.post(f"/desk/c/{key}/snooze", until="date", on="2026-12-01T10:30")
    row = await desk.row(key)
    assert row.snoozed_until == NOW.replace(month=12, day=1, hour=9, minute=30)
    assert "set aside until 1 Dec 10:30" in await desk.page(f"/desk/c/{key}")
    await desk.post(f"/desk/c/{key}/wake")
    assert (await desk.row(key)).state == "open"


@pytest.mark.parametrize(("until", "on"), [("date", "2020-01-01"), ("date", ""), ("whenever", ""), ("", "")])
async def test_a_time_that_has_passed_is_refused(desk: House, until: str, on: str) -> None:
    key = await desk.conversation(owner="tiago")
    answer = await desk.post(f"/desk/c/{key}/snooze", until=until, on=on)
    assert answer.status == 409
    assert "Choose a time to come" in await answer.text()
    assert (await desk.row(key)).state == "open"


async def test_resolving_opens_again(desk: House) -> None:
    key = await desk.conversation(owner="tiago")
    answer = await desk.post(f"/desk/c/{key}/resolve")
    assert answer.headers["Location"] == f"/desk?view=mine&done=resolved&of={key}"
    assert (await desk.row(key)).state == "resolved"
    await desk.post(f"/desk/c/{key}/reopen")
    assert (await desk.row(key)).state == "open"


async def test_unread_and_read(desk: House) -> None:
    key = await desk.conversation(owner="tiago")
    assert (await desk.post(f"/desk/c/{key}/unread")).headers["Location"] == "/desk?view=mine&done=unread"
    assert (await desk.row(key)).unread == 1
    await desk.post(f"/desk/c/{key}/read")
    assert (await desk.row(key)).unread == 0
    assert (await desk.post("/desk/c/404/unread")).status == 404


async def test_a_waiting_answer_is_changed_and_taken_back(desk: House) -> None:
    key = await desk.conversation()
    await desk.post(f"/desk/c/{key}/answer", text="Bom dai", key="k")
    message = (await desk.messages(key))[0].id
    assert f"/desk/m/{message}/edit" in await desk.page(f"/desk/c/{key}")
    await desk.post(f"/desk/m/{message}/edit", text="Bom dia")
    assert (await desk.messages(key))[0].text == "Bom dia"
    await desk.post(f"/desk/m/{message}/delete")
    page = await desk.page(f"/desk/c/{key}")
    assert "Taken back at 14:40" in page
    assert "Bom dia</span>" not in page


async def test_what_a_channel_cannot_change_is_refused_with_the_next_step(desk: House) -> None:
    key = await desk.conversation(channel="sms")
    message = await desk.said(key, "Bom dai", "out", "tiago", status="delivered")
    assert f"/desk/m/{message}/edit" not in await desk.page(f"/desk/c/{key}")
    answer = await desk.post(f"/desk/m/{message}/edit", text="Bom dia")
    assert answer.status == 409
    assert "Send a correction" in await answer.text()
    assert (await desk.messages(key))[0].text == "Bom dai"


@pytest.mark.parametrize(
    ("before", "act", "after"),
    [
        ("failed", "resend", "ready"),
        ("perhaps", "resend", "ready"),
        ("perhaps", "arrived", "sent"),
        ("failed", "drop", "dropped"),
        ("perhaps", "drop", "dropped"),
    ],
)
async def test_the_dead_are_seen_to_from_the_log_and_from_their_list(
    desk: House, before: str, act: str, after: str
) -> None:
    key = await desk.conversation(owner="tiago")
    messages = [await desk.stuck(key, before), await desk.stuck(await desk.conversation(), before)]
    assert (await desk.post(f"/desk/m/{messages[0]}/{act}")).status == 303
    async with desk.app.database.reading() as connection:
        rows = {row.message_id: row for row in await connection.execute(select(deliveries))}
    assert rows[messages[0]].state == after
    other = await desk.post(f"/desk/owed/{rows[messages[1]].id}/{act}")
    assert (other.status, other.headers["Location"].partition("?")[0]) == (303, "/desk/owed")
    again = await desk.post(f"/desk/owed/{rows[messages[1]].id}/{act}")
    assert again.status == 404
    assert "A colleague saw to this already." in await again.text()
    assert "Everything was sent" in await desk.page("/desk/owed")


async def test_i_go_away_and_come_back(desk: House) -> None:
    for wanted, now in (("no", False), ("yes", True)):
        await desk.post("/desk/me/available", available=wanted)
        async with desk.app.database.reading() as connection:
            which = select(agents.c.available).where(agents.c.key == "tiago")
            assert (await connection.execute(which)).scalar_one() is now


async def test_what_was_not_sent_is_for_leads_and_others_read_why(desk: House) -> None:
    message = await desk.stuck(await desk.conversation(), "failed", "Good day")
    await desk.sign_in("helena")
    page = await desk.page("/desk/owed", 403)
    assert "What was not sent is seen to by a lead or an admin. Ask one of them." in page
    assert "Good day" not in page
    async with desk.app.database.reading() as connection:
        [row] = (await connection.execute(select(deliveries))).all()
    for act in ("resend", "arrived", "drop"):
        answer = await desk.post(f"/desk/owed/{row.id}/{act}")
        assert answer.status == 403
        assert "seen to by a lead or an admin" in await answer.text()
    async with desk.app.database.reading() as connection:
        assert (await connection.execute(select(deliveries))).all() == [row]
    await desk.sign_in("tiago")
    assert "Good day" in await desk.page("/desk/owed")
    assert row.message_id == message
