"""What customers change stands in their post; receipts that come close together are one mark."""

from pathlib import Path

from tests.inbox.desk.slack.bureau import Bureau, bureau


async def _change(desk: Bureau, kind: str, columns: str) -> None:
    [(message, conversation)] = await desk.house.rows("SELECT id, conversation_id FROM messages")
    async with desk.house.ground.act(desk.now()) as act:
        await act.connection.exec_driver_sql(f"UPDATE messages SET {columns} WHERE id = {message}")
        await act.show(kind, conversation, key=f"{kind}:{message}", message_id=message)


async def test_an_edit_shows_the_new_words_and_the_old(desk: Bureau) -> None:
    await desk.opened("order 1")
    post = desk.thread()[0]
    await _change(desk, "edited", "text = 'order 2', text_before = 'order 1', edited_at = received_at")
    await desk.until(lambda: "order 2" in post.text)
    assert "was: order 1" in post.text
    assert len(desk.thread()) == 1


async def test_a_deletion_takes_the_words_out_of_slack(desk: Bureau) -> None:
    await desk.opened("my secret")
    post = desk.thread()[0]
    await _change(desk, "deleted", "deleted_at = received_at")
    await desk.until(lambda: "deleted by the customer" in post.text)
    assert "secret" not in post.text + str(post.blocks)


async def test_a_reaction_stands_in_the_last_line(desk: Bureau) -> None:
    await desk.opened("thanks")
    post = desk.thread()[0]
    await _change(desk, "reacted", "reaction = '👍'")
    await desk.until(lambda: "Maria: 👍" in post.text)


async def test_where_slack_forbids_the_edit_the_new_words_are_posted(desk: Bureau) -> None:
    await desk.opened("order 1")
    desk.slack.space.edit_window_closed = True
    await _change(desk, "edited", "text = 'order 2', text_before = 'order 1', edited_at = received_at")
    await desk.until(lambda: len(desk.thread()) == 2)
    assert "order 2" in desk.thread()[1].text


async def test_sent_and_delivered_within_three_seconds_are_one_mark(tmp_path: Path) -> None:
    async with bureau(tmp_path, mark_delay_seconds=3) as desk:
        card = await desk.opened()
        typed = await desk.ana.types(card, "hello")
        await desk.sent()
        await desk.until_row("SELECT status FROM messages WHERE direction = 'out'", is_="sent")
        async with desk.house.database.writing() as connection:
            await connection.exec_driver_sql(
                "UPDATE messages SET status = 'delivered' WHERE direction = 'out'"
            )
        assert not typed.reactions
        await desk.forward(4)
        await desk.until(lambda: typed.reactions)
        assert list(typed.reactions) == ["white_check_mark"]


async def test_what_an_agent_writes_in_the_browser_stands_in_the_thread(desk: Bureau) -> None:
    await desk.opened()
    [(conversation,)] = await desk.house.rows("SELECT id FROM conversations")
    await desk.house.desk.reply(
        conversation, desk.house.agents["rui"], text="from the browser", now=desk.now()
    )
    await desk.house.desk.note(conversation, desk.house.agents["rui"], text="just for us", now=desk.now())
    await desk.until(lambda: any("just for us" in post.text for post in desk.thread()))
    texts = [post.text for post in desk.thread()]
    assert any("Rui by Paper" in text and "from the browser" in text for text in texts)
    assert any("a note: only our team sees it" in text for text in texts)


async def test_a_busy_slack_channel_gets_no_more_than_its_rate(tmp_path: Path) -> None:
    async with bureau(tmp_path, budgeted=True, limits=True) as desk:
        await desk.opened("first")
        for number in range(2, 14):
            await desk.says(f"line {number}", number)
        await desk.until(lambda: any("line 13" in post.text for post in desk.thread()))
        assert not [call for call in desk.slack.called("chat.postMessage") if call.status == 429]
        said = " ".join(post.text for post in desk.thread())
        places = [said.index(f"line {number}") for number in range(2, 14)]
        assert places == sorted(places)
        assert len(desk.thread()) < 8


async def test_a_shared_slack_channel_is_refused(tmp_path: Path) -> None:
    async with bureau(tmp_path) as desk:
        await desk.opened("first")
        desk.slack.share(desk.team)
        await desk.until(lambda: desk.face.workspace.closed)
        await desk.says("second", who="zoe")
        await desk.until(lambda: desk.slack.posts(desk.fallback))
        assert len(desk.cards) == 1
