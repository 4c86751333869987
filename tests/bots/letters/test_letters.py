"""A letter is what its PDF shows: read back as a printer's software reads it."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pypdfium2  # type: ignore[import-untyped]
import pytest
from PIL import Image
from pydantic import ValidationError

import bots
from bots.channel import Attachment, Channel, MediaOut, MessageOut
from bots.errors import BadSignature, Misconfigured, Refused, Unreachable
from bots.letters.addresses import address_of, lines_of
from bots.letters.layout import LAYOUTS
from bots.letters.words import paragraphs
from tests.bots.letters.case import ADDRESS, CASE, sign

MM = 72 / 25.4
SENT_AT = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)


@pytest.fixture
def channel(tmp_path: Path) -> Channel:
    return CASE.open(folder=tmp_path / "letters")


def out(text: str = "Dear Ana,\n\nyour boots are here.", **changes: Any) -> MessageOut:
    return replace(MessageOut(key="reply:1:1", address=ADDRESS, text=text, owed_at=SENT_AT), **changes)


async def printed(channel: Channel, message: MessageOut) -> pypdfium2.PdfDocument:
    sent = await channel.send(message)
    return pypdfium2.PdfDocument(channel.settings.folder / sent.external_id)  # type: ignore[attr-defined]


def words(pdf: pypdfium2.PdfDocument, page: int = 0) -> str:
    return str(pdf[page].get_textpage().get_text_range()).replace("\r\n", "\n")


def box_of(pdf: pypdfium2.PdfDocument, wanted: str) -> tuple[float, float, float, float]:
    """Give where words stand on the first page: left, top, right, bottom in millimetres from the top left."""
    text = pdf[0].get_textpage()
    found = text.search(wanted).get_next()
    assert found, wanted
    begin, count = found
    boxes = [text.get_charbox(index) for index in range(begin, begin + count)]
    height = pdf[0].get_height()
    left, right = min(box[0] for box in boxes), max(box[2] for box in boxes)
    top, bottom = height - max(box[3] for box in boxes), height - min(box[1] for box in boxes)
    return left / MM, top / MM, right / MM, bottom / MM


async def test_a_letter_bears_sender_address_date_and_words(channel: Channel) -> None:
    pdf = await printed(channel, out())
    said = words(pdf)
    for line in ("Casa das Botas, Lda.", "Ana Sousa", "Avenida da República 12", "PORTUGAL", "March 1, 2026"):
        assert line in said
    assert "Dear Ana," in said
    assert "your boots are here." in said
    assert len(pdf) == 1
    assert "1 / 1" not in said


@pytest.mark.parametrize("window", sorted(LAYOUTS))
@pytest.mark.parametrize("lines", [3, 6])
async def test_the_address_stands_within_the_window_and_nothing_else_of_the_text(
    tmp_path: Path, window: str, lines: int
) -> None:
    paper = "letter" if window == "us10" else "a4"
    channel = CASE.open(
        folder=tmp_path, window=window, paper=paper, letterhead=["Telephone 22"], place="Porto"
    )
    given = ["Ana Sousa", "Second line", "Third line", "Fourth line", "Fifth line", "LAST LINE"]
    shown = [*given[: lines - 1], given[-1]]
    pdf = await printed(channel, out(address=address_of(shown)))
    left, top, width, height = LAYOUTS[window].window
    boxes = [box_of(pdf, line) for line in shown]
    for box in boxes:
        assert left <= box[0]
        assert box[2] <= left + width
        assert top <= box[1]
        assert box[3] <= top + height
    assert all(above[3] < below[1] for above, below in pairwise(boxes))
    for other in ("Telephone 22", "Dear Ana", "Porto, March"):
        box = box_of(pdf, other)
        assert box[1] > top + height or box[3] < top or box[0] > left + width


async def test_the_text_begins_where_the_address_does(channel: Channel) -> None:
    pdf = await printed(channel, out("Hello"))
    assert abs(box_of(pdf, "Hello")[0] - box_of(pdf, "Avenida")[0]) < 1.2


@pytest.mark.parametrize(("paper", "size"), [("a4", (210, 297)), ("letter", (215.9, 279.4))])
async def test_the_paper_is_what_the_setting_says(
    tmp_path: Path, paper: str, size: tuple[float, float]
) -> None:
    pdf = await printed(CASE.open(folder=tmp_path, paper=paper), out())
    assert [round(side / MM, 1) for side in pdf[0].get_size()] == pytest.approx(size, abs=0.1)


@pytest.mark.parametrize(
    ("language", "setting", "zone", "date"),
    [
        ("", "en", "UTC", "March 1, 2026"),
        ("", "de", "UTC", "1. März 2026"),
        ("pt", "de", "UTC", "1 de março de 2026"),
        ("pt-BR", "de", "UTC", "1 de março de 2026"),
        ("el", "en", "Europe/Athens", "2 Μαρτίου 2026"),
        ("xx-nothing", "de", "UTC", "1. März 2026"),
    ],
)
async def test_the_date_is_of_the_place_and_in_the_customer_s_language(
    tmp_path: Path, language: str, setting: str, zone: str, date: str
) -> None:
    channel = CASE.open(folder=tmp_path, language=setting, zone=zone)
    assert date in words(await printed(channel, out(template_language=language)))


async def test_latin_cyrillic_and_greek_are_printed_and_embedded(channel: Channel) -> None:
    text = "Zażółć gęślą jaźń, Ångström, İstanbul, Łódź; Привет, їжак; Γειά σου, Ωμέγα; “quotes” – € ₺"
    pdf = await printed(channel, out(text))
    assert " ".join(words(pdf).split()).endswith(text)
    content = (channel.settings.folder / (await channel.send(out(text))).external_id).read_bytes()  # type: ignore[attr-defined]
    assert re.findall(rb"/BaseFont /[A-Z]{6}\+[^ \n]*Fira", content)
    assert b"/FontFile2" in content
    assert b"/Helvetica" not in content


async def test_marks_are_fonts_and_not_signs(channel: Channel) -> None:
    pdf = await printed(channel, out("a *bold* b _italic_ c ~struck~ d 2*3*4"))
    assert "a bold b italic c struck d 2*3*4" in words(pdf)
    fonts = {name for page in pdf for name in fonts_of(page)}
    assert any("Bold" in name for name in fonts)
    assert any("Italic" in name for name in fonts)


def fonts_of(page: pypdfium2.PdfPage) -> Iterator[str]:
    for one in page.get_objects():
        if one.type == pypdfium2.raw.FPDF_PAGEOBJ_TEXT:
            font = pypdfium2.raw.FPDFTextObj_GetFont(one.raw)
            length = pypdfium2.raw.FPDFFont_GetBaseFontName(font, None, 0)
            buffer = (pypdfium2.raw.c_char * length)()
            pypdfium2.raw.FPDFFont_GetBaseFontName(font, buffer, length)
            yield buffer.value.decode()


async def test_emoji_are_left_out_and_other_scripts_are_refused(channel: Channel) -> None:
    assert "Happy birthday! See you" in words(
        await printed(channel, out("Happy birthday 🎉👩‍👩‍👧❤️! 👋 See you 🙂"))
    )
    with pytest.raises(Refused, match="漢 字 あ"):
        await channel.send(out("漢字あ", key="reply:2:1"))
    with pytest.raises(Refused, match="ش"):
        await channel.send(out(address=address_of(["شهد", "Street 1", "Town"]), key="reply:3:1"))
    assert len(list(channel.settings.folder.iterdir())) == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", ["👍", "🎉\n\n👋", "*👍*"])
async def test_a_letter_of_emoji_alone_is_refused_for_it_would_be_empty(channel: Channel, text: str) -> None:
    with pytest.raises(Refused, match="nothing to print"):
        await channel.send(out(text))
    assert not list(channel.settings.folder.glob("*"))  # type: ignore[attr-defined]


def test_lines_are_cut_where_formatting_changes() -> None:
    assert list(paragraphs("*a* _b_\n\n~*c*~")) == [
        [("a", "B"), (" ", ""), ("b", "I")],
        [],
        [("c", "BS")],
    ]
    assert list(paragraphs("```x\ny```")) == [[("x", "")], [("y", "")]]


async def test_a_long_letter_goes_on_in_order_over_numbered_pages(channel: Channel) -> None:
    lines = [f"Line number {number} of a long letter." for number in range(150)]
    pdf = await printed(channel, out("\n".join(lines)))
    pages = [words(pdf, page) for page in range(len(pdf))]
    assert len(pages) > 2
    found = re.findall(r"Line number \d+ of a long letter\.", "\n".join(pages))
    assert found == lines
    assert [re.findall(r"\d+ / \d+", page) for page in pages] == [
        [f"{n} / {len(pages)}"] for n in range(1, len(pages) + 1)
    ]


async def test_a_placeholder_of_the_library_s_is_only_words(channel: Channel) -> None:
    assert "{nb} **x** %s" in words(await printed(channel, out("{nb} **x** %s")))


def media(path: Path) -> MediaOut:
    return MediaOut(name=path.name, content_type="image/png", size=path.stat().st_size, path=path, url="")


async def test_pictures_stand_on_pages_of_their_own(channel: Channel, tmp_path: Path) -> None:
    tall, clear = tmp_path / "tall.jpg", tmp_path / "clear.png"
    Image.new("RGB", (3000, 6000), "navy").save(tall)
    Image.new("RGBA", (40, 20), (255, 0, 0, 0)).save(clear)
    pdf = await printed(channel, out(media=(media(tall), media(clear))))
    assert len(pdf) == 3
    shown = []
    for page in (1, 2):
        [picture] = [one for one in pdf[page].get_objects() if one.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]
        left, bottom, right, top = picture.get_bounds()
        assert left >= 20 * MM
        assert right <= pdf[page].get_width() - 19 * MM
        assert bottom > 20 * MM
        shown.append((round((right - left) / (top - bottom), 2), picture.get_px_size()))
    assert shown == [(0.5, (1500, 3000)), (2.0, (40, 20))]
    assert "tall.jpg" in words(pdf, 1)
    assert pdf[2].render().to_pil().getpixel((300, 200))[:3] == (255, 255, 255)


async def test_what_is_no_picture_is_refused(channel: Channel, tmp_path: Path) -> None:
    odd = tmp_path / "a.png"
    odd.write_bytes(b"no picture")
    with pytest.raises(Refused, match=r"a\.png is no picture"):
        await channel.send(out(media=(media(odd),)))
    with pytest.raises(Refused, match="cannot be read"):
        await channel.send(out(media=(replace(media(odd), path=tmp_path / "gone.png", name="gone.png"),)))


async def test_the_same_key_is_the_same_file_and_is_written_once(channel: Channel) -> None:
    message = out()
    assert await channel.look_up(message) is None
    sent = await channel.send(message)
    path = channel.settings.folder / sent.external_id  # type: ignore[attr-defined]
    before = path.read_bytes()
    assert (await channel.send(replace(message, text="Other words"))).external_id == sent.external_id
    assert path.read_bytes() == before
    assert await channel.look_up(message) == sent
    assert (await channel.send(replace(message, key="reply:1:2"))).external_id != sent.external_id


async def test_letters_written_at_once_leave_no_drafts(channel: Channel) -> None:
    names = await asyncio.gather(*(channel.send(out(key=f"reply:{number % 3}")) for number in range(9)))
    there = sorted(path.name for path in channel.settings.folder.iterdir())  # type: ignore[attr-defined]
    assert there == sorted({sent.external_id for sent in names})
    assert len(there) == 3


@pytest.mark.parametrize("key", ["../../etc/passwd", "a/b", "ключ", "x" * 400, ".", ""])
async def test_no_key_leads_out_of_the_folder(channel: Channel, key: str) -> None:
    sent = await channel.send(out(key=key))
    assert re.fullmatch(r"[A-Za-z0-9-]+\.pdf", sent.external_id)
    assert (channel.settings.folder / sent.external_id).is_file()  # type: ignore[attr-defined]


async def test_a_folder_that_cannot_be_made_is_our_mistake(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    channel = CASE.open(folder=tmp_path / "file" / "letters")
    with pytest.raises(Misconfigured, match="cannot be made"):
        await channel.send(out())
    with pytest.raises(Misconfigured):
        await channel.who()


async def test_a_full_disk_leaves_nothing_and_is_tried_again(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("bots.letters.channel.os.fsync", full)
        with pytest.raises(Unreachable, match="disk"):
            await channel.send(out())
    assert list(channel.settings.folder.iterdir()) == []  # type: ignore[attr-defined]
    assert await channel.look_up(out()) is None


async def test_it_says_where_letters_go(channel: Channel, tmp_path: Path) -> None:
    assert await channel.who() == f"letters for Casa das Botas, Lda., as PDF in {tmp_path / 'letters'}"


@pytest.mark.parametrize("body", [b"", b"{}", b'{"events":[]}'])
def test_nobody_writes_to_us_here(channel: Channel, body: bytes) -> None:
    for act in (channel.read, channel.check):
        with pytest.raises(BadSignature):
            act(sign(body))


async def test_nothing_is_fetched_and_nothing_empty_is_printed(channel: Channel) -> None:
    with pytest.raises(Refused):
        _ = [chunk async for chunk in channel.fetch(Attachment(kind="image", ref="x"))]
    with pytest.raises(Refused, match="nothing to print"):
        await channel.send(out(" \n"))


def test_an_address_is_written_and_read_the_same() -> None:
    lines = ("Ana Müller | Söhne", "100% Street #1", "Łódź", "ΕΛΛΑΔΑ")
    address = address_of(lines)
    assert " " not in address
    assert address.isascii()
    assert lines_of(address) == lines
    assert lines_of("post:Ana%20%20Sousa|A%20B|C") == ("Ana Sousa", "A B", "C")


@pytest.mark.parametrize(
    ("address", "words_"),
    [
        ("tel:+34600123456", "no"),
        ("post:Ana|Town", "3 to 6 lines"),
        ("post:a|b|c|d|e|f|g", "3 to 6 lines"),
        ("post:Ana||Town", "empty"),
        ("post:Ana|%00|Town", "cannot be printed"),
        ("post:Ana|%ff|Town", "UTF-8"),
        ("post:Ana|" + "x" * 46 + "|Town", "longer than 45"),
    ],
)
def test_an_address_of_another_shape_is_refused(address: str, words_: str) -> None:
    with pytest.raises(Refused) as raised:
        lines_of(address)
    assert words_ in raised.value.reason
    assert raised.value.code == "address"


async def test_a_line_wider_than_the_window_is_refused(channel: Channel) -> None:
    with pytest.raises(Refused, match="wider than the envelope's window"):
        await channel.send(out(address=address_of(["W" * 45, "Street", "Town"])))


@pytest.mark.parametrize(
    "change",
    [{"sender": ["Only one"]}, {"zone": "Mars"}, {"language": "nothing"}, {"paper": "a3"}, {"window": "x"}],
    ids=str,
)
def test_a_setting_that_cannot_be_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        bots.find("letters").Settings.model_validate({**CASE.section, **change})
