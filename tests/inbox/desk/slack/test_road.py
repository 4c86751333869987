"""The road of a message through Slack: in under its card, the answer out, the marks on it."""

import json

from storage.statuses import READ
from tests.inbox.desk.slack.bureau import Bureau


async def test_a_first_message_makes_one_card_and_one_post(desk: Bureau) -> None:
    card = await desk.opened("where is my order?")
    assert [post.text for post in desk.cards] == [card.text]
    assert len(desk.thread()) == 1
    assert "Maria on Paper" in card.text
    assert "nobody has it" in card.text
    assert "where is my order?" in card.text
    assert "Maria by Paper" in desk.thread()[0].text
    assert "where is my order?" in desk.thread()[0].text
    rows = await desk.house.rows("SELECT slack_channel, root_ts, current FROM slack_threads")
    assert rows == [(desk.team, card.ts, 1)]


async def test_no_metadata_holds_anything_personal(desk: Bureau) -> None:
    await desk.opened("where is my order?")
    for post in desk.posts:
        said = json.dumps(post.metadata)
        assert "key" in said
        for personal in ("aria", "order", "paper:"):
            assert personal not in said


async def test_a_typed_answer_reaches_the_customer_once_and_is_marked(desk: Bureau) -> None:
    card = await desk.opened()
    typed = await desk.ana.types(card, "It is *on its way* :wave:")
    assert await desk.sent() == ["It is *on its way* 👋"]
    await desk.until(lambda: "heavy_check_mark" in typed.reactions)
    await desk.until(lambda: "Ana has it" in card.text and "answered" in card.text)
    assert len(desk.house.paper.sent) == 1
    owner = await desk.house.rows("SELECT a.name FROM conversations c JOIN agents a ON a.id = c.owner_id")
    assert owner == [("Ana",)]


async def test_an_agent_known_only_by_mail_may_answer(desk: Bureau) -> None:
    card = await desk.opened()
    await desk.rui.types(card, "hello")
    assert await desk.sent() == ["hello"]


async def test_a_customers_markup_is_shown_literally_and_pings_nobody(desk: Bureau) -> None:
    words = "<!channel> & <script> * :tada: <@U123>"
    await desk.opened(words)
    post = desk.thread()[0]
    assert "<!channel>" not in post.text
    assert "&lt;!channel&gt; &amp; &lt;script&gt;" in post.text
    assert words in json.dumps(post.blocks, ensure_ascii=False)
    assert post.arguments["unfurl_links"] is False
    assert post.arguments["unfurl_media"] is False


async def test_twelve_thousand_characters_are_all_readable(desk: Bureau) -> None:
    text = " ".join(str(number) for number in range(2_600))
    await desk.opened(text)
    await desk.until(lambda: any(post.files for post in desk.thread()))
    file = next(post.files[0] for post in desk.thread() if post.files)
    assert file.content == text.encode()


async def test_read_follows_delivered_and_nothing_goes_back(desk: Bureau) -> None:
    card = await desk.opened()
    typed = await desk.ana.types(card, "hello")
    await desk.until(lambda: "heavy_check_mark" in typed.reactions)
    for status, mark in ((READ, "eyes"), ("sent", "")):
        async with desk.house.ground.act(desk.now()) as act:
            [(message,)] = await desk.house.rows("SELECT id FROM messages WHERE direction = 'out'")
            [(conversation,)] = await desk.house.rows("SELECT id FROM conversations")
            await act.connection.exec_driver_sql(
                f"UPDATE messages SET status = '{status}' WHERE id = {message}"
            )
            await act.show("mark", conversation, key=f"m:{status}", message_id=message)
        if mark:
            await desk.until(lambda: "eyes" in typed.reactions)
    await desk.until_row(
        "SELECT count(*) FROM deliveries WHERE lane = 'slack-marks' AND state = 'ready'", is_=0
    )
    assert list(typed.reactions) == ["heavy_check_mark", "eyes"]


async def test_a_note_stays_inside(desk: Bureau) -> None:
    card = await desk.opened()
    noted = [
        await desk.ana.types(card, ";; call him"),
        await desk.ana.types(card, f"<@{desk.rui.id}> look at this"),
        await desk.ana.types(card, "wonders", subtype="me_message"),
        await desk.ana.types(card, "for all", broadcast=True),
    ]
    await desk.until(lambda: all("memo" in note.reactions for note in noted))
    rows = await desk.house.rows("SELECT text FROM messages WHERE direction = 'note' ORDER BY id")
    assert {text for (text,) in rows} == {"call him", "Rui look at this", "wonders", "for all"}
    assert desk.house.paper.sent == []
    ask = await desk.ana.sees("begins by mentioning")
    await desk.ana.clicks(ask, "ask_send")
    assert await desk.sent() == ["Rui look at this"]


async def test_the_card_takes_snoozes_and_resolves(desk: Bureau) -> None:
    card = await desk.opened()
    await desk.ana.clicks(card, "take")
    await desk.until(lambda: "Ana has it" in card.text)
    await desk.ana.clicks(card, "snooze")
    await desk.ana.submits(await desk.ana.sees_view("tidings_snooze"))
    await desk.until(lambda: "snoozed until" in card.text)
    await desk.ana.clicks(card, "wake")
    await desk.until(lambda: "snoozed" not in card.text)
    await desk.ana.clicks(card, "resolve")
    await desk.until(lambda: "In your own words" in str(desk.ana.view and desk.ana.view.body))
    await desk.ana.submits(await desk.ana.sees_view("tidings_resolve"), {"more": "done"})
    asked = await desk.ana.sees_view("tidings_resolve")
    assert "unanswered" in str(asked.body)
    await desk.ana.submits(asked, {"anyway": ["anyway"]})
    await desk.until(lambda: "resolved" in card.text and "done" in card.text)
    await desk.ana.clicks(card, "reopen")
    await desk.until(lambda: "resolved" not in card.text)
