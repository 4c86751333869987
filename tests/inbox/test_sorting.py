"""What events of a hook become in a batch."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bots.channel import Called, ConsentChanged, Echoed, Event, MessageIn, Receipt
from inbox.channels import speechless
from inbox.sorting import sort
from storage.batch import Batch
from tests.inbox.house import SPEC, Paper

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def sorted_(*events: Event) -> Batch:
    """What a hook of these events adds to a batch."""
    batch = Batch()
    sort(batch, 1, "phone", events, NOON)
    return batch


LASTED = [
    pytest.param(200, False, "They called, 3 min 20 s", id="minutes"),
    pytest.param(5, True, "We called, 5 s", id="seconds"),
    pytest.param(3720, False, "They called, 1 h 2 min", id="hours"),
    pytest.param(-1, False, "They called, 0 s", id="nothing"),
]


@pytest.mark.parametrize(("seconds", "ours", "text"), LASTED)
def test_a_call_says_who_rang_and_how_long_it_was(seconds: int, ours: bool, text: str) -> None:
    call = Called(
        address="tel:+351911111111",
        external_id="CA1",
        sent_at=NOON,
        lasted=timedelta(seconds=seconds),
        ours=ours,
    )
    [one] = sorted_(call).asides
    assert (one.text, one.nature, one.direction) == (text, "call", "out" if ours else "in")


def test_an_echo_is_something_of_ours_that_nobody_waits_for() -> None:
    [one] = sorted_(Echoed(address="messenger:1", external_id="m_1", text="Hi\x00", sent_at=NOON)).asides
    assert (one.nature, one.direction, one.external_id) == ("echo", "out", "m_1")


def test_what_a_message_tells_beside_its_words_goes_along() -> None:
    message = MessageIn(
        address="mailto:ana@example.org",
        external_id="<1@example.org>",
        text="Where is it?",
        subject="Order A1",
        also=("mailto:ana.silva@example.org",),
        sent_at=NOON,
    )
    [one] = sorted_(message).said
    assert (one.subject, tuple(one.also)) == ("Order A1", ("mailto:ana.silva@example.org",))


def test_a_mark_that_names_no_message_keeps_its_address_and_time() -> None:
    receipt = Receipt(external_id="", status="read", sent_at=NOON, up_to=NOON, address="messenger:1")
    [one] = sorted_(receipt).heard
    assert (one.external_id, one.up_to, one.address) == ("", NOON, "messenger:1")


def test_a_stop_of_marketing_alone_stays_one() -> None:
    stop = ConsentChanged(
        address="whatsapp:+351911111111",
        external_id="1",
        word="stop",
        source="provider",
        sent_at=NOON,
        marketing=True,
    )
    assert [one.marketing for one in sorted_(stop).consented] == [True]


def test_a_channel_that_cannot_be_written_over_names_the_one_that_answers_for_it() -> None:
    tel = replace(SPEC, scheme="tel")
    channels = {
        "phone": Paper(replace(tel, writes=False)),
        "sms": Paper(tel),
        "second": Paper(tel),
        "fax": Paper(replace(SPEC, scheme="fax", writes=False)),
    }
    assert speechless(channels) == {"phone": "sms", "fax": ""}
