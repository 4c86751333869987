"""Every kind of bad input, at the real door and through the real channels.

What is proved here, and where the rest is proved:

| bad input | where |
|---|---|
| forged, missing or stale signature: 401 | here; every vector in tests/bots/{sms,telegram}/test_vectors.py; Slack in tests/inbox/desk/slack/test_doors.py |
| unknown channel: 404 | here |
| body over 1 MB: 413 | here; one that never says its length, or unpacks to more: tests/inbox/test_accept.py |
| malformed: 400 with what is missing | here; more shapes in tests/bots/*/ (test_forgery, test_hostile, test_read) |
| unknown event types: 200, counted in /metrics | here |
| NUL, lone surrogates, 100 kB, right-to-left marks, only emoji | here, at the desk and in the chat; on both databases in tests/storage/test_keeping.py |
| zip bomb, 1 GB attachment: refused with a note to the agent | here; the pieces in tests/bots/test_fetching.py and tests/inbox/test_files.py |
| attachment URL that points inward: refused | here; every spelling and redirect in tests/bots/test_fetching.py |
| duplicate, out-of-order, batched hooks | here; on both databases in tests/storage/test_keeping_order.py |
| a provider that answers 429, 500, HTML, never | tests/bots/sms/test_faults.py, tests/bots/telegram/test_{send,poll}_faults.py; the outbox in tests/inbox/test_outbox.py; Slack in tests/inbox/desk/slack/test_trouble.py |
| full disk: 503, nothing half-written | here; a database that is really full in tests/inbox/test_accept.py; uploads in tests/inbox/chat/test_limits.py |
| clock back an hour | here; the order of arrival in tests/inbox/test_accept.py |
"""  # noqa: E501

import asyncio
import hashlib
import html
import zlib
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bots.twilio_signature import signed
from bots.webchat import WebChat
from storage.database import StorageFull
from tests.road.doors import CHANNELS, TOKEN, URL, Call, Doors, doors, sms, telegram, update_of


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Doors]:
    async with doors(tmp_path) as opened:
        yield opened


def _stale(house: Doors) -> str:
    chat = house.app.channels["webchat"]
    assert isinstance(chat, WebChat)
    return chat.identities.issue("ana", house.now - timedelta(days=401))


HELLO = {"kind": "message", "id": "message-1", "text": "hello"}
FORM = {"MessageSid": "SM1", "From": "+34600123456", "Body": "hello"}
NOT_OURS: dict[str, Callable[[Doors], Call]] = {
    "webchat, forged": lambda house: house.web(HELLO, token=house.visitor[:-2] + "xx"),
    "webchat, missing": lambda _: Call(path="/hooks/webchat", body=orjson.dumps({"events": [HELLO]})),
    "webchat, stale": lambda house: house.web(HELLO, token=_stale(house)),
    "telegram, forged": lambda _: telegram(update_of(1, text="hello"), secret="guessed"),
    "telegram, missing": lambda _: Call(path="/hooks/telegram", body=orjson.dumps(update_of(1, text="x"))),
    "telegram, stale": lambda _: telegram(update_of(1, text="hello"), secret="the-secret-of-before"),
    "sms, forged": lambda _: sms(FORM, body=b"MessageSid=SM1&From=%2B34600123456&Body=changed"),
    "sms, missing": lambda _: Call(path="/hooks/sms", body=sms(FORM).body),
    "sms, stale": lambda _: sms(FORM, token=b"the token of before"),
    "sms, of another address": lambda _: sms(FORM, at="https://elsewhere.example"),
}


@pytest.mark.parametrize("call", NOT_OURS.values(), ids=NOT_OURS.keys())
async def test_a_hook_that_nobody_signed_is_401_and_not_kept(
    house: Doors, call: Callable[[Doors], Call]
) -> None:
    hook = call(house)
    answer = await house.knock(hook)
    assert answer.status == 401, await answer.text()
    assert await answer.text()
    assert (await house.kept("hooks"), await house.kept()) == (0, 0)
    channel = hook.path.rpartition("/")[2]
    assert f'refused_hooks_total{{channel="{channel}",reason="signature"}} 1.0' in await house.metrics()


