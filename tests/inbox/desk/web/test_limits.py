"""What the desk's doors refuse to hold, read or keep, and whom they stop telling."""

import errno
from pathlib import Path
from typing import Any

import pytest
from aiohttp import FormData

from inbox.desk.web import sign_in
from inbox.live import Change
from storage import sessions
from storage.database import StorageFull
from tests.inbox.desk.web.house import House
from tests.inbox.desk.web.test_live import _stream

URLENCODED = "application/x-www-form-urlencoded"
UNREADABLE = {
    "a form without bounds": ("multipart/form-data", b"x", 400),
    "a form that never begins": ("multipart/form-data; boundary=a", b"x", 400),
    "a form in no encoding": (URLENCODED + "; charset=dance", b"token=a", 400),
    "a form that is not UTF-8": (URLENCODED, b"token=\xff", 400),
    "a form without end": (URLENCODED, b"token=" + b"x" * 2_000_000, 413),
}


@pytest.mark.parametrize(("kind", "body", "status"), UNREADABLE.values(), ids=UNREADABLE.keys())
@pytest.mark.parametrize("what", ["sign-in", "draft", "take"])
async def test_a_form_that_cannot_be_read_is_refused_in_words(
    desk: House, what: str, kind: str, body: bytes, status: int
) -> None:
    path = "/desk/sign-in" if what == "sign-in" else f"/desk/c/{await desk.conversation()}/{what}"
    answer = await desk.client.post(path, data=body, headers={"Content-Type": kind})
    assert answer.status == status
    assert answer.headers["Content-Security-Policy"]


def _files(house: House) -> list[Path]:
    return [path for path in Path(house.app.settings.media_dir).rglob("*") if path.is_file()]


async def test_a_form_that_breaks_off_leaves_no_file(desk: House) -> None:
    key = await desk.conversation(owner="tiago")
    body = (
        b'--a\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n' + desk.csrf.encode() + b"\r\n"
        b'--a\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nwords\r\n'
        b'--a\r\nContent-Disposition: form-data; name="text"\r\n\r\n' + b"x" * 500_000 + b"\r\n--a--"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=a"}
    answer = await desk.client.post(f"/desk/c/{key}/answer", data=body, headers=headers)
    assert answer.status == 413
    assert _files(desk) == []


async def test_a_file_beside_a_button_is_not_kept(desk: House) -> None:
    key = await desk.conversation()
    for what in ("take", "draft", "read"):
        form = FormData({"csrf": desk.csrf, "text": "x"})
        form.add_field("file", b"words", filename="a.txt")
        answer = await desk.client.post(f"/desk/c/{key}/{what}", data=form, allow_redirects=False)
        assert answer.status in (200, 303)
    assert _files(desk) == []


async def test_a_full_disk_is_said_and_is_no_accident_of_ours(
    desk: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    async def full_too(*_: object, **__: object) -> None:
        raise StorageFull

    key = await desk.conversation(owner="tiago")
    with monkeypatch.context() as patch:
        patch.setattr("inbox.media.MediaStore._new_path", full)
        form = FormData({"csrf": desk.csrf, "text": "with a file"})
        form.add_field("file", b"words", filename="a.txt")
        answer = await desk.client.post(f"/desk/c/{key}/answer", data=form)
        assert (answer.status, "disk is full" in await answer.text()) == (503, True)
    monkeypatch.setattr("storage.drafts.keep", full_too)
    answer = await desk.post(f"/desk/c/{key}/draft", text="words")
    assert (answer.status, "disk is full" in await answer.text()) == (503, True)


async def test_who_tries_many_links_is_slowed_and_writes_one_line_of_the_audit_log(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing, turns = type(house.app.database).writing, list[int]()

    def counted(database: Any) -> Any:
        turns.append(1)
        return writing(database)

    with monkeypatch.context() as patch:
        patch.setattr(type(house.app.database), "writing", counted)
        statuses = [(await house.enter("wrong")).status for _ in range(sign_in.TRIES_A_MINUTE + 1)]
    assert statuses == [410] * sign_in.TRIES_A_MINUTE + [429]
    assert len(turns) == 1, "a wrong link takes no writer's turn"
    elsewhere = {"X-Forwarded-For": "203.0.113.9"}
    answer = await house.enter(await house.link(), headers=elsewhere, allow_redirects=False)
    assert answer.status == 303


async def test_on_a_busy_day_too_a_stream_ends_with_its_session(desk: House) -> None:
    key = await desk.conversation("Marta", owner="tiago")
    stream, response = await _stream(desk)
    change = Change(kind="conversation", conversation_id=key)
    assert await stream.show([change])
    while not response.events.empty():
        response.events.get_nowait()
    async with desk.app.database.writing() as connection:
        await sessions.end(connection, stream.visit.token)
    assert not await stream.show([change])
    assert "event: out" in response.events.get_nowait()
    assert response.events.empty()
