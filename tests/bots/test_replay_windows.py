"""A call signed with its time is taken five minutes around it, by when it came and not by our clock."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bots.channel import Channel, Hook
from bots.errors import BadSignature
from bots.webchat.identity import CLOCKS_DIFFER
from tests.bots.contract import NOW, cases
from tests.providers.discord import DiscordLookAlike

CASES = {case.kind: case for case in cases()}
LOOK_ALIKE = DiscordLookAlike()
WINDOW = timedelta(minutes=5)
SECOND = timedelta(seconds=1)


def _discord() -> tuple[Channel, Hook]:
    raw, headers = LOOK_ALIKE.signed({"type": 1}, NOW.timestamp())
    lower = {name.lower(): value for name, value in headers.items()}
    url = "https://inbox.example/hooks/discord"
    hook = Hook(method="POST", url=url, headers=lower, body=raw, received_at=NOW)
    return CASES["discord"].open(public_key=LOOK_ALIKE.public_key), hook


def _signed(kind: str) -> tuple[Channel, Hook]:
    if kind == "discord":  # what its gateway tells has no time; its calls over HTTP do
        return _discord()
    case = CASES[kind]
    return case.open(), case.sign(next(iter(case.real.values()), b"{}"))


def _stamp(hook: Hook) -> str:
    """Name the header that says when the hook was signed, if one does."""
    told = str(int(NOW.timestamp()))
    return next((name for name, value in hook.headers.items() if value == told), "")


STAMPS = {kind: stamp for kind in CASES if (stamp := _stamp(_signed(kind)[1]))}
of_each = pytest.mark.parametrize("kind", STAMPS)


def test_these_providers_sign_a_time() -> None:
    """The others sign none; their messages are known by their ids when they come again."""
    assert {"discord", "http", "slackconnect"} <= set(STAMPS)


@of_each
@pytest.mark.parametrize("apart", [timedelta(), WINDOW, -WINDOW], ids=str)
def test_within_the_window_it_is_taken(kind: str, apart: timedelta) -> None:
    channel, hook = _signed(kind)
    channel.check(replace(hook, received_at=hook.received_at + apart))


@of_each
@pytest.mark.parametrize("apart", [WINDOW + SECOND, -WINDOW - SECOND, timedelta(days=365)], ids=str)
def test_too_old_and_too_far_ahead_are_refused(kind: str, apart: timedelta) -> None:
    channel, hook = _signed(kind)
    with pytest.raises(BadSignature):
        channel.check(replace(hook, received_at=hook.received_at + apart))


@of_each
def test_a_hook_of_the_journal_is_read_whenever_it_is_read(kind: str) -> None:
    """What counts is when it came: years later by the clock it is still what it was."""
    channel, hook = _signed(kind)
    assert abs(hook.received_at - datetime.now(UTC)) > timedelta(days=30)
    channel.check(hook)


@of_each
@pytest.mark.parametrize("stamp", ["", "soon", "-1", "1e9", "٣", "9" * 13, " 1"])
def test_a_time_that_is_none_is_refused(kind: str, stamp: str) -> None:
    channel, hook = _signed(kind)
    with pytest.raises(BadSignature):
        channel.check(replace(hook, headers={**hook.headers, STAMPS[kind]: stamp}))


@of_each
def test_a_time_moved_into_the_window_breaks_the_signature(kind: str) -> None:
    channel, hook = _signed(kind)
    later = hook.received_at + timedelta(hours=1)
    moved = {**hook.headers, STAMPS[kind]: str(int(later.timestamp()))}
    with pytest.raises(BadSignature):
        channel.check(replace(hook, headers=moved, received_at=later))


@pytest.mark.parametrize(
    ("age", "taken"),
    [(timedelta(), True), (timedelta(days=400), True), (timedelta(days=400, seconds=1), False),
     (-CLOCKS_DIFFER, True), (-CLOCKS_DIFFER - SECOND, False)],
    ids=str,
)  # fmt: skip
def test_a_visitors_token_has_an_age(age: timedelta, taken: bool) -> None:
    chat: Any = CASES["webchat"].open()
    token = chat.identities.issue("v", NOW)
    if taken:
        assert chat.identities.visitor_of(token, NOW + age) == "v"
    else:
        with pytest.raises(BadSignature):
            chat.identities.visitor_of(token, NOW + age)
