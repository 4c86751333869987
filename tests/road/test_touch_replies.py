"""Who answers what we began is answered: the touch stands above their words, in Slack and in the browser."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser

from tests.browser import browser  # noqa: F401
from tests.road import test_touches as begun
from tests.road.processes import Program, until
from tests.road.town import Town, town


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Town]:
    async with town(tmp_path, slack=True) as made:
        yield made


async def _greeted(place: Town) -> str:
    """Everybody wrote once, long ago, and has their birthday today; returns the web visitor's token."""
    now = datetime.now(UTC)
    zone = begun._where_it_is_one(now)
    async with place.tidings() as program:
        token = await begun._meet(place)
        await until(lambda: begun._three_are_here(place))
        await until(lambda: _words(place, "hello from"))
        assert await program.end() == 0
    await begun._birthday_today(place, zone, now)
    config = place.folder / "tidings.toml"
    on = f'\n[touches]\non = ["birthday"]\nzone = "{zone}"\ncountry = "GB"\n'
    config.write_text(config.read_text() + on)
    return token


async def _words(place: Town, words: str) -> list[dict[str, Any]]:
    """List the posts in threads of the team's Slack channel that hold these words."""
    slack = place.slack
    assert slack is not None
    found = []
    for root in await slack.get(f"posts?channel={place.slack_channel}"):
        if root.get("thread_ts") in (None, root["ts"]):
            query = f"posts?channel={place.slack_channel}&thread_ts={root['ts']}"
            inside = await slack.get(query)
            found += [one for one in inside if words in one["text"] and one["ts"] != root["ts"]]
    return found


async def _says_on_the_web(place: Town, token: str, number: int, text: str) -> None:
    said = {"events": [{"kind": "message", "id": f"message-{number:08}", "text": text}]}
    headers = {"Authorization": f"Bearer {token}"}
    async with place.client.post(f"{place.url}/hooks/webchat", json=said, headers=headers) as response:
        assert response.status == 200, await response.text()


async def _all_greeted(place: Town, token: str) -> None:
    await until(lambda: place.twilio.get("sent"))
    await until(lambda: place.telegram.get("sent"))

    async def on_the_page() -> bool:
        headers = {"Authorization": f"Bearer {token}"}
        async with place.client.get(f"{place.url}/chat/messages", headers=headers) as response:
            return any(not one["mine"] for one in (await response.json())["messages"])

    await until(on_the_page)


async def _signed_in(place: Town, program: Program, browser: Browser) -> Any:  # noqa: F811
    page = await (await browser.new_context()).new_page()
    await page.goto(place.sign_in_link(program))
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/desk*")
    return page


@pytest.mark.timeout(180)
async def test_replies_to_birthday_touches_reach_agents_with_the_touch_above_them(
    place: Town,
    browser: Browser,  # noqa: F811
) -> None:
    assert place.slack is not None
    token = await _greeted(place)
    async with place.tidings() as program:
        await _all_greeted(place, token)
        assert await _words(place, "irthday") == [], "a touch posts nothing"
        hook = f"{place.url}/hooks/sms"
        await place.twilio.post("say", url=hook, **{"from": begun.PHONE}, body="do you ship to Orkney?")
        await place.telegram.post("say", chat_id=begun.MARIA, text="do you open on Sunday?")
        await _says_on_the_web(place, token, 2, "is the blue bowl back?")
        for words in ("Orkney", "on Sunday", "blue bowl"):
            [post] = await until(partial(_words, place, words))
            assert "answers our birthday touch of" in post["text"], post["text"]
            shown = str(post["blocks"])
            assert shown.index("birthday touch") < shown.index(words)
        where = {"channel": place.slack_channel, "ts": post["ts"]}
        await place.slack.post(f"people/{place.ana}/types", where=where, text="It is, since Monday.")
        desk = await _signed_in(place, program, browser)
        await desk.goto(f"{place.url}/desk?view=all")
        await desk.get_by_role("link", name="do you open on Sunday?").first.click()
        log = desk.get_by_role("log")
        await log.get_by_text("do you open on Sunday?").first.wait_for()
        [greeting] = [one["text"] for one in await place.telegram.get("sent")]
        seen = await log.inner_text()
        head = greeting.splitlines()[0]
        assert seen.index(head) < seen.index("do you open on Sunday?")

        async def answered() -> bool:
            headers = {"Authorization": f"Bearer {token}"}
            async with place.client.get(f"{place.url}/chat/messages", headers=headers) as response:
                return any("since Monday" in one["text"] for one in (await response.json())["messages"])

        await until(answered)
        assert await place.slack.get("mistakes") == []
        assert await program.end() == 0


@pytest.mark.timeout(120)
async def test_thanks_and_a_stop_wake_nobody(place: Town) -> None:
    token = await _greeted(place)
    async with place.tidings() as program:
        await _all_greeted(place, token)
        hook = f"{place.url}/hooks/sms"
        await place.twilio.post("say", url=hook, **{"from": begun.PHONE}, body="STOP")
        await place.telegram.post("say", chat_id=begun.MARIA, text="Thank you so much! 🎂")
        await _says_on_the_web(place, token, 2, "❤️")

        async def kept() -> bool:
            rows = await _rows(place, "SELECT count(*) FROM messages WHERE direction = 'in'")
            return rows == [(6,)]

        await until(kept)
        assert await _rows(place, "SELECT count(*) FROM conversations WHERE state <> 'resolved'") == [(0,)]
        stopped = "SELECT count(*) FROM addresses WHERE stopped_at IS NOT NULL"
        assert await _rows(place, stopped) == [(1,)]
        assert await program.end() == 0
    assert await _words(place, "Thank you") == []


async def _rows(place: Town, sql: str) -> list[tuple[Any, ...]]:
    database = await begun._database(place)
    async with database.reading() as connection:
        found = [tuple(row) for row in await connection.exec_driver_sql(sql)]
    await database.close()
    return found