async def test_a_channel_that_is_not_here_is_404(house: Doors) -> None:
    for path in ("/hooks/pigeon", "/hooks/%0aforged", "/hooks/" + "x" * 3_000):
        answer = await house.client.post(path, data=b"{}")
        assert answer.status == 404
    assert await house.kept("hooks") == 0


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_body_over_a_megabyte_is_413(house: Doors, channel: str) -> None:
    answer = await house.knock(house.says(channel, "x" * 1_000_001))
    assert answer.status == 413
    assert "larger than 1000000 bytes" in await answer.text()
    assert await house.kept("hooks") == 0


MALFORMED: dict[str, tuple[Callable[[Doors], Call], str]] = {
    "webchat, no JSON": (lambda house: house.web(b"{"), "not JSON"),
    "webchat, no events": (lambda house: house.web(b"{}"), 'no JSON object with a list "events"|"events"'),
    "webchat, no id": (lambda house: house.web({"kind": "message", "text": "x"}), '"id" is missing'),
    "webchat, nested without end": (lambda house: house.web(b"[" * 200_000), "not JSON"),
    "telegram, no JSON": (lambda _: telegram(b"{"), "not JSON"),
    "telegram, no update_id": (lambda _: telegram({}), "no update_id"),
    "telegram, no chat": (lambda _: telegram({"update_id": 1, "message": {}}), "no chat"),
    "telegram, a place of words": (
        lambda _: telegram(update_of(1, location={"latitude": "<b>", "longitude": 1})),
        "not of the documented type",
    ),
    "sms, no sender": (lambda _: sms(MessageSid="SM1", Body="x"), "lacks From"),
    "sms, no number of the message": (lambda _: sms(From="+34600123456", Body="x"), "lacks MessageSid"),
    "sms, nothing": (lambda _: sms(), "lacks MessageSid and From"),
}


@pytest.mark.parametrize(("call", "missing"), MALFORMED.values(), ids=MALFORMED.keys())
async def test_a_malformed_hook_is_400_and_says_what_is_missing(
    house: Doors, call: Callable[[Doors], Call], missing: str
) -> None:
    answer = await house.knock(call(house))
    text = await answer.text()
    assert answer.status == 400, text
    assert any(words in text for words in missing.split("|")), text
    assert await house.kept() == 0


UNKNOWN: dict[str, tuple[Callable[[Doors], Call], str]] = {
    "webchat": (lambda house: house.web({"kind": "my private words"}), "unknown kind"),
    "telegram": (lambda _: telegram({"update_id": 1, "poll_answer": {"poll_id": "1"}}), "poll_answer"),
    "sms": (lambda _: sms(MessageSid="SM1", MessageStatus="scheduled"), "status scheduled"),
}


@pytest.mark.parametrize(("call", "kind"), UNKNOWN.values(), ids=UNKNOWN.keys())
async def test_an_event_that_means_nothing_to_us_is_200_and_counted(
    house: Doors, call: Callable[[Doors], Call], kind: str
) -> None:
    hook = call(house)
    assert (await house.knock(hook)).status == 200
    told = await house.metrics()
    channel = hook.path.rpartition("/")[2]
    assert f'unknown_events_total{{channel="{channel}",kind="{kind}"}} 1.0' in told
    assert "private words" not in told
    assert await house.kept() == 0


TEXTS = {
    "right-to-left marks": "\u200fمرحباً\u202b 10519 \u202e x",
    "only emoji": "🙂👩‍👩‍👧‍👦",
    "100 kB": "ü" * 50_000,
    "markup": "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}",
}


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
async def test_any_words_are_kept_and_shown_as_they_were_said(house: Doors, channel: str, text: str) -> None:
    assert (await house.knock(house.says(channel, text))).status == 200
    assert await house.rows("SELECT text FROM messages") == [(text,)]
    pages = [await house.desk(), *([await house.chat()] if channel == "webchat" else [])]
    for page in pages:
        assert text in html.unescape(page)
        assert text not in page or html.escape(text, quote=False) == text


