"""Claims about the live stream: what a tab is told, and when."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, cast

import orjson
from aiohttp import ClientResponse, web
from sqlalchemy import select

from inbox.desk.web import live
from inbox.desk.web.site import Visit, make
from inbox.desk.web.stream import Stream
from inbox.live import Change
from storage import agents, echoes, sessions
from storage.tables import messages
from tests.inbox.desk.web.house import NOW, House

Told = dict[str, Any]


class Heard:
    """The events of a stream, read one at a time."""

    def __init__(self, answer: ClientResponse) -> None:
        self._answer = answer

    async def next(self) -> tuple[str, Told]:
        lines: dict[str, str] = {}
        while True:
            line = (await self._answer.content.readline()).decode().rstrip("\n")
            if not line:
                if lines:
                    return lines["event"], orjson.loads(lines["data"])
                continue
            name, _, value = line.partition(": ")
            lines[name] = value

    async def until(self, part: str) -> list[Told]:
        """Collect the parts up to the first whose name begins with *part*."""
        found: list[Told] = []
        while True:
            name, told = await self.next()
            if name == "part":
                found.append(told)
                if told["part"].startswith(part):
                    return found


@asynccontextmanager
async def listening(desk: House, path: str) -> AsyncIterator[Heard]:
    async with desk.client.get(path) as answer:
        assert answer.content_type == "text/event-stream"
        yield Heard(answer)


async def test_a_tab_is_told_all_that_it_shows_when_it_begins(desk: House) -> None:
    key = await desk.conversation("Marta", owner="tiago")
    said = await desk.said(key, "hello")
    async with listening(desk, f"/desk/live?view=mine&c={key}") as heard:
        told = await heard.until("m-")
    parts = {one["part"]: one for one in told}
    assert list(parts) == [
        f"row-{key}",
        "counts",
        "head",
        "side",
        "window",
        "strip",
        "day-2026-11-24",
        f"m-{said}",
    ]
    assert parts[f"m-{said}"]["place"] == "append"
    assert parts["counts"]["place"] == "words"
    revs = [one["rev"] for one in told]
    assert revs == sorted(set(revs))


async def test_an_echo_that_goes_is_hidden_in_its_place(desk: House) -> None:
    key = await desk.conversation("Marta", owner="tiago")
    await desk.said(key, "hello")
    echo = await desk.said(key, "ours", "out", nature="echo", status="sent")
    async with listening(desk, f"/desk/live?view=mine&c={key}") as heard:
        await heard.until(f"m-{echo}")
        async with desk.app.database.writing() as connection:
            row = select(messages.c.channel, messages.c.external_id).where(messages.c.id == echo)
            await echoes.forget(connection, *(await connection.execute(row)).one(), NOW)
        desk.app.live.publish(Change(kind="status", conversation_id=key))
        told = await heard.until(f"m-{echo}")
    hidden = f'<li id="m-{echo}" data-part="m-{echo}" hidden></li>'
    assert (told[-1]["place"], told[-1]["html"]) == ("replace", hidden)


async def test_fragments_are_those_of_the_page(desk: House) -> None:
    key = await desk.conversation("Marta <b>", owner="tiago")
    await desk.said(key, "hello <script>")
    page = await desk.page(f"/desk/c/{key}")
    async with listening(desk, f"/desk/live?view=mine&c={key}") as heard:
        told = await heard.until("m-")
    for one in told:
        if one["part"] not in ("counts",):
            assert one["html"].strip() in page


async def test_a_message_comes_by_itself(desk: House) -> None:
    key = await desk.conversation("Marta", owner="tiago")
    await desk.said(key, "hello")
    async with listening(desk, f"/desk/live?view=mine&c={key}") as heard:
        await heard.until("m-")
        new = await desk.said(key, "<b>anybody?</b>")
        desk.app.live.publish(Change(kind="message", conversation_id=key, message_id=new))
        told = await heard.until(f"m-{new}")
    assert [one["part"] for one in told] == [f"row-{key}", f"m-{new}"], "only what changed"
    assert "&lt;b&gt;anybody?&lt;/b&gt;" in told[-1]["html"]


async def test_a_conversation_that_leaves_the_view_is_taken_away_with_the_reason(desk: House) -> None:
    key = await desk.conversation("Marta", owner="tiago")
    async with listening(desk, "/desk/live?view=mine") as heard:
        await heard.until("counts")
        await desk.app.desk.hand_over(
            key, desk.agents["helena"], to_agent=desk.agents["helena"], why="", now=NOW
        )
        told = await heard.until("counts")
    assert (told[0]["part"], told[0]["place"], told[0]["html"]) == (
        f"row-{key}",
        "remove",
        "With Helena Prates",
    )


async def test_a_new_conversation_comes_into_its_view_and_no_other(desk: House) -> None:
    async with listening(desk, "/desk/live?view=unassigned") as heard:
        await heard.until("counts")
        hers = await desk.conversation("Hers", owner="helena")
        free = await desk.conversation("Free")
        for key in (hers, free):
            desk.app.live.publish(Change(kind="conversation", conversation_id=key))
        told = await heard.until("counts")
    assert {one["part"]: one["place"] for one in told} == {
        f"row-{hers}": "remove",
        f"row-{free}": "replace",
        "counts": "words",
    }


async def test_after_a_gap_everything_is_told_again(desk: House) -> None:
    key = await desk.conversation("Marta", owner="tiago")
    async with listening(desk, "/desk/live?view=mine") as heard:
        await heard.until("counts")
        desk.app.live.publish(Change(kind="gap"))
        told = await heard.until("counts")
    assert [one["part"] for one in told] == [f"row-{key}", "counts"]


async def test_a_colleague_who_writes_is_named_and_oneself_is_not(desk: House) -> None:
    key = await desk.conversation("Marta", owner="tiago")
    async with listening(desk, f"/desk/live?view=mine&c={key}") as heard:
        await heard.until("window")
        for agent in ("tiago", "helena"):
            change = Change(kind="draft", conversation_id=key, agent_id=desk.agents[agent])
            desk.app.live.publish(change)
        assert await _typing(heard) == "Helena Prates is writing an answer"
        desk.app.live.publish(Change(kind="typing", conversation_id=key))
        assert await _typing(heard) == "The customer is writing"


async def _typing(heard: Heard) -> str:
    while True:
        name, told = await heard.next()
        if name == "typing":
            return str(told["text"])


async def test_a_tab_that_connects_again_loses_nothing(desk: House) -> None:
    key = await desk.conversation("Marta", owner="tiago")
    async with listening(desk, f"/desk/live?view=mine&c={key}") as heard:
        await heard.until("window")
    missed = await desk.said(key, "while you were away")
    headers = {"Last-Event-ID": "1"}
    async with desk.client.get(f"/desk/live?view=mine&c={key}", headers=headers) as answer:
        told = await Heard(answer).until(f"m-{missed}")
    assert "while you were away" in told[-1]["html"]


class Written(web.StreamResponse):
    """A response of which only what is written is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.events: asyncio.Queue[str] = asyncio.Queue()

    async def write(self, data: bytes | bytearray | memoryview) -> None:
        self.events.put_nowait(bytes(data).decode())


