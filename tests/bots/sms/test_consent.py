"""Consent words: STOP, START, HELP and their like."""

import pytest

from bots.channel import ConsentChanged, MessageIn
from bots.sms.reading import read
from tests.bots.twilio_hooks import MESSAGE, NOW, SID, TOKEN, posted


@pytest.mark.parametrize(
    ("text", "word"),
    [
        *[
            (word, "stop")
            for word in ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"]
        ],
        *[(word, "start") for word in ["START", "YES", "UNSTOP"]],
        *[(word, "help") for word in ["HELP", "INFO"]],
        *[(word, "join") for word in ["JOIN", "Join!", "ADERIR", "UNIRME"]],
        ("join us", None),
        ("stop", "stop"),
        ("  Stop \n", "stop"),
        ("Stop.", "stop"),
        ("STOP!", "stop"),
        ("OPT OUT", "stop"),
        ("opt  out", "stop"),
        ("opt-out", "stop"),
        ("STOP PLEASE", None),
        ("please stop", None),
        ("Stopp", "stop"),
        ("BAJA", "stop"),
        ("¡No más!", "stop"),
        ("Dar de baja", "stop"),
        ("AYUDA", "help"),
        ("the words of a stop, but many", None),
        ("yes please", None),
        ("yes.", None),
        ("", None),
        ("👋", None),
    ],
)
def test_a_consent_word_is_a_message_and_a_change(text: str, word: str | None) -> None:
    events = read(posted(MESSAGE | {"Body": text}), TOKEN).events
    assert isinstance(events[0], MessageIn)
    assert events[0].text == text
    changes = [event for event in events if isinstance(event, ConsentChanged)]
    assert [change.word for change in changes] == ([word] if word else [])
    assert all(c.wording == text for c in changes)
    assert all((c.external_id, c.address, c.sent_at) == (SID, "tel:+34600123456", NOW) for c in changes)


@pytest.mark.parametrize(
    ("body", "opt_out_type", "word", "source"),
    [
        ("STOP", "", "stop", "Twilio acts on too"),
        ("OPT OUT", "", "stop", "only we act on it"),
        ("Stop.", "", "stop", "only we act on it"),
        ("BAJA", "STOP", "stop", "Twilio's opt-out list"),
        ("ALTA", "START", "start", "Twilio's opt-out list"),
        ("AYUDA", "HELP", "help", "Twilio's opt-out list"),
        ("AYUDA", "help", "help", "Twilio's opt-out list"),
    ],
)
def test_the_source_says_who_acts_on_the_word(body: str, opt_out_type: str, word: str, source: str) -> None:
    form = MESSAGE | {"Body": body} | ({"OptOutType": opt_out_type} if opt_out_type else {})
    change = read(posted(form), TOKEN).events[1]
    assert isinstance(change, ConsentChanged)
    assert change.word == word
    assert source in change.source
