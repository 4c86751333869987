"""Every channel takes what the secret of today signs, and what the one before signs, and nothing else."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

import bots
from bots.channel import Hook
from bots.errors import BadSignature
from bots.sealing import house_keys
from tests.bots.contract import NOW, Case, cases
from tests.bots.discord.hooks import body as dispatch
from tests.providers.discord import DiscordLookAlike

CASES = {case.kind: case for case in cases()}
LOOK_ALIKE = DiscordLookAlike()
OTHER_KEY = "whsec_" + "b3RoZXIg" * 4
NOBODY: dict[str, str] = {"letters": "nobody writes to us there"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One secret of a kind of channel, as `new` and `before`; *other* is one that signed nothing."""

    kind: str
    new: str
    before: str
    other: str


TURNS = [
    Turn(kind="telegram", new="webhook_secret", before="old_webhook_secret", other="another"),
    Turn(kind="sms", new="auth_token", before="old_auth_token", other="another"),
    Turn(kind="rcs", new="auth_token", before="old_auth_token", other="another"),
    Turn(kind="voice", new="auth_token", before="old_auth_token", other="another"),
    Turn(kind="twilio_whatsapp", new="auth_token", before="old_auth_token", other="another"),
    Turn(kind="whatsapp", new="app_secret", before="old_app_secret", other="another"),
    Turn(kind="messenger", new="app_secret", before="old_app_secret", other="another"),
    Turn(kind="instagram", new="app_secret", before="old_app_secret", other="another"),
    Turn(kind="http", new="secret", before="old_secret", other=OTHER_KEY),
    Turn(kind="line", new="channel_secret", before="old_channel_secret", other="another"),
    Turn(kind="slackconnect", new="signing_secret", before="old_signing_secret", other="another"),
    Turn(kind="discord", new="secret_key", before="old_secret_key", other="another house's key"),
    Turn(kind="discord", new="public_key", before="old_public_key", other="0" * 64),
    Turn(kind="email", new="secret_key", before="old_secret_key", other="another house's key"),
    Turn(kind="webchat", new="secret_key", before="old_secret_key", other="another house's key"),
]
of_each = pytest.mark.parametrize("turn", [pytest.param(one, id=f"{one.kind} {one.new}") for one in TURNS])


def signed(turn: Turn) -> tuple[Case, Any, Hook]:
    """Give the case, the secret that signed, and a hook."""
    case = CASES[turn.kind]
    if turn.new == "public_key":
        raw, headers = LOOK_ALIKE.signed({"type": 1}, NOW.timestamp())
        lower = {name.lower(): value for name, value in headers.items()}
        url = "https://inbox.example/hooks/discord"
        hook = Hook(method="POST", url=url, headers=lower, body=raw, received_at=NOW)
        return case, LOOK_ALIKE.public_key, hook
    raw = next(iter(case.real.values())) if case.real else dispatch("PRESENCE_UPDATE", {})
    return case, case.section[turn.new], case.sign(raw)


def test_every_kind_that_takes_hooks_stands_in_the_table() -> None:
    told = {turn.kind for turn in TURNS} | set(NOBODY)
    assert [kind for kind in bots.kinds() if kind not in told] == []


def test_every_secret_that_checks_hooks_has_one_before_it() -> None:
    for turn in TURNS:
        fields = bots.find(turn.kind).Settings.model_fields
        assert turn.before == f"old_{turn.new}"
        assert {turn.new, turn.before} <= set(fields)


@of_each
def test_what_the_secret_of_today_signed_is_taken(turn: Turn) -> None:
    case, secret, hook = signed(turn)
    case.open(**{turn.new: secret, turn.before: turn.other}).check(hook)


@of_each
def test_what_the_secret_before_signed_is_taken(turn: Turn) -> None:
    case, secret, hook = signed(turn)
    case.open(**{turn.new: turn.other, turn.before: secret}).check(hook)


@of_each
def test_what_neither_signed_is_refused(turn: Turn) -> None:
    case, _, hook = signed(turn)
    neither = turn.other[:-1] + ("1" if turn.other[-1] == "0" else turn.other[-1])
    with pytest.raises(BadSignature):
        case.open(**{turn.new: turn.other, turn.before: neither}).check(hook)


@of_each
def test_a_secret_that_was_taken_out_signs_nothing_any_more(turn: Turn) -> None:
    case, _, hook = signed(turn)
    section = {name: value for name, value in case.section.items() if name != turn.before}
    settings = bots.find(turn.kind).Settings.model_validate({**section, turn.new: turn.other})
    with pytest.raises(BadSignature):
        bots.find(turn.kind).open_channel(settings, turn.kind).check(hook)


def test_new_things_are_signed_by_the_newest_key() -> None:
    chat = CASES["webchat"]
    both = chat.open(old_secret_key="the key of yesterday")
    alone, yesterday = chat.open(), chat.open(secret_key="the key of yesterday")
    token = both.identities.issue("v", NOW)  # type: ignore[attr-defined]
    assert alone.identities.visitor_of(token, NOW) == "v"  # type: ignore[attr-defined]
    with pytest.raises(BadSignature):
        yesterday.identities.visitor_of(token, NOW)  # type: ignore[attr-defined]
    assert house_keys(both.settings)[1] == b"the key of yesterday"  # type: ignore[attr-defined]


def test_a_visitor_of_yesterdays_key_is_still_known() -> None:
    chat = CASES["webchat"]
    token = chat.open(secret_key="the key of yesterday").identities.issue("v", NOW)  # type: ignore[attr-defined]
    both = chat.open(old_secret_key="the key of yesterday")
    assert both.identities.visitor_of(token, NOW + timedelta(days=1)) == "v"  # type: ignore[attr-defined]


def test_a_sites_proof_holds_under_both_its_secrets() -> None:
    chat = CASES["webchat"]
    site = {"identity_secret": "of today", "old_identity_secret": "of yesterday"}
    for secret in site.values():
        proof = hmac.new(secret.encode(), b"K-1", hashlib.sha256).hexdigest()
        identities = chat.open(**site).identities  # type: ignore[attr-defined]
        assert identities.of_site("K-1", proof) == "id:K-1"
        with pytest.raises(BadSignature):
            chat.open(identity_secret="another").identities.of_site("K-1", proof)  # type: ignore[attr-defined]
