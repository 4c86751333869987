"""Fetching what customers attached, within limits."""

import asyncio
import errno
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from pydantic import SecretStr

from bots.channel import Attachment
from bots.errors import Refused, Unreachable
from inbox.bucket import Bucket
from inbox.files import SHARE, TRIES, Files
from inbox.media import MediaStore, TooLarge, safe_name
from storage.batch import Batch, Said
from tests.inbox.house import House

CAP = 1_000


@pytest.fixture
def files(house: House, tmp_path: Path) -> Files:
    return Files(
        ground=house.ground,
        channels={"paper": house.paper},
        media=MediaStore(tmp_path / "media", "secret"),
        nudges=house.ground.nudges,
        cap=CAP,
        clock=house.clock,
    )


async def _attach(
    house: House, ref: str, name: str = "photo.jpg", who: str = "maria", number: int = 1
) -> None:
    said = Said(
        hook_id=1,
        channel="paper",
        address=f"paper:{who}",
        external_id=f"{number}",
        text="",
        sent_at=house.clock(),
        received_at=house.clock(),
        attachments=[Attachment(kind="image", ref=ref, name=name, content_type="image/jpeg")],
    )
    await house.accept.applying.keeper.keep(Batch(said=[said]), house.accept.applying.rules)


async def _row(house: House) -> tuple[Any, ...]:
    [row] = await house.rows("SELECT state, reason, size, content_type, name FROM attachments")
    return row


PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


async def test_bytes_are_streamed_into_the_store_and_told_by_what_they_are(
    house: House, files: Files
) -> None:
    house.paper.files = {"f": [PNG[:10], PNG[10:]]}
    await _attach(house, "f")
    assert await files.turn()
    assert await _row(house) == ("kept", "", len(PNG), "image/png", "photo.jpg")
    [(path,)] = await house.rows("SELECT path FROM attachments")
    assert files.media.open(path).read_bytes() == PNG


async def test_an_endless_file_is_refused_at_the_cap_and_leaves_nothing(
    house: House, files: Files, tmp_path: Path
) -> None:
    house.paper.files = {"f": [b"x" * 400] * 1_000_000}
    await _attach(house, "f")
    await files.turn()
    state, reason, *_ = await _row(house)
    assert (state, reason) == ("refused", "larger than 0 MB")
    assert not [path for path in (tmp_path / "media").rglob("*") if path.is_file()]


async def test_a_refused_file_says_why(house: House, files: Files) -> None:
    house.paper.files = {"f": Refused("the address leads inside our network")}
    await _attach(house, "f")
    await files.turn()
    assert (await _row(house))[:2] == ("refused", "the address leads inside our network")


async def test_a_provider_that_is_away_is_asked_again_and_in_the_end_given_up(
    house: House, files: Files
) -> None:
    house.paper.files = {"f": Unreachable("nobody answers")}
    await _attach(house, "f")
    for _ in range(TRIES - 1):
        await files.turn()
        assert (await _row(house))[0] == "owed"
        house.clock.forward(minutes=20)
    await files.turn()
    assert (await _row(house))[:2] == ("refused", "nobody answers")


