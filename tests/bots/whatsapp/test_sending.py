"""What we send, as the look-alike gets it."""

from pathlib import Path
from typing import Any

import pytest

from bots.channel import Attachment
from bots.errors import Refused
from bots.whatsapp.channel import WhatsApp
from bots.whatsapp.settings import Settings
from tests.bots.whatsapp.sections import ADDRESS, CUSTOMER, medium, out, section, template
from tests.providers.whatsapp import WhatsAppLookAlike
from tests.providers.whatsapp.server import bsuid

ABOUT = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": CUSTOMER}


async def test_a_text_goes_with_its_marks_as_they_are(channel: WhatsApp, meta: WhatsAppLookAlike) -> None:
    text = "*Hola* _Lucía_ ~no~ `x` ```y``` 😀"
    sent = await channel.send(out(text))
    assert meta.requests == [{**ABOUT, "type": "text", "text": {"body": text}}]
    assert (sent.external_id, sent.also) == (meta.sent[0].id, ())


async def test_a_link_is_shown_with_its_picture(channel: WhatsApp, meta: WhatsAppLookAlike) -> None:
    await channel.send(out("See https://shop.example/1"))
    assert meta.requests[0]["text"] == {"body": "See https://shop.example/1", "preview_url": True}


async def test_an_answer_names_what_it_answers(channel: WhatsApp, meta: WhatsAppLookAlike) -> None:
    await channel.send(out(reply_to="wamid.0"))
    assert meta.requests[0]["context"] == {"message_id": "wamid.0"}


async def test_who_hides_their_number_is_reached_by_their_identifier(
    channel: WhatsApp, meta: WhatsAppLookAlike
) -> None:
    user = bsuid(CUSTOMER)
    meta.last_said[user] = meta.clock()
    sent = await channel.send(out("Hola", address=f"whatsapp:{user}"))
    assert "to" not in meta.requests[0]
    assert meta.requests[0]["recipient"] == user
    assert meta.texts() == ["Hola"]
    assert sent.also == ()


@pytest.mark.parametrize(
    "address",
    ["tel:+34600123456", "whatsapp:34600123456", "whatsapp:+34 600", "whatsapp:", "whatsapp:ES.a/../b"],
)
async def test_what_is_no_address_of_whatsapps_is_refused_here(
    channel: WhatsApp, meta: WhatsAppLookAlike, address: str
) -> None:
    with pytest.raises(Refused, match="did not write by WhatsApp"):
        await channel.send(out(address=address))
    assert meta.requests == []


KINDS: list[tuple[str, int, str, str]] = [
    ("image/jpeg", 7, "", "image"),
    ("image/jpeg", 7, "Look", "image"),
    ("image/png", 6_000_000, "", "document"),
    ("video/mp4", 7, "Look", "video"),
    ("video/mp4", 17_000_000, "", "document"),
    ("audio/ogg; codecs=opus", 7, "", "audio"),
    ("audio/mpeg", 7, "Listen", "document"),
    ("image/webp", 7, "", "document"),
    ("application/pdf", 7, "Read", "document"),
]


@pytest.mark.parametrize(("content_type", "size", "text", "kind"), KINDS)
async def test_a_file_is_uploaded_and_sent_as_what_the_app_shows(
    channel: WhatsApp,
    meta: WhatsAppLookAlike,
    tmp_path: Path,
    content_type: str,
    size: int,
    text: str,
    kind: str,
) -> None:
    await channel.send(out(text, media=medium(tmp_path, content_type, "á.bin", size)))
    (media_id,) = meta.media
    part: dict[str, Any] = {"id": media_id}
    part |= {"filename": "á.bin"} if kind == "document" else {}
    part |= {"caption": text} if text else {}
    assert meta.requests == [{**ABOUT, "type": kind, kind: part}]
    assert meta.media[media_id][:2] == (content_type.partition(";")[0], b"content")
    assert meta.media[media_id][2] == "á.bin"


