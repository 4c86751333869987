"""Answers by reply token, pushes under a key, and what becomes of a lost answer."""

from typing import Any

import pytest
from pydantic import SecretStr

from bots.channel import Attachment, MessageOut
from bots.errors import ChannelError, Misconfigured, Refused, Throttled, Uncertain, Unreachable
from bots.line.channel import Line
from bots.line.sending import retry_key
from bots.line.sound import milliseconds
from tests.bots.line.conftest import Clock, Opened
from tests.bots.line.hooks import GROUP, USER, hook, medium, out
from tests.providers.faults import Fault
from tests.providers.line import LineLookAlike


def hears(channel: Line, line: LineLookAlike, **parts: Any) -> str:
    """Let the customer write at this moment; gives the message's id."""
    said = line.message(USER, **{"text": "Hello?", **parts})
    channel.read(hook(line.signed([said])[0]))
    return str(said["message"]["id"])


def ways(line: LineLookAlike) -> list[str]:
    return [way for way, _ in line.requests]


async def test_an_answer_uses_the_reply_token_once(channel: Line, line: LineLookAlike) -> None:
    hears(channel, line)
    first = await channel.send(out("one"))
    second = await channel.send(out("two", key="reply:1:2"))
    assert ways(line) == ["reply", "push"]
    assert [one.id for one in line.sent] == [first.external_id, second.external_id]
    assert line.texts() == ["one", "two"]


async def test_of_several_tokens_the_newest_is_used(channel: Line, line: LineLookAlike) -> None:
    hears(channel, line)
    hears(channel, line)
    newest = list(line.reply_tokens)[-1]
    await channel.send(out())
    assert line.requests[0][1]["replyToken"] == newest


async def test_a_token_older_than_fifty_seconds_is_not_tried(
    channel: Line, line: LineLookAlike, clock: Clock
) -> None:
    hears(channel, line)
    clock.move(seconds=50)
    await channel.send(out())
    assert ways(line) == ["push"]


async def test_a_token_that_line_refuses_is_followed_by_a_push(channel: Line, line: LineLookAlike) -> None:
    hears(channel, line)
    line.reply_tokens.clear()
    sent = await channel.send(out())
    assert ways(line) == ["reply", "push"]
    assert [one.id for one in line.sent] == [sent.external_id]


async def test_a_redelivered_hook_brings_no_used_token_back(channel: Line, line: LineLookAlike) -> None:
    said = hook(line.signed([line.message(USER, text="x")])[0])
    channel.read(said)
    await channel.send(out())
    channel.read(said)
    await channel.send(out(key="reply:1:2"))
    assert ways(line) == ["reply", "push"]


async def test_a_token_is_kept_where_the_reply_surely_did_not_leave(
    channel: Line, line: LineLookAlike
) -> None:
    hears(channel, line)
    line.faults.add(Fault(kind="throttle", where="/reply", retry_after=7))
    with pytest.raises(Throttled):
        await channel.send(out())
    await channel.send(out())
    assert ways(line) == ["reply"]


async def test_where_replies_are_off_everything_is_pushed(opened: Opened, line: LineLookAlike) -> None:
    channel = opened(replies=False)
    hears(channel, line)
    await channel.send(out())
    assert ways(line) == ["push"]


async def test_a_token_of_a_group_answers_the_group(channel: Line, line: LineLookAlike) -> None:
    said = line.message(USER, text="x", group=GROUP)
    channel.read(hook(line.signed([said])[0]))
    await channel.send(out(address=f"line:{GROUP}"))
    await channel.send(out(key="reply:1:2"))
    assert [(one.to) for one in line.sent] == [GROUP, USER]
    assert ways(line) == ["reply", "push"]


async def test_an_answer_quotes_what_it_answers(channel: Line, line: LineLookAlike) -> None:
    said = hears(channel, line)
    await channel.send(out(reply_to=said))
    assert line.sent[0].message["quoteToken"] == f"q{said}"


async def test_marks_are_taken_out(channel: Line, line: LineLookAlike) -> None:
    await channel.send(out("*Hello* _you_"))
    assert line.texts() == ["Hello you"]


