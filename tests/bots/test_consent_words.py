"""Words by which customers stop, allow again, ask for help or for our messages."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots import consent_words
from bots.channel import MessageIn
from bots.consent_words import said, wishes
from routing import consent_words as decided
from routing.consent import plain


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("STOP", "stop"),
        ("  Stop \n", "stop"),
        ("Stop.", "stop"),
        ("STOP!!", "stop"),
        ("opt-out", "stop"),
        ("Opt  Out", "stop"),
        ("¡BAJA!", "stop"),
        ("No más", "stop"),
        ("não mais", "stop"),
        ("Arrêt", "stop"),
        ("Désabonner", "stop"),
        ("Stopp", "stop"),
        ("ABMELDEN", "stop"),
        ("Start", "start"),
        ("unstop", "start"),
        ("Alta", "start"),
        ("HELP", "help"),
        ("Ayuda!", "help"),
        ("JOIN", "join"),
        ("Aderir.", "join"),
        ("stop please", None),
        ("please stop", None),
        ("Can you stop by?", None),
        ("don't stop", None),
        ("yes", None),
        ("stop?", None),
        ("", None),
        ("!!!", None),
        ("👋", None),
        ("stop" + " " * 40 + "all", None),
    ],
)
def test_a_whole_message_that_is_a_word_is_taken_so(text: str, word: str | None) -> None:
    found = said(text)
    assert (found[0] if found else None) == word


def test_the_reason_quotes_the_word_and_says_what_it_means() -> None:
    assert said("¡Baja!") == ("stop", "The customer wrote BAJA: they want no more messages at this address.")


def test_every_word_that_decides_elsewhere_is_known_here() -> None:
    assert decided.STOP <= consent_words.STOP
    assert decided.START <= consent_words.START
    assert decided.HELP <= consent_words.HELP


def test_no_word_means_two_things() -> None:
    groups = [consent_words.STOP, consent_words.START, consent_words.HELP, consent_words.JOIN]
    assert len(frozenset().union(*groups)) == sum(len(group) for group in groups)
    assert all(plain(word) == word for group in groups for word in group)


@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    found = said(text)
    assert found is None or found[1].startswith("The customer wrote ")


@given(st.sampled_from(sorted(consent_words.STOP)), st.text(alphabet=" .!\n", max_size=3))
def test_case_and_signs_around_do_not_matter(word: str, around: str) -> None:
    assert said(f"{around}{word.upper()}{around}") == said(word)


@pytest.mark.parametrize("text", ["STOP", "*STOP*", "_Stop_!", "```\nstop\n```"])
def test_a_message_that_is_a_word_is_a_wish_whatever_its_marks(text: str) -> None:
    at = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    message = MessageIn(address="line:1", external_id="m1", text=text, sent_at=at)
    [wish] = wishes(message)
    assert (wish.address, wish.external_id, wish.word, wish.sent_at) == ("line:1", "m1", "stop", at)
    assert (wish.wording, wish.marketing) == (text, False)


def test_a_message_that_says_more_is_no_wish() -> None:
    at = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    message = MessageIn(address="line:1", external_id="m1", text="*stop* it", sent_at=at)
    assert wishes(message) == []