def _escaped(channel: str, text: str) -> Callable[[Doors], Call]:
    """A message whose text is written with JSON's escapes, or the form's."""

    def call(house: Doors) -> Call:
        whole = house.says(channel, "TEXT")
        if channel == "sms":
            said = text.encode("utf-8", "surrogatepass")
            fields = {"MessageSid": "SM1", "From": "+34600123456"}
            pairs = [*fields.items(), ("Body", said.decode("utf-8", "surrogateescape"))]
            headers = {**whole.headers, "X-Twilio-Signature": signed(TOKEN, f"{URL}/hooks/sms", pairs)}
            body = "&".join(f"{name}={quote_plus(value)}" for name, value in fields.items())
            return Call(path=whole.path, body=f"{body}&Body={quote_plus(said)}".encode(), headers=headers)
        letters = "".join(f"\\u{ord(letter):04x}" for letter in text)
        return Call(
            path=whole.path, body=whole.body.replace(b"TEXT", letters.encode()), headers=whole.headers
        )

    return call


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("hard", ["\0", "\ud800", "\udc00\ud800"], ids=["NUL", "a half", "halves astray"])
async def test_what_no_database_keeps_is_made_harmless_and_the_rest_is_shown(
    house: Doors, channel: str, hard: str
) -> None:
    answer = await house.knock(_escaped(channel, f"before{hard}after")(house))
    assert answer.status == 200, await answer.text()
    [(text,)] = await house.rows("SELECT text FROM messages")
    assert text.startswith("before")
    assert text.endswith("after")
    assert text.replace("\ufffd", "") == "beforeafter"
    assert text in await house.desk()
    if channel == "webchat":
        assert text in await house.chat()


INWARD = [
    "http://127.0.0.1:{port}/secret",
    "http://localhost:{port}/secret",
    "http://[::1]:{port}/secret",
    "http://2130706433:{port}/secret",
    "http://169.254.169.254/latest/meta-data",
    "file:///etc/passwd",
]


