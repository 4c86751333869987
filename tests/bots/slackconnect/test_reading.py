"""What Slack's events are read to."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

import bots
from bots.channel import Attachment, ConsentChanged, Deleted, Edited, MessageIn, Reacted, Reading
from bots.errors import BadSignature, Malformed, Refused
from bots.marks import plain
from bots.sealing import sealed
from bots.slackconnect.naming import place_of
from bots.slackconnect.words import heard, said
from tests.bots.contract import NOW
from tests.bots.slackconnect.case import CASE
from tests.bots.slackconnect.hooks import (
    BOT,
    CHANNEL,
    SECTION,
    TEAM,
    THEIRS,
    TS,
    USER,
    changed,
    deleted,
    envelope,
    hook_of,
    reacted,
    written,
)

ADDRESS = f"slackconnect:{THEIRS}/{USER}/{CHANNEL}"
ID = f"{CHANNEL}:{TS}"
AT = datetime(2026, 3, 1, 11, 59, 0, 100, tzinfo=UTC)
CHANGED_AT = datetime(2026, 3, 1, 12, 0, 0, 200, tzinfo=UTC)


def read(event: dict[str, Any], **settings: Any) -> Reading:
    return CASE.open(**settings).read(hook_of(envelope(event)))


def test_a_message_is_read_whole() -> None:
    thread = "1772366000.000001"
    files = [
        {"id": "F1", "name": "a.png", "mimetype": "image/png", "size": 3, "url_private": "https://files.slack.com/1",
         "url_private_download": "https://files.slack.com/d/1"},
        {"id": "F2", "mimetype": "audio/webm", "subtype": "slack_audio", "url_private": "https://files.slack.com/2"},
        {"id": "F3", "mode": "file_access", "file_access": "check_file_info"},
        {"id": "F4", "mode": "tombstone"},
    ]  # fmt: skip
    event = written(
        "*Olá*", thread_ts=thread, files=files, subtype="file_share", user_profile={"real_name": "Ana M."}
    )
    [message] = read(event).events
    assert isinstance(message, MessageIn)
    assert (message.address, message.external_id, message.text) == (ADDRESS, ID, "*Olá*")
    assert (message.sent_at, message.sender_name, message.reply_to) == (AT, "Ana M.", f"{CHANNEL}:{thread}")
    assert message.also == (f"slackconnect:{THEIRS}/{USER}",)
    assert message.attachments == (
        Attachment(
            kind="image", ref="https://files.slack.com/d/1", name="a.png", content_type="image/png", size=3
        ),
        Attachment(kind="voice", ref="https://files.slack.com/2", content_type="audio/webm"),
        Attachment(kind="document", ref="file:F3"),
    )


def test_the_first_message_of_a_thread_answers_nothing() -> None:
    [message] = read(written(thread_ts=TS)).events
    assert isinstance(message, MessageIn)
    assert message.reply_to == ""


def test_a_changed_message_is_edited() -> None:
    edited = Edited(address=ADDRESS, external_id=ID, text="<Olá>", sent_at=CHANGED_AT)
    assert read(changed("&lt;Olá&gt;", "Olá")).events == (edited,)


@pytest.mark.parametrize(
    "event", [deleted(), changed("", "Olá", subtype="tombstone")], ids=["gone", "tombstone"]
)
def test_a_deleted_message_is_deleted(event: dict[str, Any]) -> None:
    assert read(event).events == (Deleted(address=ADDRESS, external_id=ID, sent_at=CHANGED_AT),)


@pytest.mark.parametrize(
    ("event", "emoji"),
    [
        (reacted("+1"), "👍"),
        (reacted("clap::skin-tone-3"), "👏"),
        (reacted("party_parrot"), ":party_parrot:"),
        (reacted("+1", "reaction_removed"), ""),
    ],
    ids=["known", "skin", "their own", "taken off"],
)
def test_a_reaction_is_an_emoji(event: dict[str, Any], emoji: str) -> None:
    [found] = read(event).events
    assert isinstance(found, Reacted)
    assert (found.external_id, found.emoji, found.sent_at) == (ID, emoji, CHANGED_AT)
    assert place_of(found.address) == CHANNEL


PASSED_OVER: list[Any] = [
    pytest.param(written(bot_id="B1"), "message: a bot's", id="bot"),
    pytest.param(written(subtype="bot_message", user=None), "message/bot_message", id="classic bot"),
    pytest.param(written(user=BOT), "message: our own", id="ours"),
    pytest.param(
        written(user_team=TEAM, source_team=TEAM, team=TEAM), "message: a colleague's", id="colleague"
    ),
    pytest.param(written(user="USLACKBOT"), "message: a bot's", id="slackbot"),
    pytest.param(written(subtype="channel_join"), "message/channel_join", id="joined"),
    pytest.param(changed("Olá", "Olá"), "message/message_changed: same words", id="preview"),
    pytest.param(changed("Olá", "O", bot_id="B1"), "message/message_changed: a bot's", id="bot edits"),
    pytest.param(deleted(bot_id="B1"), "message/message_deleted: a bot's", id="bot deletes"),
    pytest.param(reacted(user=BOT), "reaction_added: our own", id="we react"),
    pytest.param(reacted(item={"type": "file"}), "reaction_added: not to a message", id="file"),
    pytest.param({"type": "pin_added"}, "pin_added", id="pin"),
    pytest.param({}, "event without a type", id="nothing"),
]


@pytest.mark.parametrize(("event", "name"), PASSED_OVER)
def test_what_no_customer_did_is_passed_over_and_named(event: dict[str, Any], name: str) -> None:
    reading = read(event)
    assert (reading.events, reading.skipped) == ((), (name,))


def test_people_of_our_own_workspace_are_customers_where_the_setting_says_so() -> None:
    event = written(user_team=TEAM, source_team=TEAM, team=TEAM)
    [message] = read(event, colleagues=True).events
    assert isinstance(message, MessageIn)
    assert message.address == f"slackconnect:{TEAM}/{USER}/{CHANNEL}"


def test_our_workspace_is_where_the_app_is_installed_whatever_the_envelope_s() -> None:
    theirs = CASE.open().read(hook_of(envelope(written(), team_id=THEIRS)))
    [message] = theirs.events
    assert isinstance(message, MessageIn)
    assert message.address == f"slackconnect:{THEIRS}/{USER}/{CHANNEL}"
    colleague = written(user_team=TEAM, source_team=TEAM, team=TEAM)
    assert CASE.open().read(hook_of(envelope(colleague, team_id=THEIRS))).skipped == (
        "message: a colleague's",
    )


def test_a_person_of_a_large_organisation_has_one_address_however_the_event_names_it() -> None:
    [message] = read(written()).events
    [mention] = read(written(type="app_mention", user_team="E0ORGANISATION")).events
    assert isinstance(message, MessageIn)
    assert isinstance(mention, MessageIn)
    assert (mention.address, mention.external_id) == (message.address, message.external_id)


def test_a_stop_is_recorded_beside_the_message() -> None:
    message, consent = read(written("STOP")).events
    assert isinstance(message, MessageIn)
    assert isinstance(consent, ConsentChanged)
    assert consent.word == "stop"


def test_a_shared_message_is_read_with_its_words() -> None:
    attached = [{"is_share": True, "text": "The order was late"}, {"text": "a preview"}]
    [message] = read(written("See:", attachments=attached)).events
    assert isinstance(message, MessageIn)
    assert message.text == "See:\nThe order was late"


def test_the_challenge_is_answered() -> None:
    reading = CASE.open().read(hook_of(b'{"type":"url_verification","challenge":"abc"}'))
    assert (reading.response.body, reading.response.content_type) == ("abc", "text/plain")


def test_a_click_is_passed_over() -> None:
    reading = CASE.open().read(hook_of(b"payload=%7B%7D", content_type="application/x-www-form-urlencoded"))
    assert reading.skipped == ("button or command",)


@pytest.mark.parametrize(
    "event",
    [
        written(ts="x"),
        written(ts=5),
        written(channel=None),
        written(channel="c/1"),
        written(team="é", user_team="é", source_team="é"),
    ],
    ids=["ts", "number", "no channel", "odd channel", "odd team"],
)
def test_a_message_that_names_no_place_is_malformed(event: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        read(event)


@pytest.mark.parametrize(
    ("slack", "ours"),
    [
        ("a &amp;&lt;b&gt; &amp;amp;", "a &<b> &amp;"),
        ("<https://x.example/a?b=1&amp;c=2>", "https://x.example/a?b=1&c=2"),
        ("see <https://x.example|the page>.", "see the page (https://x.example)."),
        ("<http://x.example|x.example>", "http://x.example"),
        ("<mailto:ana@x.example|ana@x.example>", "ana@x.example"),
        ("<tel:+34600123456|+34 600>", "+34 600 (+34600123456)"),
        ("<@U1|ana> and <@U2>", "@ana and @U2"),
        ("<#C1|help> <#C2>", "#help #C2"),
        ("<!here> <!channel|channel> <!subteam^S1|@sales> <!subteam^S2>", "@here @channel @sales @group"),
        ("<!date^1392734382^{date}|18 Feb>", "18 Feb"),
        ("nice :tada: :+1::skin-tone-2: :party_parrot: 10:30:45", "nice 🎉 👍 :party_parrot: 10:30:45"),
        ("*b* _i_ ~s~ `c` ```x &lt; y```", "*b* _i_ ~s~ `c` ```x < y```"),
    ],
)
def test_slack_s_text_is_read_as_people_see_it(slack: str, ours: str) -> None:
    assert heard(slack) == ours


@pytest.mark.parametrize("text", ["<!channel> & <@U1>", "a < b > c &amp; d", "*b* _i_ `<x>`"])
def test_what_we_say_rings_at_nobody_and_comes_back_the_same(text: str) -> None:
    assert "<" not in said(text)
    assert heard(said(text)) == text
    assert plain(heard(said(text))) == plain(text)


@pytest.mark.parametrize(
    "address", ["tel:+34600123456", "slackconnect:T1", "slackconnect:T1/U1/C1/x", "slackconnect:T/é"]
)
def test_another_address_is_not_reached(address: str) -> None:
    with pytest.raises(Refused):
        place_of(address)


@pytest.mark.parametrize(("seconds", "fresh"), [(-300, True), (300, True), (-301, False), (301, False)])
def test_a_signature_is_good_for_five_minutes(seconds: int, fresh: bool) -> None:
    hook = hook_of(envelope(written()), at=NOW + timedelta(seconds=seconds))
    if fresh:
        assert CASE.open().read(hook).events
    else:
        with pytest.raises(BadSignature):
            CASE.open().read(hook)


def test_the_old_signing_secret_is_still_good() -> None:
    hook = hook_of(envelope(written()), secret="an-old-one")
    assert CASE.open(old_signing_secret="an-old-one").read(hook).events
    with pytest.raises(BadSignature):
        CASE.open().read(hook)


def test_what_came_by_socket_is_read_by_its_seal_and_by_no_other() -> None:
    channel = CASE.open()
    seal = channel.rules.seals[0]  # type: ignore[attr-defined]
    hook = sealed(seal, "slackconnect", envelope(written()), NOW)
    assert len(channel.read(hook).events) == 1
    for wrong in (sealed(seal, "other", hook.body, NOW), sealed(b"x" * 32, "slackconnect", hook.body, NOW)):
        with pytest.raises(BadSignature):
            channel.read(wrong)


def test_without_a_signing_secret_no_post_is_taken() -> None:
    channel = CASE.open(signing_secret=None, app_token="xapp-1-x")
    with pytest.raises(BadSignature):
        channel.read(hook_of(envelope(written()), secret=""))


def test_events_need_a_way_in() -> None:
    with pytest.raises(ValidationError, match="SLACK_CONNECT_APP_TOKEN"):
        bots.find("slackconnect").Settings.model_validate({**SECTION, "signing_secret": None})
