"""The whole road by hooks: a customer texts, files come, call-backs come in any order."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from aiohttp import web
from pydantic import SecretStr

from bots.channel import Attachment, ConsentChanged, Event, Hook, MessageIn, MessageOut, Receipt
from bots.errors import ChannelError, Misconfigured, OptedOut, Refused
from bots.sms.channel import SmsChannel
from bots.sms.settings import Settings
from tests.providers.twilio import TwilioLookAlike

TO = "+34600123456"


class Door:
    """A door of ours: it reads hooks and keeps their events."""

    def __init__(self, channel: SmsChannel) -> None:
        self.channel = channel
        self.events: list[Event] = []
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        hook = Hook(
            method=request.method,
            url=self.url,
            headers={name.lower(): value for name, value in request.headers.items()},
            body=await request.read(),
            received_at=datetime.now(UTC),
        )
        try:
            reading = self.channel.read(hook)
        except ChannelError as error:
            return web.Response(status=401, text=error.reason)
        self.events.extend(reading.events)
        answer = reading.response
        return web.Response(status=answer.status, text=answer.body, content_type=answer.content_type)


@pytest.fixture
async def door(channel: SmsChannel) -> AsyncIterator[Door]:
    opened = Door(channel)
    app = web.Application()
    app.router.add_post("/hooks/sms", opened.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    opened.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hooks/sms"
    yield opened
    await runner.cleanup()


async def nothing(_: Hook) -> None:
    return


def out(text: str = "Hello") -> MessageOut:
    return MessageOut(key="k", address=f"tel:{TO}", text=text, owed_at=datetime.now(UTC))


async def bytes_of(channel: SmsChannel, ref: str) -> bytes:
    return b"".join([chunk async for chunk in channel.fetch(Attachment(kind="image", ref=ref))])


async def test_a_picture_comes_with_its_bytes(door: Door, twilio: TwilioLookAlike) -> None:
    content = bytes(range(256)) * 1000
    heard = await twilio.say(
        door.url, TO, "look", media=[("image/jpeg", content), ("text/vcard", b"BEGIN:VCARD")]
    )
    assert (heard.status, heard.body) == (200, "<Response/>")
    (message,) = door.events
    assert isinstance(message, MessageIn)
    assert (message.external_id, [one.kind for one in message.attachments]) == (
        heard.sid,
        ["image", "contact"],
    )
    assert await bytes_of(door.channel, message.attachments[0].ref) == content
    assert await bytes_of(door.channel, message.attachments[1].ref) == b"BEGIN:VCARD"


async def test_the_same_hook_twice_has_the_same_identifier(door: Door, twilio: TwilioLookAlike) -> None:
    heard = await twilio.say(door.url, TO, "STOP")
    await twilio.say(door.url, TO, "STOP", sid=heard.sid)
    identifiers = {
        event.external_id for event in door.events if isinstance(event, MessageIn | ConsentChanged)
    }
    assert (len(door.events), identifiers) == (4, {heard.sid})


async def test_stop_is_recorded_obeyed_and_never_answered(door: Door, twilio: TwilioLookAlike) -> None:
    await twilio.say(door.url, TO, " Stop ")
    message, change = door.events
    assert isinstance(message, MessageIn)
    assert isinstance(change, ConsentChanged)
    assert change.word == "stop"
    with pytest.raises(OptedOut):
        await door.channel.send(out())
    await twilio.say(door.url, TO, "START")
    assert (await door.channel.send(out())).external_id
    assert twilio.replies_by_hook == []


async def test_call_backs_come_out_of_order_and_each_is_a_receipt(
    door: Door, twilio: TwilioLookAlike
) -> None:
    await door.channel.start(door.url, nothing)
    sent = await door.channel.send(out())
    for status in ("delivered", "queued", "sent", "sending", "delivered"):
        assert (await twilio.report(sent.external_id, status)).body == "<Response/>"
    receipts = [event for event in door.events if isinstance(event, Receipt)]
    assert [one.status for one in receipts] == ["delivered", "sent", "delivered"]
    assert {(one.external_id, one.address) for one in receipts} == {(sent.external_id, f"tel:{TO}")}


async def test_the_provider_reports_by_itself(door: Door, twilio: TwilioLookAlike) -> None:
    twilio.receipts = ("sent", "undelivered")
    await door.channel.start(door.url, nothing)
    await door.channel.send(out())
    await twilio.settled()
    last = door.events[-1]
    assert isinstance(last, Receipt)
    assert (last.status, last.code) == ("failed", "30003")
    assert "switched off" in last.reason


async def test_a_hook_signed_with_another_token_is_turned_away(door: Door, twilio: TwilioLookAlike) -> None:
    twilio.auth_token = "another"
    assert (await twilio.say(door.url, TO, "Hello")).status == 401
    assert door.events == []


@pytest.mark.parametrize(
    "ref",
    [
        "http://127.0.0.1:1/a",
        "http://169.254.169.254/latest/",
        "file:///etc/passwd",
        "https://localhost/a",
        "",
    ],
)
async def test_media_elsewhere_inside_is_refused(channel: SmsChannel, ref: str) -> None:
    with pytest.raises(Refused):
        await bytes_of(channel, ref)


async def test_media_that_are_gone_or_not_ours_say_so(settings: Settings, twilio: TwilioLookAlike) -> None:
    place = f"{twilio.base_url}/2010-04-01/Accounts/{twilio.account_sid}/Messages/MM1/Media/ME1"
    with pytest.raises(Refused, match="404"):
        await bytes_of(SmsChannel(settings, "sms"), place)
    wrong = settings.model_copy(update={"auth_token": SecretStr("wrong")})
    with pytest.raises(Misconfigured):
        await bytes_of(SmsChannel(wrong, "sms"), place)