@pytest.mark.parametrize("address", INWARD)
async def test_an_attachment_that_points_inward_is_refused_and_the_agent_told(
    house: Doors, address: str
) -> None:
    asked = []

    async def inside(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(text="a secret of the house")

    site = web.Application()
    site.router.add_get("/{any:.*}", inside)
    async with TestServer(site) as server:
        url = address.format(port=server.port)
        hook = sms(MessageSid="MM1", From="+34600123456", Body="look", NumMedia="1", MediaUrl0=url)
        assert (await house.knock(hook)).status == 200
        await house.fetch()
    assert asked == []
    [(state, reason)] = await house.rows("SELECT state, reason FROM attachments")
    assert state == "refused"
    page = await house.desk()
    assert f"not kept: {html.escape(reason).replace('&#x27;', '&#39;')}" in page


async def _endless(request: web.Request) -> web.StreamResponse:
    packed = request.path == "/bomb"
    response = web.StreamResponse(headers={"Content-Encoding": "gzip"} if packed else {})
    await response.prepare(request)
    squeeze = zlib.compressobj(wbits=31)
    try:
        while True:
            zeros = b"\0" * 1_000_000
            await response.write(squeeze.compress(zeros) or b"" if packed else zeros)
            await asyncio.sleep(0)
    except ConnectionError:
        return response


@pytest.mark.parametrize("path", ["/endless", "/bomb"])
async def test_an_attachment_without_end_is_refused_and_the_agent_told(tmp_path: Path, path: str) -> None:
    site = web.Application()
    site.router.add_get(path, _endless)
    async with TestServer(site) as server:
        base = f"http://127.0.0.1:{server.port}"
        async with doors(tmp_path, sms={"base_url": base}) as house:
            hook = sms(
                MessageSid="MM1", From="+34600123456", Body="", NumMedia="1", MediaUrl0=f"{base}{path}"
            )
            assert (await house.knock(hook)).status == 200
            await house.fetch()
            assert await house.rows("SELECT state, reason FROM attachments") == [
                ("refused", "larger than 1 MB")
            ]
            assert "not kept: larger than 1 MB" in await house.desk()
            assert [one for one in (tmp_path / "media").rglob("*") if one.is_file()] == []


async def test_an_attachment_of_a_gigabyte_is_not_even_asked_for(house: Doors) -> None:
    file = {"file_id": "f1", "file_name": "film.mkv", "file_size": 1_000_000_000}
    assert (await house.knock(telegram(update_of(1, document=file)))).status == 200
    await house.fetch()
    page = await house.desk()
    assert "film.mkv" in page
    assert "not kept: The file is larger than the 20 MB" in page


@pytest.mark.parametrize("channel", CHANNELS)
async def test_the_same_hook_again_is_kept_once_and_counted(house: Doors, channel: str) -> None:
    hook = house.says(channel, "once")
    answers = await asyncio.gather(*(house.knock(hook) for _ in range(4)))
    assert [answer.status for answer in answers] == [200] * 4
    assert await house.kept() == 1
    assert f'duplicates_total{{channel="{channel}"}} 3.0' in await house.metrics()


async def test_an_edit_that_overtakes_its_message_is_its_last_word(house: Doors) -> None:
    edited = update_of(1, "edited_message", text="second thoughts", edit_date=1_790_000_500)
    for update in (edited, update_of(1, text="first thoughts"), edited):
        assert (await house.knock(telegram(update))).status == 200
    assert await house.rows("SELECT text FROM messages") == [("second thoughts",)]


async def test_every_entry_of_a_batch_is_kept_in_order(house: Doors) -> None:
    events = [{"kind": "message", "id": f"message-{n:08}", "text": f"web {n}"} for n in range(20)]
    assert (await house.knock(house.web(*events))).status == 200
    entries = [{"MessageSid": f"SM{n}", "From": "+34600123456", "Body": f"sms {n}"} for n in range(20)]
    body = orjson.dumps(entries)
    path = f"/hooks/sms?bodySHA256={hashlib.sha256(body).hexdigest()}"
    headers = {"Content-Type": "application/json", "X-Twilio-Signature": signed(TOKEN, URL + path)}
    assert (await house.knock(Call(path=path, body=body, headers=headers))).status == 200
    said = [text for (text,) in await house.rows("SELECT text FROM messages ORDER BY id")]
    assert said == [f"web {n}" for n in range(20)] + [f"sms {n}" for n in range(20)]


@pytest.mark.parametrize("path", ["/chat/live", "/desk/live"])
async def test_the_head_of_a_stream_is_not_to_be_had(house: Doors, path: str) -> None:
    answer = await house.client.head(path, headers={"Authorization": f"Bearer {house.visitor}"})
    assert answer.status == 405


@pytest.mark.parametrize("channel", CHANNELS)
async def test_on_a_full_disk_the_provider_hears_503_and_its_next_call_is_kept(
    house: Doors, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: Any) -> None:
        raise StorageFull

    with monkeypatch.context() as patch:
        patch.setattr(house.app.accept.applying.keeper, "keep", full)
        answer = await house.knock(house.says(channel, "hello"))
        assert (answer.status, "Retry-After" in answer.headers) == (503, True)
    assert (await house.kept("hooks"), await house.kept("customers")) == (0, 0)
    assert (await house.knock(house.says(channel, "hello"))).status == 200
    assert await house.kept() == 1


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_clock_put_back_an_hour_loses_no_customer_and_no_order(house: Doors, channel: str) -> None:
    before = house.visitor
    assert (await house.knock(house.says(channel, "first", 1))).status == 200
    house.now -= timedelta(hours=1)
    second = house.says(channel, "second", 2)
    if channel == "webchat":
        headers = {**second.headers, "Authorization": f"Bearer {before}"}
        second = Call(path=second.path, body=second.body, headers=headers)
    answer = await house.knock(second)
    assert answer.status == 200, await answer.text()
    assert await house.rows("SELECT text FROM messages ORDER BY id") == [("first",), ("second",)]
    assert (await house.kept("customers"), await house.kept("conversations")) == (1, 1)
    page = await house.desk()
    assert page.index("first") < page.rindex("second")
