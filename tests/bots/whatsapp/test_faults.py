"""What a send says when it goes wrong, at once or afterwards, and while templates do not come."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web

from bots.channel import Hook, Receipt
from bots.errors import (
    BadSignature,
    ChannelError,
    Misconfigured,
    OptedOut,
    Refused,
    Throttled,
    Uncertain,
    Unreachable,
    WindowClosed,
)
from bots.whatsapp.channel import WhatsApp
from bots.whatsapp.codes import CODES
from bots.whatsapp.settings import Settings
from tests.bots.whatsapp.hooks import hook, page, said, value
from tests.bots.whatsapp.sections import ADDRESS, CUSTOMER, medium, out, section, template
from tests.providers.faults import Fault
from tests.providers.whatsapp import WhatsAppLookAlike


@pytest.mark.parametrize("code", CODES)
async def test_each_code_of_the_table_is_its_error(
    channel: WhatsApp, meta: WhatsAppLookAlike, code: str
) -> None:
    meta.refusals[CUSTOMER] = int(code)
    with pytest.raises(ChannelError) as failed:
        await channel.send(out())
    assert (type(failed.value), failed.value.reason, failed.value.code) == (*CODES[code], code)
    assert failed.value.reason.endswith(".")
    assert len(meta.requests) == 1


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (131047, WindowClosed), (131050, OptedOut), (131049, Refused), (131056, Throttled),
        (130429, Throttled), (80007, Throttled), (4, Throttled), (190, Misconfigured),
        (131042, Misconfigured), (131026, Refused),
    ],
)  # fmt: skip
async def test_the_codes_that_matter_most_have_their_verdict(
    channel: WhatsApp, meta: WhatsAppLookAlike, code: int, kind: type[ChannelError]
) -> None:
    meta.refusals[CUSTOMER] = code
    with pytest.raises(kind):
        await channel.send(out())


async def test_a_code_nobody_knows_is_refused_in_metas_words(
    channel: WhatsApp, meta: WhatsAppLookAlike
) -> None:
    meta.refusals[CUSTOMER] = 199999
    with pytest.raises(Refused, match="Meta says: Refused on request") as failed:
        await channel.send(out())
    assert failed.value.code == "199999"


async def test_after_a_day_only_a_template_goes(channel: WhatsApp, meta: WhatsAppLookAlike) -> None:
    meta.templates = [template("hello")]
    meta.last_said[CUSTOMER] -= 24 * 3600 + 1
    with pytest.raises(WindowClosed, match="24 hours"):
        await channel.send(out())
    sent = await channel.send(out(template="hello", template_language="en_US"))
    assert [one.id for one in meta.sent] == [sent.external_id]


async def test_a_burst_to_one_customer_is_throttled(channel: WhatsApp, meta: WhatsAppLookAlike) -> None:
    meta.paces[CUSTOMER] = [asyncio.get_running_loop().time()] * 45
    with pytest.raises(Throttled) as failed:
        await channel.send(out())
    assert failed.value.code == "131056"


async def test_a_template_that_is_not_approved_is_refused(channel: WhatsApp, meta: WhatsAppLookAlike) -> None:
    meta.templates = [template("hello", status="PENDING")]
    with pytest.raises(Refused, match="does not exist in this language") as failed:
        await channel.send(out(template="hello", template_language="en_US"))
    assert failed.value.code == "132001"


async def test_a_wrong_token_is_our_own_mistake(meta: WhatsAppLookAlike) -> None:
    channel = WhatsApp(Settings.model_validate(section(meta, access_token="EAAGwrong")), "whatsapp")
    with pytest.raises(Misconfigured, match="expired or was revoked") as failed:
        await channel.send(out())
    await channel.stop()
    assert "EAAGwrong" not in f"{failed.value!r} {failed.value.__cause__!r}"


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(kind="throttle", where="/media", retry_after=7), Throttled),
        (Fault(kind="status", where="/media", status=500), Unreachable),
        (Fault(kind="drop_after", where="/media"), Unreachable),
        (Fault(kind="html", where="/media", status=200), Unreachable),
        (Fault(kind="status", where="/messages", status=500), Uncertain),
    ],
    ids=["slow down", "500", "cut", "a page", "500 once it is uploaded"],
)
async def test_a_file_that_did_not_arrive_may_be_tried_again(
    channel: WhatsApp, meta: WhatsAppLookAlike, tmp_path: Path, fault: Fault, kind: type[ChannelError]
) -> None:
    meta.faults.add(fault)
    with pytest.raises(kind):
        await channel.send(out("", media=medium(tmp_path, "image/png")))
    assert meta.sent == []


async def test_an_answer_without_an_identifier_is_uncertain(
    channel: WhatsApp, meta: WhatsAppLookAlike
) -> None:
    async def empty(*_: object, **__: object) -> dict[str, list[str]]:
        return {"messages": []}

    channel.graph.post = empty  # type: ignore[method-assign]
    with pytest.raises(Uncertain, match="no identifier"):
        await channel.send(out())


async def test_a_reaction_or_a_mark_that_was_not_heard_may_be_tried_again(
    channel: WhatsApp, meta: WhatsAppLookAlike
) -> None:
    for _ in range(2):
        meta.faults.add(Fault(kind="drop_after", where="/messages"))
    with pytest.raises(Unreachable):
        await channel.react("wamid.0", ADDRESS, "👍")
    with pytest.raises(Unreachable):
        await channel.show("read", ADDRESS, "wamid.0")


async def test_all_pages_of_templates_are_learned(channel: WhatsApp, meta: WhatsAppLookAlike) -> None:
    meta.templates = [template(f"t{number}", "es") for number in range(5)]
    meta.page_size = 2
    await channel.learn_templates()
    assert channel.spec.templates == {"es": ("t0", "t1", "t2", "t3", "t4")}
    assert meta.pages == 3


async def test_templates_are_learned_beside_everything_else_and_asked_for_again(
    meta: WhatsAppLookAlike,
) -> None:
    meta.templates = [template("hello")]
    meta.faults.add(Fault(kind="html", where="message_templates", status=502, times=2))
    channel = WhatsApp(Settings.model_validate(section(meta, retry_seconds=0.001)), "whatsapp")
    await channel.start("https://inbox.example/hooks/whatsapp", keep_nothing)
    await channel.send(out())  # while they have not come
    while channel.spec.templates is None:
        await asyncio.sleep(0.01)
    assert channel.spec.templates == {"en_US": ("hello",)}
    assert meta.faults.met == ["html", "html"]
    await channel.stop()
    await channel.stop()


async def test_without_a_business_account_no_templates_are_asked_for(meta: WhatsAppLookAlike) -> None:
    settings = Settings.model_validate(section(meta, business_account_id=""))
    channel = WhatsApp(settings, "whatsapp")
    await channel.start("https://inbox.example/hooks/whatsapp", keep_nothing)
    await channel.stop()
    assert (meta.pages, channel.spec.templates) == (0, None)


async def keep_nothing(_: object) -> None:
    raise AssertionError("WhatsApp is not polled")


class Door:
    """Our side: one address that reads with the channel what the look-alike posts."""

    def __init__(self, channel: WhatsApp) -> None:
        self.channel = channel
        self.read: list[object] = []

    async def hear(self, request: web.Request) -> web.Response:
        headers = {name.lower(): text for name, text in request.headers.items()}
        body = await request.read()
        heard = Hook(
            method=request.method,
            url=str(request.url),
            headers=headers,
            body=body,
            received_at=datetime.now(UTC),
        )
        reading = self.channel.read(heard)
        self.read += reading.events
        return web.Response(text=reading.response.body, status=reading.response.status)


async def test_what_meta_posts_is_read_from_the_first_question_to_the_last_receipt(
    channel: WhatsApp, meta: WhatsAppLookAlike
) -> None:
    door = Door(channel)
    app = web.Application()
    app.router.add_route("*", "/hooks/whatsapp", door.hear)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/hooks/whatsapp"
    try:
        asked = await meta.verify(url)
        assert (asked.status, asked.body) == (200, "1158201444")
        heard = await meta.say(url, CUSTOMER, meta.message(CUSTOMER, body="Hola"))
        assert heard.status == 200
        await meta.say(url, CUSTOMER, meta.message(CUSTOMER, body="Yo", hidden=True), hidden=True)
        meta.hooks_url, meta.receipts = url, ("sent", "delivered", "read")
        sent = await channel.send(out())
        await meta.settled()
        meta.late_errors, meta.last_said = True, {}
        late = await channel.send(out())
        await meta.settled()
    finally:
        await runner.cleanup()
    first, second, *receipts = door.read
    assert (getattr(first, "address", ""), getattr(first, "text", "")) == (ADDRESS, "Hola")
    assert f"whatsapp:{getattr(second, 'address', '')[9:]}" in getattr(first, "also", ())
    told = [(one.external_id, one.status, one.code) for one in receipts if isinstance(one, Receipt)]
    assert told == [
        (sent.external_id, "sent", ""),
        (sent.external_id, "delivered", ""),
        (sent.external_id, "read", ""),
        (late.external_id, "failed", "131047"),
    ]


def test_a_check_alone_turns_strangers_away() -> None:
    section_ = {"access_token": "t", "phone_number_id": "1", "app_secret": "a", "verify_token": "v"}
    channel = WhatsApp(Settings.model_validate(section_), "whatsapp")
    with pytest.raises(BadSignature):
        channel.check(hook(page(value(messages=[said()])), "another"))
    channel.check(hook(page(value(messages=[said()])), "a"))