async def test_a_full_disk_is_waited_for_and_nothing_is_refused(
    house: House, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    house.paper.files = {"f": [PNG]}
    await _attach(house, "f")
    with monkeypatch.context() as patch:
        patch.setattr(MediaStore, "keep", full)
        await files.turn()
    assert (await _row(house))[:2] == ("owed", "there is no room on our disk")
    house.clock.forward(minutes=2)
    await files.turn()
    assert (await _row(house))[0] == "kept"


async def test_a_bucket_that_is_away_is_waited_for(house: House, files: Files, tmp_path: Path) -> None:
    house.paper.files = {"f": [PNG]}
    await _attach(house, "f")
    bucket = Bucket("s3://a", endpoint="http://127.0.0.1:9", key_id="k", secret=SecretStr("s"))
    folder, files.media = files.media, MediaStore(tmp_path / "media", "secret", bucket)
    await files.turn()
    assert (await _row(house))[:2] == ("owed", "the store of our files does not answer")
    files.media = folder
    house.clock.forward(minutes=2)
    await files.turn()
    assert (await _row(house))[0] == "kept"


async def test_slack_is_owed_the_file_when_it_is_there(slack_house: House, tmp_path: Path) -> None:
    house = slack_house
    files = Files(
        ground=house.ground,
        channels={"paper": house.paper},
        media=MediaStore(tmp_path / "media", "secret"),
        nudges=house.ground.nudges,
        cap=CAP,
        clock=house.clock,
    )
    house.paper.files = {"f": [PNG]}
    await _attach(house, "f")
    await files.turn()
    kinds = await house.rows("SELECT kind FROM deliveries WHERE lane = 'slack' ORDER BY id")
    assert kinds == [("message",), ("attachment",)]


NAMES = [
    pytest.param("../../etc/passwd", "passwd", id="folders up"),
    pytest.param("C:\\temp\\a.txt", "a.txt", id="Windows folders"),
    pytest.param("a\x00\n\u202eb.png", "ab.png", id="unprintable letters"),
    pytest.param("", "file-abcdef", id="no name"),
    pytest.param("..", "file-abcdef", id="only dots"),
    pytest.param("é" * 300 + ".pdf", ("é" * 300 + ".pdf")[-120:], id="a long name keeps its end"),
]


@pytest.mark.parametrize(("name", "safe"), NAMES)
def test_a_senders_file_name_becomes_a_harmless_label(name: str, safe: str) -> None:
    assert safe_name(name, Path("abcdef0123")) == safe


def test_a_link_is_good_for_its_own_file_only(tmp_path: Path) -> None:
    media = MediaStore(tmp_path, "secret")
    signature = media.link(7).partition("?s=")[2]
    assert media.allows(7, signature)
    assert not media.allows(8, signature)
    assert not media.allows(7, signature[:-5] + ("A" if signature[-5] != "A" else "B") + signature[-4:])
    assert not MediaStore(tmp_path, "other").allows(7, signature)


def test_a_link_is_good_for_an_hour_and_under_the_secret_of_before(tmp_path: Path) -> None:
    with time_machine.travel("2026-11-24T14:00:00Z", tick=False) as clock:
        signature = MediaStore(tmp_path, "of before").link(7).partition("?s=")[2]
        both = MediaStore(tmp_path, ["of before", "of today"])
        assert both.allows(7, signature)
        assert not MediaStore(tmp_path, "of before").allows(7, both.link(7).partition("?s=")[2])
        clock.shift(3600)
        assert both.allows(7, signature)
        clock.shift(1)
        assert not both.allows(7, signature)


@pytest.mark.parametrize("path", ["../outside", "/etc/passwd"])
def test_no_path_leads_out_of_the_store(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError, match="leads out"):
        MediaStore(tmp_path, "secret").open(path)


async def test_a_stream_that_breaks_leaves_nothing(tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"half"
        raise Unreachable

    media = MediaStore(tmp_path, "secret")
    with pytest.raises(Unreachable):
        await media.keep(broken(), name="a", content_type="", cap=10)
    with pytest.raises(TooLarge):
        await media.keep(_once(b"x" * 11), name="a", content_type="", cap=10)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def test_files_of_a_channel_switched_off_hold_up_nobody_and_wait(house: House, files: Files) -> None:
    await _attach(house, "f")
    async with house.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE messages SET channel = 'gone'")
    await files.turn()
    assert not await files.turn(), "it does not spin"
    [(state, reason)] = await house.rows("SELECT state, reason FROM attachments")
    assert (state, reason) == ("owed", "gone is switched off")


async def test_one_customers_many_slow_files_let_anothers_one_pass(house: House, files: Files) -> None:
    ends = asyncio.Event()

    begun = []

    async def slow(*_: object, **__: object) -> None:
        begun.append(1)
        await ends.wait()

    house.paper.files = {"slow": Unreachable("never asked"), "f": [PNG]}
    kept, files.media.keep = files.media.keep, slow  # type: ignore[method-assign, assignment]
    for number in range(20):
        await _attach(house, "slow", number=number)
    running = asyncio.create_task(files.run())
    while len(begun) < SHARE:
        await asyncio.sleep(0.01)
    files.media.keep = kept  # type: ignore[method-assign]
    house.clock.forward(seconds=1)
    await _attach(house, "f", who="rui", number=100)
    house.ground.nudges.nudge("media")
    while not await house.rows("SELECT 1 FROM attachments WHERE state = 'kept'"):
        await asyncio.sleep(0.01)
    assert len(begun) == SHARE
    await files.stop()
    ends.set()
    await running