async def _stream(desk: House) -> tuple[Stream, Written]:
    async with desk.app.database.writing() as connection:
        agent = await agents.one(connection, desk.agents["tiago"])
        token = await sessions.begin(connection, desk.agents["tiago"], now=NOW)
        session = await sessions.opened(connection, token, now=NOW)
    assert agent is not None
    assert session is not None
    visit = Visit(
        site=make(desk.app),
        request=cast(web.Request, None),
        agent=agent,
        token=token,
        mark=session.mark,
        now=NOW,
    )
    response = Written()
    return Stream(visit=visit, response=response, view="mine", open_id=0), response


async def test_silence_is_broken_by_a_beat(desk: House) -> None:
    stream, response = await _stream(desk)
    with desk.app.live.subscribe() as changes:
        following = asyncio.create_task(live.follow(stream, changes, beat=0.001))
        assert "event: beat" in await response.events.get()
        assert "event: beat" in await response.events.get()
        following.cancel()


async def test_the_stream_ends_with_the_session_and_says_so(desk: House) -> None:
    stream, response = await _stream(desk)
    async with desk.app.database.writing() as connection:
        await sessions.end(connection, stream.visit.token)
    with desk.app.live.subscribe() as changes:
        await live.follow(stream, changes, beat=0.001)
    assert "event: out" in response.events.get_nowait()


async def test_the_stream_ends_when_the_house_stops(desk: House) -> None:
    stream, _ = await _stream(desk)
    with desk.app.live.subscribe() as changes:
        desk.app.live.close()
        await live.follow(stream, changes)


async def test_changes_of_one_moment_are_shown_together(desk: House) -> None:
    key = await desk.conversation("Marta", owner="tiago")
    stream, response = await _stream(desk)
    change = Change(kind="conversation", conversation_id=key)
    await stream.show([change, replace(change, kind="message"), change])
    events = [response.events.get_nowait() for _ in range(response.events.qsize())]
    assert [event.split("event: ")[1].split("\n")[0] for event in events] == ["part", "part"]
