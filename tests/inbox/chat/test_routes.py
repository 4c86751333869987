"""The chat's addresses answer its own visitors and refuse the rest."""

import asyncio
import hashlib
import hmac
import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, CookieJar, FormData

from inbox.live import Change
from tests.inbox.chat.house import SITE_SECRET, House, house, now

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path, sites=["https://shop.example"], file_bytes=1_000) as built:
        yield built


@pytest.fixture
async def client(here: House) -> AsyncIterator[ClientSession]:
    async with ClientSession(here.url, cookie_jar=CookieJar(unsafe=True)) as session:
        yield session


async def identity(client: ClientSession, **told: str) -> dict[str, str]:
    async with client.post("/chat/visitor", json=told) as answer:
        assert answer.status == 200, await answer.text()
        return {"Authorization": f"Bearer {(await answer.json())['token']}"}


async def say(client: ClientSession, who: dict[str, str], text: str, key: str = "k" * 16, **more: Any) -> int:
    event = {"kind": "message", "id": key, "text": text} | more
    async with client.post("/hooks/webchat", json={"events": [event]}, headers=who) as answer:
        return answer.status


async def history(client: ClientSession, who: dict[str, str], **query: str) -> dict[str, Any]:
    async with client.get("/chat/messages", headers=who, params=query) as answer:
        assert answer.status == 200
        return dict(await answer.json())


async def test_a_message_sent_twice_is_there_once_and_its_visitor_sees_it(client: ClientSession) -> None:
    who = await identity(client)
    assert [await say(client, who, "Do you ship?") for _ in range(2)] == [200, 200]
    seen = await history(client, who)
    assert [(one["text"], one["key"], one["mine"], one["seen"]) for one in seen["messages"]] == [
        ("Do you ship?", "k" * 16, True, "sent")
    ]


async def test_nobody_sees_what_another_visitor_said(client: ClientSession) -> None:
    await say(client, await identity(client), "My secret")
    client.cookie_jar.clear()
    assert (await history(client, await identity(client)))["messages"] == []


async def test_the_identity_is_kept_in_a_cookie_that_scripts_cannot_read(client: ClientSession) -> None:
    async with client.get("/chat") as answer:
        cookie = answer.cookies["tidings_visitor"]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Strict"
        policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    first, second = await identity(client), await identity(client)
    await say(client, first, "It is me")
    assert len((await history(client, second))["messages"]) == 1


async def test_only_listed_sites_may_frame_the_chat(client: ClientSession) -> None:
    async with client.get("/chat/frame") as answer:
        assert "frame-ancestors 'self' https://shop.example" in answer.headers["Content-Security-Policy"]


REFUSED = {
    "history without an identity": ("GET", "/chat/messages", {}, 401),
    "the stream without an identity": ("GET", "/chat/live", {}, 401),
    "a file without an identity": ("POST", "/chat/files", {}, 401),
    "a forged identity": ("GET", "/chat/messages", {"Authorization": "Bearer x.y"}, 401),
    "an identity asked from elsewhere": ("POST", "/chat/visitor", {"Origin": "https://evil.example"}, 403),
    "a form from elsewhere": ("POST", "/chat", {"Origin": "https://evil.example"}, 403),
    "a hook from elsewhere": ("POST", "/hooks/webchat", {"Origin": "https://evil.example"}, 401),
    "a file that is not ours": ("GET", "/chat/static/..%2Froutes.py", {}, 404),
}


