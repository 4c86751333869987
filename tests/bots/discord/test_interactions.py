"""Calls over HTTP: signed with Ed25519, pings answered, buttons read."""

from dataclasses import replace
from typing import Any

import pytest

from bots.channel import ConsentChanged, Hook, MessageIn
from bots.errors import BadSignature
from tests.bots.discord.case import CASE
from tests.bots.discord.hooks import ANA, CHANNEL, NOW, NUMBER, SERVER, SUPPORT, USER
from tests.providers.discord import DiscordLookAlike

LOOK_ALIKE = DiscordLookAlike()


def called(body: dict[str, Any]) -> Hook:
    raw, headers = LOOK_ALIKE.signed(body, NOW.timestamp())
    lower = {name.lower(): value for name, value in headers.items()}
    url = "https://inbox.example/hooks/discord"
    return Hook(method="POST", url=url, headers=lower, body=raw, received_at=NOW)


def read(body: dict[str, Any]) -> Any:
    return CASE.open(public_key=LOOK_ALIKE.public_key).read(called(body))


def pressed(**parts: Any) -> dict[str, Any]:
    button = {"type": 2, "custom_id": "yes", "label": "Yes, please"}
    options = [{"value": "s", "label": "Small"}, {"value": "l", "label": "Large"}]
    select = {"type": 3, "custom_id": "size", "options": options}
    return {
        "id": "995105663481028770",
        "type": 3,
        "user": ANA,
        "channel_id": CHANNEL,
        "data": {"custom_id": "yes", "component_type": 2},
        "message": {"id": NUMBER, "components": [{"type": 1, "components": [button, select]}]},
        **parts,
    }


def test_a_ping_is_answered_with_a_pong() -> None:
    reading = read({"type": 1, "id": "1", "application_id": "2"})
    assert (reading.events, reading.response.body) == ((), '{"type":1}')
    assert reading.response.content_type == "application/json"


def test_a_pressed_button_is_a_message_with_its_words() -> None:
    reading = read(pressed())
    (said,) = reading.events
    assert isinstance(said, MessageIn)
    assert (said.text, said.address, said.sender_name) == ("Yes, please", f"discord:{USER}", "Ana")
    assert (said.external_id, said.reply_to) == ("interaction:995105663481028770", f"{CHANNEL}:{NUMBER}")
    assert reading.response.body == '{"type":6}'


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"custom_id": "size", "values": ["l", "s"]}, "Large, Small"),
        ({"custom_id": "size", "values": ["xl"]}, "xl"),
        ({"custom_id": "unknown"}, "unknown"),
        ({"custom_id": "unknown", "values": ["a"]}, "a"),
        ({}, "[button]"),
    ],
)
def test_a_choice_is_what_was_chosen(data: Any, text: str) -> None:
    (said,) = read(pressed(data=data)).events
    assert said.text == text


def test_a_button_in_the_support_channel_is_the_same_person_s() -> None:
    place = {"channel_id": SUPPORT, "guild_id": SERVER, "member": {"user": ANA}, "user": None}
    (said,) = read(pressed(**place)).events
    assert (said.address, said.also) == (f"discord:{USER}@{SUPPORT}", (f"discord:{USER}",))
    elsewhere = read(pressed(**{**place, "channel_id": "5"}))
    assert (elsewhere.events, elsewhere.skipped) == ((), ("interaction 3",))


@pytest.mark.parametrize("kind", [2, 4, 5, 99, None, "3"])
def test_other_interactions_are_passed_over(kind: Any) -> None:
    reading = read({"type": kind, "id": "1", "user": ANA})
    assert (reading.events, len(reading.skipped)) == ((), 1)


def test_who_removes_the_application_wants_no_more() -> None:
    event = {
        "type": "APPLICATION_DEAUTHORIZED",
        "timestamp": "2024-10-18T14:42:53.064834",
        "data": {"user": ANA},
    }
    reading = read({"version": 1, "type": 1, "event": event})
    (gone,) = reading.events
    assert isinstance(gone, ConsentChanged)
    assert (gone.word, gone.address, reading.response.status) == ("stop", f"discord:{USER}", 204)
    assert read({"version": 1, "type": 0}).response.status == 204


SPOILED: list[Any] = [
    pytest.param(lambda hook: replace(hook, body=hook.body + b" "), id="another body"),
    pytest.param(lambda hook: changed(hook, "x-signature-timestamp", "1"), id="another time"),
    pytest.param(lambda hook: changed(hook, "x-signature-ed25519", "00" * 64), id="another signature"),
    pytest.param(lambda hook: changed(hook, "x-signature-ed25519", "zz"), id="no hexadecimal digits"),
    pytest.param(lambda hook: changed(hook, "x-signature-ed25519", "é"), id="no ASCII"),
    pytest.param(lambda hook: changed(hook, "x-signature-ed25519", "00"), id="too short"),
    pytest.param(lambda hook: replace(hook, headers={}), id="no headers"),
    pytest.param(lambda hook: changed(hook, "x-tidings-seal", "00"), id="a seal that is none of ours"),
]


def changed(hook: Hook, name: str, value: str) -> Hook:
    return replace(hook, headers={**hook.headers, name: value})


@pytest.mark.parametrize("spoil", SPOILED)
def test_a_spoiled_call_is_refused(spoil: Any) -> None:
    with pytest.raises(BadSignature):
        CASE.open(public_key=LOOK_ALIKE.public_key).read(spoil(called(pressed())))


def test_without_a_public_key_no_call_is_taken() -> None:
    with pytest.raises(BadSignature):
        CASE.open(public_key="").read(called(pressed()))
