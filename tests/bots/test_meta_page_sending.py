"""Sending to the look-alikes of Messenger and Instagram, by the rules that both share."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bots.channel import Attachment, MediaOut, MessageOut
from bots.errors import ChannelError, Misconfigured, Refused, Throttled, Uncertain, Unreachable, WindowClosed
from bots.meta_page import MetaPage
from bots.meta_page_codes import CLOSES, CODES
from routing.reasons import REASONS
from tests.bots.contract import Case
from tests.bots.instagram.case import CASE as INSTAGRAM
from tests.bots.messenger.case import CASE as MESSENGER
from tests.bots.meta_page_hooks import PERSON
from tests.bots.meta_page_provider import running
from tests.providers.faults import Fault
from tests.providers.meta_page import MetaPageLookAlike
from tests.providers.meta_page.records import Comment

NOW = datetime.now(UTC)


@pytest.fixture(params=[MESSENGER, INSTAGRAM], ids=["messenger", "instagram"])
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


@pytest.fixture
async def meta(case: Case) -> AsyncIterator[MetaPageLookAlike]:
    async with running("page" if case.kind == "messenger" else "instagram") as provider:
        yield provider.meta


@pytest.fixture
async def channel(case: Case, meta: MetaPageLookAlike) -> AsyncIterator[MetaPage]:
    opened = case.open(base_url=meta.base_url)
    assert isinstance(opened, MetaPage)
    yield opened
    await opened.stop()


def out(case: Case, text: str = "", **more: Any) -> MessageOut:
    return MessageOut(**{"key": "reply:1:1", "address": case.address, "text": text, "owed_at": NOW, **more})


def file(meta: MetaPageLookAlike | None = None, kind: str = "image/png", size: int = 3) -> MediaOut:
    url = "https://inbox.example/a.png"
    if meta is not None:
        meta.media["a.png"] = (kind, b"png")
        url = f"{meta.base_url}/media/a.png"
    return MediaOut(name="a.png", content_type=kind, size=size, path=Path("/nowhere"), url=url)


def commented(case: Case, meta: MetaPageLookAlike, ago: timedelta = timedelta(hours=1)) -> str:
    made = Comment(id="88_1", author="77", name="Ana", text="How much?", post="88", parent="", at=NOW - ago)
    meta.comments[made.id] = made
    return f"{case.kind}-comment:77:88_1"


async def test_a_text_goes_to_the_person(case: Case, channel: MetaPage, meta: MetaPageLookAlike) -> None:
    sent = await channel.send(out(case, "Olá *you* 👋"))
    (stored,) = meta.sent
    assert (sent.external_id, sent.also) == (stored.id, ())
    assert (stored.customer, stored.text) == (PERSON, "Olá you 👋")
    typed = {"messaging_type": "RESPONSE"} if case.kind == "messenger" else {}
    assert stored.body == {"recipient": {"id": PERSON}, "message": {"text": "Olá you 👋"}} | typed


async def test_what_an_agent_wrote_bears_the_tag(
    case: Case, channel: MetaPage, meta: MetaPageLookAlike
) -> None:
    meta.customers[PERSON].last_said = NOW - timedelta(days=6)
    await channel.send(out(case, "Sorry for the wait", by_agent=True))
    assert (meta.sent[0].body["messaging_type"], meta.sent[0].body["tag"]) == ("MESSAGE_TAG", "HUMAN_AGENT")
    with pytest.raises(WindowClosed):
        await channel.send(out(case, "Happy birthday"))
    assert "tag" not in meta.requests[-1]


async def test_without_the_feature_nothing_bears_the_tag(case: Case, meta: MetaPageLookAlike) -> None:
    channel = case.open(base_url=meta.base_url, human_agent=False)
    assert channel.spec.human_window is None
    assert case.open().spec.human_window == timedelta(days=7)
    await channel.send(out(case, "Hello", by_agent=True))
    await channel.stop()
    assert "tag" not in meta.sent[0].body


async def test_after_seven_days_the_window_is_closed(
    case: Case, channel: MetaPage, meta: MetaPageLookAlike
) -> None:
    meta.customers[PERSON].last_said = NOW - timedelta(days=7, minutes=1)
    with pytest.raises(WindowClosed) as raised:
        await channel.send(out(case, "Hello?", by_agent=True))
    assert raised.value.code in ("10/2018278", "10/2534022")


async def test_a_tag_that_meta_did_not_grant_is_a_matter_of_settings(
    case: Case, channel: MetaPage, meta: MetaPageLookAlike
) -> None:
    meta.human_agent = False
    with pytest.raises(Misconfigured):
        await channel.send(out(case, "Hello", by_agent=True))


@pytest.mark.parametrize(
    ("kind", "named"),
    [
        ("image/png", "image"),
        ("audio/ogg", "audio"),
        ("video/mp4", "video"),
        ("application/pdf", "file"),
        ("text/vcard", "file"),
    ],
)
async def test_a_file_goes_by_its_address(
    case: Case, channel: MetaPage, meta: MetaPageLookAlike, kind: str, named: str
) -> None:
    medium = file(meta, kind)
    await channel.send(out(case, media=(medium,)))
    assert meta.sent[0].body["message"] == {"attachment": {"type": named, "payload": {"url": medium.url}}}
    assert meta.fetched == {medium.url: b"png"}


async def test_a_file_that_meta_cannot_fetch_is_refused(
    case: Case, channel: MetaPage, meta: MetaPageLookAlike
) -> None:
    medium = file(meta)
    meta.faults.add(Fault(kind="status", where="/media/", status=404))
    with pytest.raises(Refused, match="fetch"):
        await channel.send(out(case, media=(medium,)))


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ({"text": ""}, "nothing to send"),
        ({"text": " \n"}, "nothing to send"),
        ({"text": "Look", "media": (file(),)}, "one by one"),
        ({"media": (file(), file())}, "one by one"),
        ({"media": (file(size=8_000_001),)}, "larger than 8 MB"),
        ({"media": (file(kind="video/mp4", size=25_000_001),)}, "larger than 25 MB"),
        ({"text": "Hi", "address": "tel:+34600123456"}, "did not write by"),
        ({"text": "Hi", "address": "telegram:comment/1"}, "did not write by"),
    ],
)
async def test_what_meta_would_refuse_is_refused_without_a_call(
    case: Case, channel: MetaPage, meta: MetaPageLookAlike, message: dict[str, Any], reason: str
) -> None:
    with pytest.raises(Refused, match=reason):
        await channel.send(out(case, **message))
    assert meta.requests == []


@pytest.mark.parametrize("rest", ["", "1/../me", "1?x=y", "comment/", "comment/1/2", "a b", "1#", "%2e"])
async def test_an_address_is_a_plain_identifier(case: Case, channel: MetaPage, rest: str) -> None:
    for address in (f"{case.kind}:{rest}", f"{case.kind}-comment:1:{rest}"):
        with pytest.raises(Refused):
            await channel.send(out(case, "Hi", address=address))


async def test_a_text_at_the_limit_is_taken(case: Case, channel: MetaPage, meta: MetaPageLookAlike) -> None:
    full = "é" * (500 if case.kind == "instagram" else 2000)
    await channel.send(out(case, full))
    assert meta.sent[0].text == full
    with pytest.raises(Refused, match="longer"):
        await channel.send(out(case, full + "a"))
    assert len(meta.requests) == 1


async def test_below_a_comment_we_answer_in_public(
    case: Case, channel: MetaPage, meta: MetaPageLookAlike
) -> None:
    address = commented(case, meta, timedelta(days=60))
    sent = await channel.send(out(case, "It is 2 €", address=address, by_agent=True))
    (answer,) = meta.answers
    assert (sent.external_id, answer.parent, answer.text) == (answer.id, "88_1", "It is 2 €")
    assert meta.sent == []


async def test_to_who_commented_we_answer_privately_once(
    case: Case, channel: MetaPage, meta: MetaPageLookAlike
) -> None:
    commented(case, meta)
    private = f"{case.kind}:comment/88_1"
    sent = await channel.send(out(case, "Here is your price", address=private, by_agent=True))
    (stored,) = meta.sent
    assert stored.body["recipient"] == {"comment_id": "88_1"}
    assert "tag" not in stored.body
    assert (sent.external_id, sent.also) == (stored.id, (f"{case.kind}:77",))
    with pytest.raises(Refused, match="already"):
        await channel.send(out(case, "And another", address=private, by_agent=True))


async def test_nothing_is_sent_below_a_post_by_itself(
    case: Case, channel: MetaPage, meta: MetaPageLookAlike
) -> None:
    for address in (commented(case, meta), f"{case.kind}:comment/88_1"):
        with pytest.raises(Refused, match="by people only"):
            await channel.send(out(case, "Happy birthday!", address=address))
    assert (meta.answers, meta.requests) == ([], [])


async def test_an_old_comment_takes_no_private_answer(
    case: Case, channel: MetaPage, meta: MetaPageLookAlike
) -> None:
    commented(case, meta, timedelta(days=7, minutes=1))
    with pytest.raises(Refused, match="seven days"):
        await channel.send(out(case, "Hello", address=f"{case.kind}:comment/88_1", by_agent=True))


async def test_a_comment_that_is_gone_is_said_so(
    case: Case, channel: MetaPage, meta: MetaPageLookAlike
) -> None:
    for address in (f"{case.kind}-comment:77:99", f"{case.kind}:comment/99"):
        with pytest.raises(Refused, match="gone"):
            await channel.send(out(case, "Hello", address=address, by_agent=True))


async def test_below_a_comment_a_page_may_add_a_picture(
    case: Case, channel: MetaPage, meta: MetaPageLookAlike
) -> None:
    address = commented(case, meta)
    if case.kind == "instagram":
        with pytest.raises(Refused, match="words only"):
            await channel.send(out(case, media=(file(),), address=address, by_agent=True))
    else:
        await channel.send(out(case, media=(file(),), address=address, by_agent=True))
        assert meta.answers[0].url == file().url
        with pytest.raises(Refused, match="privately"):
            await channel.send(out(case, media=(file(kind="video/mp4"),), address=address, by_agent=True))
    assert len(meta.answers) == (case.kind == "messenger")


ERRORS: list[Any] = [
    pytest.param(10, 2018278, WindowClosed, id="window of Messenger"),
    pytest.param(10, 2534022, WindowClosed, id="window of Instagram"),
    pytest.param(10, 0, Misconfigured, id="permission"),
    pytest.param(551, 0, Refused, id="not available"),
    pytest.param(551, 1545041, Refused, id="not available, in detail"),
    pytest.param(200, 1545041, Refused, id="not available, as a permission"),
    pytest.param(200, 2018028, Misconfigured, id="not reviewed"),
    pytest.param(230, 0, Misconfigured, id="pages_messaging"),
    pytest.param(100, 2018001, Refused, id="nobody"),
    pytest.param(100, 2018109, Refused, id="too large"),
    pytest.param(36000, 0, Refused, id="picture too large"),
    pytest.param(190, 463, Misconfigured, id="token"),
    pytest.param(368, 0, Misconfigured, id="blocked"),
    pytest.param(2022, 0, Misconfigured, id="stopped"),
    pytest.param(613, 0, Throttled, id="calls"),
    pytest.param(4, 0, Throttled, id="the app's calls"),
    pytest.param(32, 0, Throttled, id="the page's calls"),
    pytest.param(80006, 0, Throttled, id="the page's messages"),
    pytest.param(1200, 0, Unreachable, id="for the moment"),
    pytest.param(2, 0, Unreachable, id="not available"),
    pytest.param(1, 99, Uncertain, id="unknown"),
    pytest.param(1, 1357046, Uncertain, id="sent all the same"),
    pytest.param(99999, 0, Refused, id="another"),
]


@pytest.mark.parametrize(("code", "subcode", "error"), ERRORS)
async def test_each_code_of_meta_has_its_verdict(
    case: Case,
    channel: MetaPage,
    meta: MetaPageLookAlike,
    code: int,
    subcode: int,
    error: type[ChannelError],
) -> None:
    meta.refusals[PERSON] = (code, subcode)
    with pytest.raises(ChannelError) as raised:
        await channel.send(out(case, "Hello"))
    assert type(raised.value) is error
    assert raised.value.reason.endswith(".")
    assert raised.value.code.split("/")[0] == str(code)


def test_a_code_that_closes_an_address_is_a_refusal_with_a_reason() -> None:
    for code, closing in CLOSES.items():
        assert CODES[code][0] in (Refused, WindowClosed)
        assert closing.reason in REASONS


@pytest.mark.parametrize(("reaction", "action"), [("❤️", "react"), ("", "unreact")])
async def test_a_reaction_is_put_on_and_taken_off(
    case: Case, channel: MetaPage, meta: MetaPageLookAlike, reaction: str, action: str
) -> None:
    await channel.react("m_1", case.address, reaction)
    (asked,) = meta.actions
    named = {"reaction": "love" if case.kind == "instagram" else "❤️"} if reaction else {}
    assert asked == {
        "recipient": {"id": PERSON},
        "sender_action": action,
        "payload": {"message_id": "m_1", **named},
    }
    with pytest.raises(Refused):
        await channel.react("88_1", f"{case.kind}-comment:77:88_1", reaction)


@pytest.mark.parametrize(("sign", "action"), [("typing", "typing_on"), ("read", "mark_seen")])
async def test_the_customer_sees_that_we_write_or_have_read(
    case: Case, channel: MetaPage, meta: MetaPageLookAlike, sign: Any, action: str
) -> None:
    await channel.show(sign, case.address, "m_1")
    await channel.show(sign, commented(case, meta), "88_1")
    assert meta.actions == [{"recipient": {"id": PERSON}, "sender_action": action}]


async def test_it_says_whose_token_ours_is(case: Case, channel: MetaPage, meta: MetaPageLookAlike) -> None:
    named = "Café Tidings" if case.kind == "messenger" else "cafe.tidings"
    assert await channel.who() == f"{named} ({channel.spec.label}, {meta.account_id})"
    meta.token = "another"
    with pytest.raises(Misconfigured):
        await channel.who()


@pytest.mark.parametrize(
    ("base_url", "fields", "told"),
    [
        (
            "https://graph.instagram.com",
            "username,name,user_id",
            {"data": [{"user_id": "178", "username": "cafe"}]},
        ),
        (
            "https://graph.facebook.com",
            "instagram_business_account{id,username}",
            {"id": "55", "instagram_business_account": {"id": "178", "username": "cafe"}},
        ),
    ],
    ids=["Instagram login", "Facebook login"],
)
async def test_an_account_is_named_by_the_number_that_its_hooks_bear(
    monkeypatch: pytest.MonkeyPatch, base_url: str, fields: str, told: dict[str, Any]
) -> None:
    channel = INSTAGRAM.open(base_url=base_url)
    assert isinstance(channel, MetaPage)

    async def get(path: str, params: dict[str, str]) -> dict[str, Any]:
        return told if (path, params) == ("me", {"fields": fields}) else {}

    monkeypatch.setattr(channel.graph, "get", get)
    assert await channel.who() == "cafe (Instagram, 178)"


async def test_a_file_is_fetched_without_our_token(
    case: Case, channel: MetaPage, meta: MetaPageLookAlike
) -> None:
    meta.media["in.jpg"] = ("image/jpeg", b"\xff\xd8picture")
    found = Attachment(kind="image", ref=f"{meta.base_url}/media/in.jpg")
    assert b"".join([chunk async for chunk in channel.fetch(found)]) == b"\xff\xd8picture"


async def test_an_answer_without_a_name_is_uncertain(
    case: Case, channel: MetaPage, meta: MetaPageLookAlike
) -> None:
    meta.faults.add(Fault(kind="html", where="/me/messages", status=200))
    with pytest.raises(Uncertain):
        await channel.send(out(case, "Hello"))