@pytest.mark.parametrize("lost", ["drop_after", "drop_before", "status"])
async def test_a_push_whose_answer_was_lost_is_asked_again_under_its_key(
    channel: Line, line: LineLookAlike, lost: Any
) -> None:
    line.faults.add(Fault(kind=lost, where="/push"))
    with pytest.raises(Uncertain):
        await channel.send(out())
    found = await channel.look_up(out())
    assert found is not None
    assert [one.id for one in line.sent] == [found.external_id]
    assert line.accepted.keys() == {retry_key("reply:1:1")}


async def test_a_reply_whose_answer_was_lost_is_sent_at_most_once(channel: Line, line: LineLookAlike) -> None:
    hears(channel, line)
    line.faults.add(Fault(kind="drop_after", where="/reply"))
    with pytest.raises(Uncertain):
        await channel.send(out())
    found = await channel.look_up(out())
    assert found is not None
    assert found.external_id == f"reply:{retry_key('reply:1:1')}"
    assert len(line.sent) == 1


async def test_a_reply_that_did_not_arrive_is_sent_by_the_look_up(channel: Line, line: LineLookAlike) -> None:
    hears(channel, line)
    line.faults.add(Fault(kind="drop_before", where="/reply"))
    with pytest.raises(Uncertain):
        await channel.send(out())
    found = await channel.look_up(out())
    assert found is not None
    assert [one.id for one in line.sent] == [found.external_id]


async def test_a_lost_reply_whose_token_has_run_out_stays_uncertain(
    channel: Line, line: LineLookAlike, clock: Clock
) -> None:
    hears(channel, line)
    line.faults.add(Fault(kind="drop_after", where="/reply"))
    with pytest.raises(Uncertain):
        await channel.send(out())
    clock.move(seconds=60)
    with pytest.raises(Uncertain):
        await channel.look_up(out())
    assert len(line.sent) == 1


async def test_after_a_restart_nothing_is_sent_a_second_time(opened: Opened, line: LineLookAlike) -> None:
    before = opened()
    hears(before, line)
    await before.send(out())
    with pytest.raises(Uncertain):
        await opened().look_up(out())
    assert len(line.sent) == 1


async def test_after_a_restart_a_push_is_found_where_replies_are_off(
    opened: Opened, line: LineLookAlike, clock: Clock
) -> None:
    sent = await opened(replies=False).send(out())
    assert await opened(replies=False).look_up(out()) == sent
    clock.move(hours=24)
    with pytest.raises(Uncertain):
        await opened(replies=False).look_up(out())
    assert len(line.sent) == 1


async def test_pictures_sounds_and_films_go_as_themselves_and_the_rest_as_links(
    opened: Opened, line: LineLookAlike, tmp_path: Any
) -> None:
    sound = tmp_path / "a.m4a"
    sound.write_bytes(m4a(scale=1000, duration=2500))
    files = (
        medium(),
        medium("video/mp4", "https://inbox.example/v"),
        medium("audio/mp4", "https://inbox.example/s", path=sound),
        medium("application/pdf", "https://inbox.example/p", name="bill.pdf"),
    )
    await opened(preview_url="https://inbox.example/play.jpg").send(out("Look", media=files))
    assert [one.message["type"] for one in line.sent] == ["text", "image", "video", "audio"]
    assert line.texts() == ["Look\n\nbill.pdf\nhttps://inbox.example/p"]
    assert line.sent[3].message["duration"] == 2500


@pytest.mark.parametrize(
    ("file", "link"),
    [
        (medium(url="http://inbox.example/a"), "a\nhttp://inbox.example/a"),
        (medium("image/webp"), "a\nhttps://inbox.example/a"),
        (medium("video/mp4"), "a\nhttps://inbox.example/a"),
        (medium("audio/mp4"), "a\nhttps://inbox.example/a"),
    ],
    ids=["not https", "a type that LINE does not show", "no preview", "no length"],
)
async def test_what_line_cannot_show_goes_as_a_link(
    channel: Line, line: LineLookAlike, file: Any, link: str
) -> None:
    await channel.send(out("", media=(file,)))
    assert line.texts() == [link]