@pytest.mark.parametrize("content_type", ["image/gif", "text/csv", "application/zip"])
async def test_a_file_that_may_not_be_uploaded_goes_by_its_link(
    channel: WhatsApp, meta: WhatsAppLookAlike, tmp_path: Path, content_type: str
) -> None:
    await channel.send(out("", media=medium(tmp_path, content_type, "a.bin")))
    assert meta.media == {}
    assert meta.requests[0]["document"] == {
        "link": "https://inbox.example/files/a?signed",
        "filename": "a.bin",
    }


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (out(" "), "nothing to send"),
        (out("x" * 4097), "longer than 4096"),
        (out("x" * 1025, media=(medium(Path("/tmp"), "image/png"))), "longer than 1024"),
        (out("", media=medium(Path("/tmp"), "image/png", size=10**9)), "100 MB"),
        (out("", media=medium(Path("/tmp"), "image/png") * 2), "one file"),
    ],
    ids=["nothing", "long", "long under a file", "large", "two files"],
)
async def test_what_whatsapp_would_refuse_is_not_asked(
    channel: WhatsApp, meta: WhatsAppLookAlike, message: Any, reason: str
) -> None:
    with pytest.raises(Refused, match=reason):
        await channel.send(message)
    assert (meta.requests, meta.media) == ([], {})


async def test_a_template_is_filled_as_it_was_learned(
    channel: WhatsApp, meta: WhatsAppLookAlike, tmp_path: Path
) -> None:
    meta.last_said.clear()
    meta.templates = [template("feliz", "es", body="¡Hola {{name}}!", format="IMAGE")]
    await channel.learn_templates()
    message = out(template="feliz", template_language="es", variables={"day": "x", "name": "Ana\nRuiz"})
    with pytest.raises(Refused, match="begins with a file"):
        await channel.send(message)
    assert meta.requests == []
    await channel.send(out("seen by agents", template="feliz", template_language="es",
                           variables={"day": "x", "name": "Ana\nRuiz"},
                           media=medium(tmp_path, "image/png")))  # fmt: skip
    (sent,) = meta.sent
    (media_id,) = meta.media
    assert sent.body["template"] == {
        "name": "feliz",
        "language": {"policy": "deterministic", "code": "es"},
        "components": [
            {"type": "header", "parameters": [{"type": "image", "image": {"id": media_id}}]},
            {"type": "body", "parameters": [{"type": "text", "parameter_name": "name", "text": "Ana Ruiz"}]},
        ],
    }


async def test_a_template_that_was_never_learned_is_filled_all_the_same(
    channel: WhatsApp, meta: WhatsAppLookAlike
) -> None:
    meta.templates = [template("hello", body="Hi {{1}} and {{2}}")]
    await channel.send(out(template="hello", template_language="en_US", variables={"2": "b", "1": "a"}))
    body = meta.sent[0].body["template"]["components"][0]
    assert [one["text"] for one in body["parameters"]] == ["a", "b"]


async def test_a_reaction_is_put_on_and_taken_off(channel: WhatsApp, meta: WhatsAppLookAlike) -> None:
    for emoji in (channel.spec.reactions[0], ""):
        await channel.react("wamid.0", ADDRESS, emoji)
    shown = [one.body["reaction"] for one in meta.sent]
    assert shown == [{"message_id": "wamid.0", "emoji": emoji} for emoji in ("👍", "")]


async def test_reading_and_writing_are_shown_under_the_customers_message(
    channel: WhatsApp, meta: WhatsAppLookAlike
) -> None:
    meta.heard.add("wamid.0")
    await channel.show("read", ADDRESS, "wamid.0")
    await channel.show("typing", ADDRESS, "wamid.0")
    assert (meta.read, meta.typing) == (["wamid.0"] * 2, ["wamid.0"])
    assert meta.requests[0] == {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.0"}
    with pytest.raises(Refused, match="only under"):
        await channel.show("typing", ADDRESS, "")


async def test_it_says_which_number_it_is(channel: WhatsApp) -> None:
    assert await channel.who() == "Tests & Co (+34 911 22 23 33), quality GREEN"


async def test_a_file_of_a_customer_is_fetched_with_the_token(
    channel: WhatsApp, meta: WhatsAppLookAlike
) -> None:
    ref = meta.put("image/png", b"x" * 200_000)
    assert await fetched(channel, ref) == b"x" * 200_000


@pytest.mark.parametrize(
    ("ref", "reason"),
    [
        ("404404", "no longer at Meta"),
        ("../me", "no file"),
        ("", "no file"),
        ("http://127.0.0.1:9/x", "inside"),
    ],
)
async def test_a_file_that_is_not_there_is_refused(channel: WhatsApp, ref: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        await fetched(channel, ref)


async def fetched(channel: WhatsApp, ref: str) -> bytes:
    return b"".join([chunk async for chunk in channel.fetch(Attachment(kind="image", ref=ref))])


async def test_the_rate_is_the_operators(meta: WhatsAppLookAlike) -> None:
    opened = WhatsApp(Settings.model_validate(section(meta, rate=20)), "whatsapp")
    assert opened.spec.rate == 20
    assert opened.spec.templates is None
