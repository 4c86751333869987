"""Sending over the API: by direct message and in the support channel, at most once each."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bots.channel import Attachment, MessageOut
from bots.discord.channel import Discord
from bots.discord.codes import error_of
from bots.discord.sending import content_of, nonce_of
from bots.errors import Misconfigured, OptedOut, Refused, Throttled, Uncertain, Unreachable
from tests.bots.discord.conftest import Clock, Opened
from tests.bots.discord.hooks import SUPPORT, USER, medium, out
from tests.providers.discord import DiscordLookAlike
from tests.providers.faults import Fault

TO_SUPPORT = f"discord:{USER}@{SUPPORT}"


async def test_a_direct_message_is_sent_where_the_channel_was_opened_once(
    channel: Discord, discord: DiscordLookAlike
) -> None:
    first = await channel.send(out("one"))
    second = await channel.send(out("two", key="reply:1:2"))
    where = discord.state.direct[USER]
    assert [one["id"] for one in discord.sent] == [
        one.external_id.removeprefix(f"{where}:") for one in (first, second)
    ]
    assert len(discord.asked("POST", "/users/@me/channels")) == 1


async def test_nobody_is_pinged_by_words_and_the_nonce_is_enforced(
    channel: Discord, discord: DiscordLookAlike
) -> None:
    await channel.send(out("@everyone hello <@1>"))
    (body,) = discord.asked("POST", f"/channels/{discord.state.direct[USER]}/messages")
    assert body["allowed_mentions"] == {"parse": [], "replied_user": False}
    assert (body["nonce"], body["enforce_nonce"]) == (nonce_of("reply:1:1"), True)
    assert len(body["nonce"]) <= 25


async def test_marks_are_written_as_discord_s(channel: Discord, discord: DiscordLookAlike) -> None:
    await channel.send(out("*Hello* _you_ ~no~ 2*3*4"))
    assert discord.texts() == ["**Hello** _you_ ~~no~~ 2\\*3\\*4"]


async def test_an_answer_in_the_support_channel_rings_the_customer(
    channel: Discord, discord: DiscordLookAlike
) -> None:
    said = await discord.say(USER, "Help!", channel=SUPPORT)
    await channel.send(out("How?", address=TO_SUPPORT))
    await channel.send(out("So.", address=TO_SUPPORT, key="b", reply_to=f"{SUPPORT}:{said['id']}"))
    plain, answer = discord.asked("POST", f"/channels/{SUPPORT}/messages")
    assert (plain["content"], plain["allowed_mentions"]["users"]) == (f"<@{USER}> How?", [USER])
    assert answer["message_reference"] == {"message_id": said["id"], "fail_if_not_exists": False}
    assert (answer["content"], answer["allowed_mentions"]["replied_user"]) == ("So.", True)
    assert discord.state.direct == {}


async def test_what_no_agent_wrote_does_not_go_before_everybody_s_eyes(
    channel: Discord, discord: DiscordLookAlike
) -> None:
    await channel.send(out("Happy birthday!", address=TO_SUPPORT, by_agent=False))
    (sent,) = discord.sent
    assert sent["channel_id"] == discord.state.direct[USER]


async def test_a_message_of_another_place_is_not_quoted(channel: Discord, discord: DiscordLookAlike) -> None:
    await channel.send(out(reply_to=f"{SUPPORT}:5"))
    await channel.send(out(key="b", reply_to="interaction:5"))
    assert all("message_reference" not in body for _, _, body in discord.state.requests)


async def test_files_are_sent_along(channel: Discord, discord: DiscordLookAlike, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    files = (medium(tmp_path / "a"), medium(tmp_path / "a", name="b.png", content_type="image/png"))
    await channel.send(out("Look", media=files))
    (sent,) = discord.sent
    assert [one["filename"] for one in sent["attachments"]] == ["a.txt", "b.png"]
    assert discord.state.uploads == [["a.txt", "b.png"]]
    assert sent["content"] == "Look"


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (out(" \n"), "nothing to send"),
        (out("a" * 2001), "longer than 2000"),
        (out(address="tel:+34600123456"), "did not write on Discord"),
        (out(address=f"discord:{USER}@"), "did not write on Discord"),
        (out(media=(medium(Path("/nowhere")),)), "no longer here"),
        (out(media=(medium(Path("/nowhere"), size=6_000_000),) * 2), "larger than the 10 MB"),
        (out(media=(medium(Path("/nowhere")),) * 11), "no more than 10"),
    ],
    ids=["nothing", "too long", "another scheme", "half an address", "a file gone", "too large", "too many"],
)
async def test_what_cannot_be_sent_is_refused_before_the_message_call(
    channel: Discord, discord: DiscordLookAlike, message: MessageOut, reason: str
) -> None:
    with pytest.raises(Refused, match=reason):
        await channel.send(message)
    assert discord.sent == []


def test_a_text_whose_signs_would_not_fit_goes_plain() -> None:
    assert content_of("*a*" + "_" * 1990) == "a" + "_" * 1990


LOST: list[Any] = ["drop_after", "drop_before", "status"]


@pytest.mark.parametrize("lost", LOST)
async def test_a_message_whose_answer_was_lost_is_asked_again_under_its_nonce(
    channel: Discord, discord: DiscordLookAlike, lost: Any
) -> None:
    discord.faults.add(Fault(kind=lost, where="/messages"))
    with pytest.raises(Uncertain):
        await channel.send(out())
    found = await channel.look_up(out())
    assert found is not None
    assert [one["id"] for one in discord.sent] == [found.external_id.partition(":")[2]]


@pytest.mark.parametrize(("lost", "is_there"), [("drop_after", True), ("drop_before", False)])
async def test_once_the_nonce_is_forgotten_the_channel_is_looked_through(
    channel: Discord, discord: DiscordLookAlike, clock: Clock, lost: Any, is_there: bool
) -> None:
    twin = await channel.send(out("*same* words", key="another"))
    discord.faults.add(Fault(kind=lost, where="/messages"))
    with pytest.raises(Uncertain):
        await channel.send(out("*same* words"))
    clock.ahead = timedelta(minutes=3)
    found = await channel.look_up(out("*same* words"))
    assert (found is not None) is is_there
    assert found is None or found.external_id != twin.external_id
    assert len(discord.sent) == 1 + is_there


async def test_after_a_restart_a_message_is_found_by_its_words(
    opened: Opened, discord: DiscordLookAlike
) -> None:
    sent = await opened().send(out("words"))
    assert await opened().look_up(out("words")) == sent
    assert await opened().look_up(out("other words")) is None
    assert len(discord.sent) == 1


async def test_who_takes_no_direct_messages_closes_the_address(
    channel: Discord, discord: DiscordLookAlike
) -> None:
    discord.state.closed.add(USER)
    with pytest.raises(Refused) as raised:
        await channel.send(out())
    assert not isinstance(raised.value, OptedOut)
    assert raised.value.code in channel.spec.closes


async def test_a_channel_that_is_gone_is_opened_anew(channel: Discord, discord: DiscordLookAlike) -> None:
    await channel.send(out("one"))
    del discord.state.messages[discord.state.direct.pop(USER)]
    with pytest.raises(Refused, match="gone"):
        await channel.send(out("two", key="b"))
    await channel.send(out("two", key="b"))
    assert discord.texts() == ["two"]


async def test_slow_down_is_heard_with_its_fraction(channel: Discord, discord: DiscordLookAlike) -> None:
    discord.faults.add(Fault(kind="throttle", where="/users/@me/channels", retry_after=3))
    with pytest.raises(Throttled) as raised:
        await channel.send(out())
    assert raised.value.retry_after == 3.0


async def test_a_wrong_token_is_a_mistake_in_the_settings(opened: Opened) -> None:
    with pytest.raises(Misconfigured, match="DISCORD_BOT_TOKEN"):
        await opened(token=SecretStr("a.b.c")).send(out())


async def test_nobody_there_is_unreachable(channel: Discord, discord: DiscordLookAlike) -> None:
    await discord.stop()
    for call in (channel.send(out()), channel.who(), channel.edit("1:2", out()), channel.delete("1:2", "")):
        with pytest.raises(Unreachable):
            await call


async def test_a_sent_message_is_changed_and_taken_back(channel: Discord, discord: DiscordLookAlike) -> None:
    sent = await channel.send(out("Helo"))
    await channel.edit(sent.external_id, out("*Hello*"))
    assert discord.texts() == ["**Hello**"]
    await channel.delete(sent.external_id, f"discord:{USER}")
    await channel.delete(sent.external_id, f"discord:{USER}")
    assert discord.sent == []
    with pytest.raises(Refused, match="no longer on Discord"):
        await channel.edit(sent.external_id, out("again"))


async def test_a_reaction_takes_the_place_of_ours(channel: Discord, discord: DiscordLookAlike) -> None:
    said = await discord.say(USER, "Thanks!")
    external_id = f"{said['channel_id']}:{said['id']}"

    def ours() -> list[str]:
        kept = discord.state.messages[said["channel_id"]][said["id"]]["reactions"]
        return [one["emoji"]["name"] for one in kept]

    for reaction, expected in (("👍", ["👍"]), ("❤️", ["❤️"]), ("", [])):
        await channel.react(external_id, f"discord:{USER}", reaction)
        assert ours() == expected


async def test_an_interaction_is_no_message_that_could_be_changed(channel: Discord) -> None:
    with pytest.raises(Refused):
        await channel.react("interaction:5", f"discord:{USER}", "👍")


async def test_that_we_write_is_shown_and_that_we_read_is_not(
    channel: Discord, discord: DiscordLookAlike
) -> None:
    await channel.show("typing", f"discord:{USER}", "")
    await channel.show("typing", TO_SUPPORT, "")
    assert discord.state.typing == [discord.state.direct[USER], SUPPORT]
    with pytest.raises(Refused):
        await channel.show("read", f"discord:{USER}", "")


async def test_it_says_who_we_are(channel: Discord) -> None:
    assert await channel.who() == "Example Shop (bot 53908232506183680)"


async def test_a_file_is_fetched_while_its_address_is_good(
    channel: Discord, discord: DiscordLookAlike
) -> None:
    kept = discord.keep_file("a.txt", b"abc", "text/plain")
    file = Attachment(kind="document", ref=kept["url"])
    assert b"".join([chunk async for chunk in channel.fetch(file)]) == b"abc"
    discord.state.files.clear()
    with pytest.raises(Refused):
        assert [chunk async for chunk in channel.fetch(file)]


async def test_what_the_form_lacks_is_said_by_its_field(channel: Discord, discord: DiscordLookAlike) -> None:
    sent = await channel.send(out())
    where = sent.external_id.partition(":")[0]
    answer = await channel._calls.ask("POST", f"/channels/{where}/messages", json={"content": "a" * 2001})

    assert error_of(answer).reason == (
        "Discord refused: Invalid Form Body; content Must be 2000 or fewer in length."
    )