@pytest.mark.parametrize(("method", "path", "headers", "status"), REFUSED.values(), ids=REFUSED.keys())
async def test_strangers_are_refused(
    client: ClientSession, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    async with client.request(method, path, headers=headers) as answer:
        assert answer.status == status


async def test_a_site_proves_its_customer_and_a_wrong_proof_is_refused(
    client: ClientSession, here: House
) -> None:
    proof = hmac.new(SITE_SECRET.encode(), b"lucia", hashlib.sha256).hexdigest()
    who = await identity(client, customer="lucia", proof=proof)
    token = who["Authorization"].removeprefix("Bearer ")
    assert here.channel.identities.visitor_of(token, now()) == "id:lucia"
    async with client.post("/chat/visitor", json={"customer": "lucia", "proof": "0" * 64}) as answer:
        assert answer.status == 401


class Stream:
    """The events of one live stream."""

    def __init__(self, content: Any) -> None:
        self._content = content

    async def next(self, kind: str) -> Any:
        async with asyncio.timeout(20):
            while True:
                lines = (await self._content.readuntil(b"\n\n")).decode().splitlines()
                if lines[0] == f"event: {kind}":
                    return json.loads(lines[1].removeprefix("data: "))


async def test_an_answer_its_marks_edits_and_removal_reach_the_stream(
    client: ClientSession, here: House
) -> None:
    who = await identity(client)
    await say(client, who, "Is it coming back?")
    async with client.get("/chat/live", headers=who) as answer:
        stream = Stream(answer.content)
        assert [one["text"] for one in (await stream.next("messages"))["messages"]] == ["Is it coming back?"]
        message = await here.reply("<b>No</b>")
        told = await stream.next("messages")
        while told["messages"][-1]["mine"]:
            told = await stream.next("messages")
        one = told["messages"][-1]
        assert (one["text"], one["who"], one["automatic"]) == ("<b>No</b>", "Inés Molina", False)
        assert told["agent"] == {"name": "Inés Molina", "here": True}
        ack = {"events": [{"kind": "read", "ids": one["receipts"]}]}
        async with client.post("/hooks/webchat", json=ack, headers=who) as kept:
            assert kept.status == 200
        while (await stream.next("messages"))["messages"][-1]["seen"] != "read":
            pass
        assert await here.statuses() == ["read"]
        await here.desk.edit_reply(message, await here.agent(), text="Yes", now=now())
        while (await stream.next("messages"))["messages"][-1]["text"] != "Yes":
            pass
        await here.desk.delete_reply(message, await here.agent(), now=now())
        while not (gone := (await stream.next("messages"))["messages"][-1])["deleted"]:
            pass
        assert gone["text"] == ""


async def test_the_stream_says_who_writes_and_that_words_were_read(
    client: ClientSession, here: House
) -> None:
    from tests.inbox.chat.house import now

    who = await identity(client)
    await say(client, who, "Hello")
    async with client.get("/chat/live", headers=who) as answer:
        stream = Stream(answer.content)
        await stream.next("messages")
        conversation, agent = await here.conversation(), await here.agent()
        here.live.publish(Change(kind="typing", conversation_id=conversation, agent_id=agent))
        assert await stream.next("typing") == {"who": "Inés Molina"}
        await here.desk.read_up_to(conversation, agent, now=now())
        while (await stream.next("messages"))["messages"][0]["seen"] != "read":
            pass


async def test_notes_and_held_answers_are_never_shown(client: ClientSession, here: House) -> None:
    from tests.inbox.chat.house import now

    who = await identity(client)
    await say(client, who, "Hello")
    conversation, agent = await here.conversation(), await here.agent()
    await here.desk.note(conversation, agent, text="A difficult one", now=now())
    await here.reply("Not yet", hold=timedelta(hours=1))
    assert [one["text"] for one in (await history(client, who))["messages"]] == ["Hello"]


async def test_history_goes_back_fifty_at_a_time_and_forward_from_a_cursor(client: ClientSession) -> None:
    who = await identity(client)
    events = [{"kind": "message", "id": f"message-{n:03}", "text": str(n)} for n in range(70)]
    async with client.post("/hooks/webchat", json={"events": events}, headers=who) as answer:
        assert answer.status == 200
    last = await history(client, who)
    assert [one["text"] for one in last["messages"]] == [str(n) for n in range(20, 70)]
    assert last["more"]
    first = await history(client, who, before=last["from"])
    assert [one["text"] for one in first["messages"]] == [str(n) for n in range(20)]
    assert not first["more"]
    between = await history(client, who, after=first["messages"][9]["id"])
    assert [one["text"] for one in between["messages"]] == [str(n) for n in range(10, 60)]
    assert between["more"]
    async with client.get("/chat/messages", params={"after": "x"}, headers=who) as answer:
        assert answer.status == 400


FILES = {
    "a picture": (PNG, "image/png", 200),
    "a text": (b"Two bowls", "text/plain", 200),
    "a page": (b"<html><script>alert(1)</script>", "text/html", 415),
    "a drawing that could run": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", 415),
    "a program that says it is a picture": (b"MZ" + bytes(200), "image/png", 415),
    "nothing": (b"", "image/png", 415),
    "too much": (bytes(1_001), "image/png", 413),
}


@pytest.mark.parametrize(("body", "kind", "status"), FILES.values(), ids=FILES.keys())
async def test_files_are_taken_by_size_and_kind(
    client: ClientSession, here: House, body: bytes, kind: str, status: int
) -> None:
    who = await identity(client)
    headers = who | {"Content-Type": kind}
    async with client.post("/chat/files", params={"name": "a.x"}, data=body, headers=headers) as answer:
        assert answer.status == status
        left = [path for path in here.settings.media_dir.rglob("*") if path.is_file()]
        assert len(left) == (1 if status == 200 else 0)


async def test_a_file_of_unknown_length_is_cut_at_the_cap(client: ClientSession, here: House) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield bytes(1_000)

    headers = (await identity(client)) | {"Content-Type": "image/png"}
    async with client.post("/chat/files", data=endless(), headers=headers) as answer:
        assert answer.status == 413
    assert not [path for path in here.settings.media_dir.rglob("*") if path.is_file()]


async def test_a_file_goes_with_a_message_and_comes_back_by_a_link(client: ClientSession) -> None:
    who = await identity(client)
    headers = who | {"Content-Type": "image/png"}
    async with client.post("/chat/files", params={"name": "cup.png"}, data=PNG, headers=headers) as answer:
        ref = (await answer.json())["ref"]
    async with client.get("/chat/live", headers=who) as answer:
        stream = Stream(answer.content)
        await stream.next("messages")
        assert await say(client, who, "", files=[ref]) == 200
        while not (told := (await stream.next("messages"))["messages"]) or not told[0]["files"][0]["url"]:
            pass
    (file,) = told[0]["files"]
    assert (file["name"], file["kind"]) == ("cup.png", "image")
    async with client.get(file["url"]) as answer:
        assert await answer.read() == PNG


async def fields(client: ClientSession) -> dict[str, str]:
    async with client.get("/chat") as answer:
        html = await answer.text()
    told = {}
    for name in ("key", "id"):
        told[name] = html.split(f'name="{name}" value="')[1].split('"')[0]
    return told


def form(**told: str) -> FormData:
    data = FormData(default_to_multipart=True)
    for name, value in told.items():
        data.add_field(name, value)
    return data


async def test_the_plain_form_keeps_a_message_once(client: ClientSession, here: House) -> None:
    told = await fields(client) | {"text": "Without script\r\nand twice"}
    for _ in range(2):
        data = form(**told)
        data.add_field("file", PNG, filename="cup.png", content_type="image/png")
        async with client.post("/chat", data=data) as answer:
            assert answer.status == 200
            html = await answer.text()
    assert await here.said() == ["Without script\nand twice"]
    assert "Without script" in html


async def test_a_form_without_its_key_keeps_nothing_but_the_words(client: ClientSession, here: House) -> None:
    told = await fields(client)
    for key in ("", "x", here.channel.identities.form_key("another")):
        data = form(key=key, id=told["id"], text="My <b>words</b>")
        async with client.post("/chat", data=data, allow_redirects=False) as answer:
            assert answer.status == 403
            assert "My &lt;b&gt;words&lt;/b&gt;</textarea>" in await answer.text()
    async with client.post("/chat", data=form(**told, text=" "), allow_redirects=False) as answer:
        assert answer.status == 400
    assert await here.said() == []


LANGUAGES = {
    "the browser's": ({}, "pt-BR,pt;q=0.9,en;q=0.5", "pt"),
    "by weight": ({}, "en;q=0.2, es;q=0.8", "es"),
    "asked for": ({"lang": "en"}, "es", "en"),
    "none we speak": ({}, "ja", "en"),
    "nonsense": ({"lang": "../x"}, "q=;;,", "en"),
}


@pytest.mark.parametrize(("query", "header", "language"), LANGUAGES.values(), ids=LANGUAGES.keys())
async def test_the_page_speaks_the_language(
    client: ClientSession, query: dict[str, str], header: str, language: str
) -> None:
    async with client.get("/chat", params=query, headers={"Accept-Language": header}) as answer:
        assert f'<html lang="{language}">' in await answer.text()


async def test_what_was_said_cannot_run_on_the_page_without_script(
    client: ClientSession, here: House
) -> None:
    await fields(client)
    who = await identity(client)
    await say(client, who, "<script>alert(1)</script>")
    visitor = here.channel.identities.visitor_of(who["Authorization"].removeprefix("Bearer "), now())
    with here.channel.listen(f"web:{visitor}") as bell:
        await here.reply('<img src=x onerror="alert(2)"> *<b>x</b>*')
        await bell.wait()
    async with client.get("/chat") as answer:
        html = await answer.text()
    assert "&lt;img src=x onerror=&quot;alert(2)&quot;&gt;" in html
    assert "<strong>&lt;b&gt;x&lt;/b&gt;</strong>" in html
    assert "&lt;script&gt;alert(1)" in html
    assert "<script>" not in html


@pytest.mark.parametrize(("method", "path"), [("POST", "/chat/visitor"), ("GET", "/chat")])
async def test_a_place_that_makes_many_visitors_is_slowed(
    client: ClientSession, method: str, path: str
) -> None:
    statuses: list[int] = []
    while 429 not in statuses and len(statuses) < 600:  # what was used comes back with time
        client.cookie_jar.clear()
        async with client.request(method, path) as answer:
            statuses.append(answer.status)
    assert statuses[:60] == [200] * 60
    assert statuses[-1] == 429


async def test_who_is_known_and_who_comes_from_another_place_are_not_slowed(client: ClientSession) -> None:
    for _ in range(62):
        async with client.get("/chat") as answer:
            assert answer.status == 200
    for number in range(62):
        client.cookie_jar.clear()
        async with client.get("/chat", headers={"X-Forwarded-For": f"198.51.100.{number}"}) as answer:
            assert answer.status == 200


async def test_the_first_page_is_light(client: ClientSession) -> None:
    size = 0
    async with client.get("/chat") as answer:
        sheets = re.findall(r'href="([^"]+\.css\?v=[^"]+)"', await answer.text())
    assert len(sheets) == 4
    for path in ("/chat", *sheets):
        async with client.get(path) as answer:
            assert answer.status == 200
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            size += len(await answer.read())
    assert size < 80_000


async def test_no_sheet_of_a_customers_page_knows_of_tiers_and_notes(client: ClientSession) -> None:
    async with client.get("/chat") as answer:
        sheets = re.findall(r'href="([^"]+\.css\?v=[^"]+)"', await answer.text())
    told = "".join([await (await client.get(sheet)).text() for sheet in sheets])
    assert "--accent" in told
    assert [word for word in ("tier", "platinum", "--note", "--pt") if word in told.lower()] == []


async def test_a_visitor_who_sends_too_much_hears_when_to_go_on(client: ClientSession) -> None:
    who = await identity(client)
    body = {"events": [{"kind": "typing"}] * 100}
    statuses = []
    for _ in range(5):
        async with client.post("/hooks/webchat", json=body, headers=who) as answer:
            statuses.append(answer.status)
            after = answer.headers.get("Retry-After", "")
    assert statuses[0] == 200
    assert statuses[-1] == 429
    assert int(after) > 0
