"""Files both ways: shown with words for who cannot see, fetched with the token, refused with a reason."""

from pathlib import Path
from typing import Any

import pytest

from bots.channel import Attachment
from bots.errors import Refused
from inbox.files import Files
from storage.batch import Batch, Said
from storage.queues import OwedRow, owe
from tests.inbox.desk.slack.bureau import Bureau, bureau

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 200


async def _attached(desk: Bureau, **columns: Any) -> None:
    """A customer's file is in the store and owed to Slack, as the fetching loop leaves it."""
    content = columns.pop("content", PNG)
    (desk.media.open("aa")).mkdir(parents=True, exist_ok=True)
    desk.media.open("aa/file").write_bytes(content)
    [(message, conversation)] = await desk.house.rows("SELECT id, conversation_id FROM messages")
    row = {
        "id": 5, "message_id": message, "position": 0, "kind": "image", "name": "cat.png",
        "content_type": "image/png", "size": len(content), "state": "kept", "path": "aa/file",
        "reason": "", **columns,
    }  # fmt: skip
    from storage.tables import attachments

    async with desk.house.database.writing() as connection:
        await connection.execute(attachments.insert().values(**row))
        owed = OwedRow(
            lane="slack", kind="attachment", conversation_id=conversation, key="file:5",
            message_id=message, attachment_id=5, due_at=desk.now(),
        )  # fmt: skip
        await owe(connection, desk.house.database.ids, [owed], desk.now())
    desk.ring()


async def test_a_photo_is_shown_with_words_for_who_cannot_see(desk: Bureau) -> None:
    await desk.opened("look")
    await _attached(desk)
    await desk.until(lambda: any("photo" in post.text for post in desk.thread()))
    post = next(post for post in desk.thread() if "photo" in post.text)
    image = post.blocks[0]
    assert image["type"] == "image"
    assert image["alt_text"].startswith("photo from Maria")
    assert desk.slack.file(image["slack_file"]["id"]).content == PNG


async def test_what_the_fetching_loop_kept_or_refused_stands_in_the_thread(desk: Bureau) -> None:
    house = desk.house
    house.paper.files = {"voice": [b"OggS" + b"0" * 200], "gone": Refused("it is there no more")}
    said = Said(
        hook_id=1, channel="paper", address="paper:maria", external_id="1", text="voicemail",
        sent_at=desk.now(), received_at=desk.now(), sender_name="Maria",
        attachments=[
            Attachment(kind=kind, ref=ref, name=name, content_type="audio/ogg")  # type: ignore[arg-type]
            for kind, ref, name in (("voice", "voice", "voicemail.ogg"), ("document", "gone", "bill.pdf"))
        ],
    )  # fmt: skip
    await house.accept.applying.keeper.keep(Batch(said=[said]), house.accept.applying.rules)
    files = Files(
        ground=house.ground, channels={"paper": house.paper}, media=desk.media, nudges=house.ground.nudges,
        cap=10_000, clock=desk.now,
    )  # fmt: skip
    assert await files.turn()
    desk.ring()
    await desk.until(lambda: len(desk.cards) == 1 and any(post.files for post in desk.thread()))
    [shared] = [post for post in desk.thread() if post.files]
    assert "voicemail.ogg, 204 bytes" in shared.text
    await desk.until(lambda: any("it is there no more" in post.text for post in desk.thread()))
    await desk.until_row(
        "SELECT count(*) FROM deliveries WHERE kind = 'attachment' AND state = 'sent'", is_=2
    )


async def test_another_file_stands_in_the_thread_with_its_size(desk: Bureau) -> None:
    await desk.opened("look")
    await _attached(
        desk, kind="document", name="bill.pdf", content_type="application/pdf", content=b"%PDF" * 500
    )
    await desk.until(lambda: any(post.files for post in desk.thread()))
    post = next(post for post in desk.thread() if post.files)
    assert "Maria sent a document" in post.text
    assert "bill.pdf, 2.0 kB" in post.text


async def test_a_file_whose_answer_was_lost_stands_there_once(desk: Bureau) -> None:
    from tests.providers.slack import Fault

    await desk.opened("look")
    desk.slack.fault("files.completeUploadExternal", Fault.cut_after_accepting())
    await _attached(desk, kind="document", name="bill.pdf", content_type="application/pdf")
    await desk.until(lambda: any(post.files for post in desk.thread()))
    await desk.until_row("SELECT state FROM deliveries WHERE key = 'file:5'", is_="asking")
    await desk.forward(3)
    await desk.until_row("SELECT state FROM deliveries WHERE key = 'file:5'", is_="sent")
    assert len([post for post in desk.thread() if post.files]) == 1


async def test_a_refused_file_is_named_with_its_reason(desk: Bureau) -> None:
    await desk.opened("look")
    await _attached(desk, state="refused", reason="larger than 25 MB", name="film.mov")
    await desk.until(lambda: any("film.mov" in post.text for post in desk.thread()))
    assert "larger than 25 MB" in desk.thread()[-1].text


async def test_a_place_is_a_link(desk: Bureau) -> None:
    await desk.opened("here")
    await _attached(desk, kind="location", latitude=41.15, longitude=-8.61)
    await desk.until(lambda: any("41.15000, -8.61000" in post.text for post in desk.thread()))


async def test_an_agents_file_reaches_the_customer(desk: Bureau) -> None:
    card = await desk.opened()
    await desk.ana.uploads(card, "cat.png", PNG, text="a cat")
    await desk.sent(1)
    media = [file for message in desk.house.paper.sent for file in message.media]
    assert [(file.name, file.path.read_bytes()) for file in media] == [("cat.png", PNG)]


async def test_a_file_that_only_files_info_knows_is_asked_for(desk: Bureau) -> None:
    card = await desk.opened()
    await desk.ana.uploads(card, "cat.png", PNG, check_info=True)
    await desk.sent(1)
    assert desk.slack.called("files.info")


@pytest.mark.parametrize(
    ("serves", "why"), [("html", "sign-in page"), ("forbidden", "HTTP 403")], ids=["html", "forbidden"]
)
async def test_a_file_that_cannot_be_fetched_is_not_sent_and_the_thread_says_why(
    desk: Bureau, serves: str, why: str
) -> None:
    card = await desk.opened()
    await desk.ana.uploads(card, "cat.png", PNG, text="a cat", serves=serves)
    await desk.until(lambda: any(why in post.text for post in desk.thread()))
    assert desk.house.paper.sent == []


async def test_a_file_too_large_is_not_sent(tmp_path: Path) -> None:
    async with bureau(tmp_path, file_bytes=100) as desk:
        card = await desk.opened()
        await desk.ana.uploads(card, "cat.png", PNG)
        await desk.until(lambda: any("larger than" in post.text for post in desk.thread()))
        assert desk.house.paper.sent == []


async def test_a_kind_the_channel_does_not_carry_is_explained(desk: Bureau) -> None:
    card = await desk.opened()
    await desk.ana.uploads(card, "song.mp3", b"ID3" + b"0" * 100)
    await desk.ana.sees("does not carry")
    assert desk.house.paper.sent == []
