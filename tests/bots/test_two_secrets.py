"""Every channel takes what the secret of today signs, and what the one before signs, and nothing else."""

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

import bots
from bots.channel import Channel, Hook
from bots.errors import BadSignature
from bots.sealing import house_keys
from tests.bots.contract import NOW, Case, cases
from tests.providers.discord import DiscordLookAlike

CASES = {case.kind: case for case in cases()}
LOOK_ALIKE = DiscordLookAlike()
OTHERS = ("a secret that signed nothing", "whsec_" + "b3RoZXIg" * 4)
NEITHER = ("another that signed nothing", "whsec_" + "bmVpdGhlciBz" * 3)
"""Secrets of which one is of the right form for every channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One secret of a kind that checks its hooks, and the setting of the one before it."""

    kind: str
    new: str
    before: str


def settled(case: Case, **changes: Any) -> Channel | None:
    """Open a channel with *changes*, and no other secret of before; None where one is not of its form."""
    section = {name: value for name, value in case.section.items() if not name.startswith("old_")}
    folder = bots.find(case.kind)
    try:
        channel: Channel = folder.open_channel(
            folder.Settings.model_validate({**section, **changes}), case.kind
        )
    except ValidationError:
        return None
    return channel


def another(case: Case, name: str, among: Sequence[str] = OTHERS) -> str:
    """Choose a secret for the setting *name* that signed nothing and is of its form."""
    return next(one for one in among if settled(case, **{name: one}) is not None)


def signed(case: Case) -> Hook:
    raw = next(iter(case.real.values())) if case.real else b"{}"
    return case.sign(raw)


def takes(channel: Channel | None, hook: Hook) -> bool:
    assert channel is not None
    try:
        channel.check(hook)
    except BadSignature:
        return False
    return True


def turns() -> Iterator[Turn]:
    """Find the secrets that have one before them and without which a hook is refused."""
    for case in CASES.values():
        fields = bots.find(case.kind).Settings.model_fields
        for name in [name for name in fields if f"old_{name}" in fields and name in case.section]:
            if not takes(settled(case, **{name: another(case, name)}), signed(case)):
                yield Turn(kind=case.kind, new=name, before=f"old_{name}")


TURNS = [*turns()]
of_each = pytest.mark.parametrize("turn", [pytest.param(one, id=f"{one.kind} {one.new}") for one in TURNS])


def test_every_kind_that_takes_hooks_has_a_secret_with_one_before_it() -> None:
    without = [kind for kind, case in CASES.items() if not takes(case.open(), signed(case))]
    told = {turn.kind for turn in TURNS}
    assert [kind for kind in bots.kinds() if kind not in told] == without == ["letters"]


@of_each
def test_what_the_secret_of_today_signed_is_taken(turn: Turn) -> None:
    case = CASES[turn.kind]
    secret, other = case.section[turn.new], another(case, turn.new)
    assert takes(settled(case, **{turn.new: secret}), signed(case))
    assert takes(settled(case, **{turn.new: secret, turn.before: other}), signed(case))


@of_each
def test_what_the_secret_before_signed_is_taken(turn: Turn) -> None:
    case = CASES[turn.kind]
    secret, other = case.section[turn.new], another(case, turn.new)
    assert takes(settled(case, **{turn.new: other, turn.before: secret}), signed(case))


@of_each
def test_what_neither_signed_is_refused(turn: Turn) -> None:
    case = CASES[turn.kind]
    both = {turn.new: another(case, turn.new), turn.before: another(case, turn.new, NEITHER)}
    assert not takes(settled(case, **both), signed(case))


@of_each
def test_a_secret_that_was_taken_out_signs_nothing_any_more(turn: Turn) -> None:
    case = CASES[turn.kind]
    assert not takes(settled(case, **{turn.new: another(case, turn.new)}), signed(case))


@pytest.mark.parametrize(
    ("new", "before", "taken"),
    [("theirs", "other", True), ("other", "theirs", True), ("other", "", False), ("other", "third", False)],
)
def test_discords_public_key_has_one_before_it_too(new: str, before: str, taken: bool) -> None:
    keys = {"theirs": LOOK_ALIKE.public_key, "other": "0" * 64, "third": "1" * 64, "": ""}
    raw, headers = LOOK_ALIKE.signed({"type": 1}, NOW.timestamp())
    lower = {name.lower(): value for name, value in headers.items()}
    url = "https://inbox.example/hooks/discord"
    hook = Hook(method="POST", url=url, headers=lower, body=raw, received_at=NOW)
    assert takes(CASES["discord"].open(public_key=keys[new], old_public_key=keys[before]), hook) is taken


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
