"""What strangers may make the chat's doors hold, read and keep."""

import asyncio
import errno
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, CookieJar

from inbox.chat.uploads import LIVES, NoRoom, Uploads
from inbox.posted import MOST_PARTS
from storage.database import StorageFull
from tests.inbox.chat.house import House, house, now
from tests.inbox.chat.test_routes import PNG, fields, form, identity


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path, file_bytes=1_000, unsent_bytes=2_500) as built:
        yield built


@pytest.fixture
async def client(here: House) -> AsyncIterator[ClientSession]:
    async with ClientSession(here.url, cookie_jar=CookieJar(unsafe=True)) as session:
        yield session


FORM = "multipart/form-data; boundary=a"
URLENCODED = "application/x-www-form-urlencoded"
NESTED = b"".join(
    b"--a%s\r\nContent-Type: multipart/mixed; boundary=a%d\r\n\r\n" % (b"" if n == 0 else b"%d" % n, n + 1)
    for n in range(2_000)
)
FIELD = b'--a\r\nContent-Disposition: form-data; name="f%d"\r\n\r\nx\r\n'
HUGE = b'--a\r\nContent-Disposition: form-data; name="text"\r\n\r\n' + b"x" * 300_000 + b"\r\n--a--"

BODIES = {
    "JSON nested without end": ("/chat/visitor", "application/json", b"[" * 9_000, 400),
    "JSON in no encoding": ("/chat/visitor", "application/json; charset=dance", b"{}", 400),
    "JSON that is none": ("/chat/visitor", "application/json", b"{", 400),
    "JSON larger than anybody says": ("/chat/visitor", "application/json", b" " * 20_000, 413),
    "a form without bounds": ("/chat", "multipart/form-data", b"x", 400),
    "a form that never begins": ("/chat", FORM, b"x", 400),
    "a form of forms of forms": ("/chat", FORM, NESTED, 400),
    "a form of very many fields": ("/chat", FORM, b"".join(FIELD % n for n in range(MOST_PARTS + 2)), 413),
    "a field without end": ("/chat", FORM, HUGE, 413),
    "a form in no encoding": ("/chat", URLENCODED + "; charset=dance", b"text=a", 400),
    "a form that is not UTF-8": ("/chat", URLENCODED, b"text=\xff", 400),
    "a form without end": ("/chat", URLENCODED, b"text=" + b"x" * 300_000, 413),
}


@pytest.mark.parametrize(("path", "kind", "body", "status"), BODIES.values(), ids=BODIES.keys())
async def test_what_cannot_be_read_or_is_too_much_is_refused(
    client: ClientSession, path: str, kind: str, body: bytes, status: int
) -> None:
    async with client.post(path, data=body, headers={"Content-Type": kind}) as answer:
        assert answer.status == status, await answer.text()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/chat/files?name=a.png", "image/png"),
        ("/chat/visitor", "application/json"),
        ("/chat", URLENCODED),
        ("/chat", FORM),
    ],
)
async def test_what_does_not_come_is_not_waited_for(
    client: ClientSession, here: House, monkeypatch: pytest.MonkeyPatch, path: str, kind: str
) -> None:
    async def half() -> AsyncIterator[bytes]:
        yield b"--a"
        await asyncio.Event().wait()

    who = await identity(client)
    monkeypatch.setattr("inbox.posted.PATIENCE", 0.01)
    async with client.post(path, data=half(), headers=who | {"Content-Type": kind}) as answer:
        assert answer.status == 408
    assert not [one for one in here.settings.media_dir.rglob("*") if one.is_file()]


async def test_a_key_of_a_message_is_no_number_without_end(client: ClientSession) -> None:
    who = await identity(client)
    async with client.get("/chat/messages", params={"after": "9" * 5_000}, headers=who) as answer:
        assert answer.status == 400


async def _add(client: ClientSession, who: dict[str, str], kind: str = "image/png") -> tuple[int, Any]:
    url = "/chat/files?name=cup.png"
    async with client.post(url, data=PNG, headers=who | {"Content-Type": kind}) as answer:
        return answer.status, await answer.text()


async def test_what_is_added_and_never_sent_has_a_cap_and_an_end(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path, "secret", room=2_000)
    at = now()

    async def add(cap: int, later: timedelta = timedelta()) -> str:
        async def chunks() -> AsyncIterator[bytes]:
            yield PNG + b"x" * (cap - len(PNG))

        kept = await uploads.keep(chunks(), name="a", content_type="", cap=cap, now=at + later)
        return kept.path

    first = Path(await add(1_500))
    with pytest.raises(NoRoom):
        await add(600)
    await add(500)
    second = Path(await add(1_900, LIVES + timedelta(minutes=1)))
    assert not first.exists(), "a day later there is room again"
    assert second.exists()


async def test_without_room_a_file_is_refused_and_the_words_are_kept(
    client: ClientSession, here: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    who = await identity(client)
    told = await fields(client)
    monkeypatch.setattr("inbox.media.MediaStore._new_path", full)
    assert (await _add(client, who))[0] == 503
    data = form(**told, text="with a picture")
    data.add_field("file", PNG, filename="cup.png", content_type="image/png")
    async with client.post("/chat", data=data) as answer:
        assert answer.status == 503
        assert "with a picture" in await answer.text()
    assert await here.said() == []


async def test_on_a_full_disk_the_form_keeps_the_words(
    client: ClientSession, here: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise StorageFull

    told = await fields(client)
    monkeypatch.setattr(here.accept.applying.keeper, "keep", full)
    async with client.post("/chat", data=form(**told, text="many words")) as answer:
        assert answer.status == 503
        assert "many words" in await answer.text()


@pytest.mark.parametrize("kind", ["audio/<script>", "video/x\ty", "audio/é", "image/svg+xml", "text/html"])
async def test_a_kind_that_is_none_or_could_run_is_not_taken(client: ClientSession, kind: str) -> None:
    who = await identity(client)
    headers = who | {"Content-Type": kind}
    async with client.post("/chat/files?name=a.png", data=b"<script>1</script>", headers=headers) as answer:
        assert answer.status == 415, await answer.text()


async def test_uploads_of_one_place_are_slowed_whoever_they_say_they_are(
    client: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.chat.visitors.FILES_OF_A_PLACE", 2)
    statuses = []
    for _ in range(3):
        client.cookie_jar.clear()
        statuses.append((await _add(client, await identity(client)))[0])
    assert statuses == [200, 200, 429]


async def test_a_visitor_who_is_gone_leaves_nothing_half_written(here: House, client: ClientSession) -> None:
    who = await identity(client)
    begun = asyncio.Event()

    async def half() -> AsyncIterator[bytes]:
        yield PNG
        begun.set()
        await asyncio.Event().wait()

    sending = asyncio.create_task(
        client.post("/chat/files?name=a.png", data=half(), headers=who).__aenter__()
    )
    await begun.wait()
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    async with asyncio.timeout(25):
        while [path for path in here.settings.media_dir.rglob("*") if path.is_file()]:
            await asyncio.sleep(0)