async def test_a_link_that_has_no_room_under_the_words_comes_after_them(
    channel: Line, line: LineLookAlike
) -> None:
    await channel.send(out("a" * 5000, media=(medium("text/plain"),)))
    assert [len(text) for text in line.texts()] == [5000, 25]


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (out(" \n"), "nothing to send"),
        (out("👋" * 2501), "longer than 5000"),
        (out(address="tel:+34600123456"), "did not write by LINE"),
        (out("x", media=(medium(),) * 5), "no more than 5"),
        (out(media=(medium(size=11_000_000),)), "larger than the 10 MB"),
    ],
    ids=["nothing", "too long", "another scheme", "too many", "too large"],
)
async def test_what_cannot_be_sent_is_refused_without_a_call(
    channel: Line, line: LineLookAlike, message: MessageOut, reason: str
) -> None:
    with pytest.raises(Refused, match=reason):
        await channel.send(message)
    assert line.requests == []


async def test_a_month_that_is_used_up_is_not_tried_again(channel: Line, line: LineLookAlike) -> None:
    line.quota_left = 0
    with pytest.raises(Refused, match="used up") as raised:
        await channel.send(out())
    assert raised.value.code == "429:monthly"


async def test_a_person_whom_line_does_not_know_closes_the_address(
    channel: Line, line: LineLookAlike
) -> None:
    line.unknown.add(USER)
    with pytest.raises(Refused) as raised:
        await channel.send(out())
    assert raised.value.code in channel.spec.closes


@pytest.mark.parametrize(("token", "error"), [("another", Misconfigured)])
async def test_a_wrong_token_is_a_mistake_in_the_settings(
    opened: Opened, token: str, error: type[ChannelError]
) -> None:
    with pytest.raises(error, match="LINE_CHANNEL_ACCESS_TOKEN"):
        await opened(access_token=SecretStr(token)).send(out())


async def test_nobody_there_is_unreachable(opened: Opened, line: LineLookAlike) -> None:
    channel = opened()
    await line.stop()
    with pytest.raises(Unreachable):
        await channel.send(out())
    with pytest.raises(Unreachable):
        await channel.who()


async def test_it_says_who_we_are(channel: Line) -> None:
    assert await channel.who() == "Example Shop (@216ru)"


async def test_three_dots_and_read_marks_are_shown(channel: Line, line: LineLookAlike) -> None:
    said = hears(channel, line)
    await channel.show("typing", f"line:{USER}", "")
    await channel.show("read", f"line:{USER}", said)
    assert (line.typing, line.read) == ([USER], [said])
    with pytest.raises(Refused):
        await channel.show("typing", f"line:{GROUP}", "")
    with pytest.raises(Refused, match="no token"):
        await channel.show("read", f"line:{USER}", "of another day")


async def fetched(channel: Line, ref: str) -> bytes:
    return b"".join([chunk async for chunk in channel.fetch(Attachment(kind="image", ref=ref))])


async def test_a_file_is_fetched_once_line_has_prepared_it(channel: Line, line: LineLookAlike) -> None:
    line.content["7"] = ("image/jpeg", b"picture")
    line.transcoding.add("7")
    with pytest.raises(Unreachable, match="preparing"):
        await fetched(channel, "7")
    line.transcoding.clear()
    assert await fetched(channel, "7") == b"picture"


@pytest.mark.parametrize("ref", ["8", "", "../v2/bot/info", "http://127.0.0.1:1/x"])
async def test_what_is_not_there_is_not_fetched(channel: Line, ref: str) -> None:
    with pytest.raises(Refused):
        await fetched(channel, ref)


def m4a(*, scale: int, duration: int) -> bytes:
    header = b"mvhd" + bytes(12) + scale.to_bytes(4, "big") + duration.to_bytes(4, "big") + bytes(80)
    movie = (len(header) + 4).to_bytes(4, "big") + header
    return b"\0\0\0\x08ftyp" + (len(movie) + 8).to_bytes(4, "big") + b"moov" + movie


@pytest.mark.parametrize(
    ("content", "length"),
    [(m4a(scale=44_100, duration=88_200), 2000), (m4a(scale=0, duration=5), None), (b"", None),
     (b"\0\0\0\0moov", None), (b"ID3" * 9, None), (b"\0\0\0\x10moovmvhd", None)],
    ids=["m4a", "no scale", "empty", "no movie", "mp3", "cut short"],
)  # fmt: skip
def test_a_recording_says_how_long_it_is(tmp_path: Any, content: bytes, length: int | None) -> None:
    (tmp_path / "a").write_bytes(content)
    assert milliseconds(tmp_path / "a") == length


def test_the_same_delivery_has_the_same_key() -> None:
    assert retry_key("a") == retry_key("a") != retry_key("b")
