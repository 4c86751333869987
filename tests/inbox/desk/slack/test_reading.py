"""A payload of Slack's says what an agent did, or why it concerns nobody."""

from typing import Any

import pytest

from inbox.desk.slack import deeds, reading
from inbox.desk.slack.typed import without_mark

BASE = {"type": "message", "channel": "C1", "user": "U1", "ts": "20.000100", "thread_ts": "10.000100"}


def event(**more: Any) -> dict[str, Any]:
    told = {key: value for key, value in {**BASE, "text": "hello", **more}.items() if value is not None}
    return {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": told}


def changed(now: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    return event(subtype="message_changed", message={**BASE, **now}, previous_message={**BASE, **before})


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        pytest.param(event(), "", id="plain"),
        pytest.param(event(subtype="file_share", files=[{"id": "F1"}]), "", id="file"),
        pytest.param(event(text=";; call him"), "marked", id="two semicolons"),
        pytest.param(event(text="!note call him"), "marked", id="note word"),
        pytest.param(event(text="!notes are fine"), "", id="another word"),
        pytest.param(event(subtype="me_message"), "/me", id="me"),
        pytest.param(event(text="<@U2> look"), "begins by mentioning a colleague", id="mention first"),
        pytest.param(event(text="ask <@U2>"), "", id="mention later"),
        pytest.param(event(subtype="thread_broadcast"), "also sent to the Slack channel", id="broadcast"),
    ],
)
def test_words_in_a_thread_are_read_with_the_reason_to_keep_them_inside(
    payload: dict[str, Any], why: str
) -> None:
    said = reading.read(payload)
    assert isinstance(said, deeds.Said)
    assert (said.workspace, said.slack_channel, said.thread_ts, said.slack_id) == (
        "T1",
        "C1",
        "10.000100",
        "U1",
    )
    assert said.why_note == why


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(event(bot_id="B1"), id="a bot"),
        pytest.param(event(subtype="bot_message"), id="another bot, old form"),
        pytest.param(event(thread_ts=None), id="outside a thread"),
        pytest.param(event(thread_ts="20.000100"), id="the root itself"),
        pytest.param(event(subtype="channel_topic"), id="a subtype that says nothing"),
        pytest.param(event(subtype="tomorrow"), id="a new subtype"),
        pytest.param(event(subtype="message_replied"), id="replied without a place"),
        pytest.param(changed({"text": "a", "attachments": [1]}, {"text": "a"}), id="an unfurl"),
        pytest.param(changed({"text": "a", "bot_id": "B1"}, {"text": "b"}), id="our own card changed"),
        pytest.param(changed({"text": "a"}, {"text": "b"}), id="changed without edited"),
        pytest.param(event(subtype="message_deleted", previous_message={"bot_id": "B1"}), id="ours deleted"),
        pytest.param({"type": "event_callback", "event": {"type": "reaction_added"}}, id="reaction"),
        pytest.param({"type": "event_callback"}, id="empty event"),
        pytest.param({"type": "tomorrow"}, id="a new type"),
        pytest.param({}, id="nothing at all"),
    ],
)
def test_what_concerns_no_customer_is_nothing(payload: dict[str, Any]) -> None:
    assert isinstance(reading.read(payload), deeds.Nothing)


def test_an_edit_is_read() -> None:
    payload = changed({"text": "b", "edited": {"ts": "30.0", "user": "U1"}}, {"text": "a"})
    deed = reading.read(payload)
    assert isinstance(deed, deeds.Changed)
    assert (deed.ts, deed.edited_ts, deed.text) == ("20.000100", "30.0", "b")


@pytest.mark.parametrize(
    "payload",
    [
        event(subtype="message_deleted", deleted_ts="20.000100", previous_message=BASE),
        changed({"subtype": "tombstone"}, {"text": "a"}),
    ],
    ids=["deleted", "tombstone"],
)
def test_a_deletion_is_read(payload: dict[str, Any]) -> None:
    deed = reading.read(payload)
    assert isinstance(deed, deeds.Removed)
    assert (deed.slack_channel, deed.ts, deed.slack_id) == ("C1", "20.000100", "U1")


def test_a_reply_told_only_through_its_root_is_asked_for() -> None:
    root = {"ts": "10.000100", "thread_ts": "10.000100", "latest_reply": "20.000100"}
    deed = reading.read(event(subtype="message_replied", message=root))
    assert isinstance(deed, deeds.Replied)
    assert (deed.thread_ts, deed.ts) == ("10.000100", "20.000100")


@pytest.mark.parametrize(
    ("kind", "what"),
    [("channel_archive", "gone"), ("group_deleted", "gone"), ("group_unarchive", "back"),
     ("member_left_channel", "gone"), ("channel_shared", "shared")],
)  # fmt: skip
def test_what_befalls_a_slack_channel_is_read(kind: str, what: str) -> None:
    deed = reading.read({"type": "event_callback", "event": {"type": kind, "channel": "C1", "user": "U1"}})
    assert isinstance(deed, deeds.ChannelChanged)
    assert (deed.slack_channel, deed.what) == ("C1", what)


def test_a_button_in_a_thread_is_read() -> None:
    deed = reading.read(
        {
            "type": "block_actions",
            "team": {"id": "T1"},
            "user": {"id": "U1", "team_id": "T1"},
            "container": {"type": "message", "channel_id": "C1", "message_ts": "10.000100"},
            "actions": [{"action_id": "take", "value": "7|3"}],
            "trigger_id": "1.2",
        }
    )
    assert isinstance(deed, deeds.Clicked)
    assert (deed.action, deed.value, deed.thread_ts) == ("take", "7|3", "10.000100")


@pytest.mark.parametrize(
    ("payload", "key"),
    [(event(), "Ev1"), ({"type": "block_actions", "trigger_id": "1.2"}, "1.2"),
     ({"type": "view_submission", "view": {"id": "V1", "hash": "h"}}, "V1:h"), ({"type": "else"}, "")],
)  # fmt: skip
def test_the_same_payload_has_the_same_name(payload: dict[str, Any], key: str) -> None:
    assert reading.key(payload) == key


@pytest.mark.parametrize(
    ("typed", "kept"),
    [(";; call", "call"), (";;call", "call"), ("!note call", "call"), ("call ;;", "call ;;")],
)
def test_the_sign_of_a_note_is_taken_off(typed: str, kept: str) -> None:
    assert without_mark(typed) == kept


def test_a_timestamp_is_an_instant_to_the_microsecond() -> None:
    assert reading.at("1795341720.000123").isoformat() == "2026-11-22T10:02:00.000123+00:00"
    assert reading.at("nonsense").year == 1970


def test_a_reaction_on_a_message_is_read() -> None:
    item = {"type": "message", "channel": "C1", "ts": "20.000100"}
    told = {"type": "reaction_added", "user": "U1", "reaction": "eyes", "item": item}
    deed = reading.read({"type": "event_callback", "event": told})
    assert deed == deeds.Noticed(slack_channel="C1", ts="20.000100", slack_id="U1", name="eyes")
    told["type"] = "reaction_removed"
    taken = reading.read({"type": "event_callback", "event": told})
    assert taken == deeds.Noticed(slack_channel="C1", ts="20.000100", slack_id="U1", name="eyes", gone=True)
