"""Over which channel something may be said, and until when."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bots.channel import Spec
from inbox.desk.errors import DeskError, WindowOver
from inbox.desk.ways import carrier, checked, open_ever, window_of
from storage.rows import Address
from tests.inbox.house import NOON, SPEC, Paper

DAY = timedelta(hours=24)
SOCIAL = replace(
    SPEC,
    scheme="messenger",
    window=DAY,
    human_window=timedelta(days=7),
    unwindowed=("messenger:comment:",),
)


def at(address: str, channel: str = "paper", heard: datetime | None = NOON) -> Address:
    """An address of somebody."""
    return Address(
        id=1,
        customer_id=1,
        address=address,
        channel=channel,
        stopped_at=None,
        stop_source="",
        last_in_at=heard,
        created_at=NOON,
    )


WINDOWS = [
    pytest.param(SPEC, "paper:1", None, id="none"),
    pytest.param(replace(SPEC, window=DAY), "paper:1", DAY, id="the channel's"),
    pytest.param(SOCIAL, "messenger:1", timedelta(days=7), id="longer for a person"),
    pytest.param(
        replace(SOCIAL, human_window=timedelta(hours=1)), "messenger:1", DAY, id="never shorter for a person"
    ),
    pytest.param(SOCIAL, "messenger:comment:1", None, id="in public there is none"),
]


@pytest.mark.parametrize(("spec", "address", "window"), WINDOWS)
def test_an_agent_may_answer_for_so_long(spec: Spec, address: str, window: timedelta | None) -> None:
    assert window_of(spec, address) == window


ANSWERS = [
    pytest.param("messenger:1", timedelta(days=6), True, id="a person within a week"),
    pytest.param("messenger:1", timedelta(days=8), False, id="nobody after it"),
    pytest.param("messenger:comment:1", timedelta(days=80), True, id="in public whenever"),
]


@pytest.mark.parametrize(("address", "later", "may"), ANSWERS)
def test_the_desk_holds_to_it(address: str, later: timedelta, may: bool) -> None:
    channels = {"paper": Paper(SOCIAL)}
    if may:
        assert checked(channels, "paper", at(address), (), NOON + later) is channels["paper"]
        return
    with pytest.raises(WindowOver):
        checked(channels, "paper", at(address), (), NOON + later)


TEL = replace(SPEC, scheme="tel", label="SMS")
LINE = replace(SPEC, scheme="tel", label="Phone", writes=False)
CARRIERS = [
    pytest.param("phone", {"phone": LINE, "sms": TEL}, "sms", id="they rang: SMS answers"),
    pytest.param("sms", {"phone": LINE, "sms": TEL}, "sms", id="they wrote"),
    pytest.param("gone", {"phone": LINE, "sms": TEL}, "sms", id="the channel they used is off"),
    pytest.param("phone", {"phone": LINE}, "phone", id="only a line"),
]


@pytest.mark.parametrize(("used", "specs", "name"), CARRIERS)
def test_an_answer_never_goes_over_a_phone_line(used: str, specs: dict[str, Spec], name: str) -> None:
    channels = {key: Paper(spec) for key, spec in specs.items()}
    assert carrier(channels, at("tel:+351911111111", used)) == name


def test_where_there_is_only_a_line_the_agent_is_told() -> None:
    channels = {"phone": Paper(LINE)}
    with pytest.raises(DeskError, match="Phone carries no messages"):
        open_ever(channels, at("tel:+351911111111", "phone"), NOON)
