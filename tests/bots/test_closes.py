"""What each channel says of a failure is what an agent can read, of each kind there is."""

import importlib
from datetime import timedelta

import pytest

import bots
from bots.channel import Spec
from bots.http.settings import Closes
from routing.reasons import REASONS


def spec_of(kind: str) -> Spec:
    found: Spec = importlib.import_module(f"bots.{kind}").SPEC
    return found


@pytest.mark.parametrize("kind", sorted(bots.kinds()))
def test_every_closing_has_a_sentence_and_passes_or_lasts(kind: str) -> None:
    for code, closing in spec_of(kind).closes.items():
        assert closing.reason in REASONS, (kind, code)
        assert code == code.strip() != "", (kind, code)
        assert closing.for_ is None or closing.for_ >= timedelta(0), (kind, code)


@pytest.mark.parametrize("kind", sorted(bots.kinds()))
def test_what_consent_or_a_template_says_closes_no_address(kind: str) -> None:
    for code, closing in spec_of(kind).closes.items():
        if closing.reason in ("opted_out", "window_closed", "template_not_sendable"):
            assert closing.for_ == timedelta(0), (kind, code)
        if closing.reason == "per_user_limit":
            assert closing.for_ is not None, (kind, code)
            assert closing.for_ >= timedelta(days=1), (kind, code)


def test_a_joined_provider_says_it_in_the_same_words() -> None:
    for reason in ("no_such_number", "undeliverable", "blocked"):
        assert Closes(reason=reason).reason in REASONS
