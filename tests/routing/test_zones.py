from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.numbers import number
from routing.regions import OTHERS, STATES
from routing.touch import Limits
from routing.zones import alike, named, where, zone
from tests.routing.lands import LIMITS, person

SPAIN = "tel:+34600123456"
EVIDENCE: list[tuple[str, dict[str, Any], tuple[str, ...], str, tuple[str, ...]]] = [
    (
        "own zone before all",
        {"own_zone": "Asia/Tokyo", "device_zone": "Europe/Paris"},
        (SPAIN,),
        "own",
        ("Asia/Tokyo",),
    ),
    ("an alias is a zone", {"own_zone": "US/Eastern"}, (), "own", ("US/Eastern",)),
    ("a name as people write it", {"own_zone": " America/New York "}, (), "own", ("America/New_York",)),
    ("Windows' name", {"own_zone": "Romance Standard Time"}, (), "own", ("Europe/Paris",)),
    (
        "an own zone that is none",
        {"own_zone": "Mars/Base", "device_zone": "Europe/Paris"},
        (),
        "device",
        ("Europe/Paris",),
    ),
    ("a folder is no zone", {"own_zone": "America"}, (), "account", ("Europe/Lisbon",)),
    ("a path is no zone", {"own_zone": "../../etc/passwd"}, (), "account", ("Europe/Lisbon",)),
    ("device before region", {"device_zone": "Asia/Tokyo", "region": "US-NY"}, (), "device", ("Asia/Tokyo",)),
    ("region before phone", {"region": "us-ca"}, (SPAIN,), "region", ("America/Los_Angeles",)),
    (
        "a state of two clocks",
        {"region": "US-FL"},
        (),
        "region",
        ("America/New_York", "America/Chicago"),
    ),
    ("an island", {"region": "ES-CN"}, (), "region", ("Atlantic/Canary",)),
    ("a mainland", {"region": "ES-MD"}, (), "region", ("Europe/Madrid",)),
    ("a region of a country with one clock", {"region": "DE-BY"}, (), "region", ("Europe/Berlin",)),
    ("an unknown region", {"region": "RU-XX"}, (SPAIN,), "phone", ("Europe/Madrid", "Atlantic/Canary")),
    ("phone before country", {"country": "JP"}, (SPAIN,), "phone", ("Europe/Madrid", "Atlantic/Canary")),
    ("a landline of Madrid", {}, ("tel:+34911234567",), "phone", ("Europe/Madrid",)),
    ("an Irish phone", {}, ("tel:+353871234567",), "phone", ("Europe/London",)),
    ("WhatsApp is a phone", {}, ("whatsapp:+34600123456",), "phone", ("Europe/Madrid", "Atlantic/Canary")),
    ("Pensacola has New York's area code", {}, ("tel:+18505551234",), "phone", ("America/New_York",)),
    ("toll-free proves nothing", {"country": "IE"}, ("tel:+18005551234",), "country", ("Europe/Dublin",)),
    ("a satellite proves nothing", {}, ("tel:+881612345678",), "account", ("Europe/Lisbon",)),
    ("an unassigned number", {"country": "JP"}, ("tel:+349",), "country", ("Asia/Tokyo",)),
    ("two phones, both", {}, ("tel:+33612345678", "tel:+4915123456789"), "phone", ("Europe/Paris",)),
    (
        "two phones that never wake together",
        {},
        ("tel:+6421123456", "tel:+351912345678"),
        "account",
        ("Europe/Lisbon",),
    ),
    ("a country with one clock", {"country": "AR"}, (), "country", ("America/Argentina/Buenos_Aires",)),
    ("a country with many", {"country": "US"}, (), "account", ("Europe/Lisbon",)),
    ("no evidence", {}, ("telegram:42",), "account", ("Europe/Lisbon",)),
]


@pytest.mark.parametrize(
    ("more", "addresses", "source", "zones"), [row[1:] for row in EVIDENCE], ids=[row[0] for row in EVIDENCE]
)
def test_the_best_evidence_wins(
    more: dict[str, Any], addresses: tuple[str, ...], source: str, zones: tuple[str, ...]
) -> None:
    found = where(person(*addresses, **more), LIMITS)
    if more.get("country") == "AR":  # any of its names will do: they show the same time
        assert len(found.zones) == 1
        assert found.zones[0].startswith("America/Argentina/")
    else:
        assert found.zones == zones
    assert found.source == source


@pytest.mark.parametrize(
    ("addresses", "guess"),
    [
        pytest.param(("tel:+18505551234",), True, id="an area code in a country of many clocks"),
        pytest.param(("tel:+5511987654321",), True, id="a Brazilian mobile's area code"),
        pytest.param(("tel:+442071234567",), False, id="an area code where there is one clock"),
        pytest.param(("tel:+34600123456",), False, id="all zones of a country"),
        pytest.param(("tel:+79161234567",), False, id="all zones of a wide country"),
        pytest.param((), True, id="nothing but the account"),
    ],
)
def test_a_zone_is_a_guess_if_it_may_be_another_one(addresses: tuple[str, ...], guess: bool) -> None:
    assert where(person(*addresses), LIMITS).guess is guess


@pytest.mark.parametrize(
    ("address", "opens", "closes"),
    [
        pytest.param("tel:+61412345678", "01:30", "10:30", id="Australian mobile, from Cocos to Lord Howe"),
        pytest.param("tel:+79161234567", "05:00", "09:00", id="Russian mobile, from Moscow to Kamchatka"),
    ],
)
def test_a_wide_country_has_one_common_window(address: str, opens: str, closes: str) -> None:
    zones = where(person(address), LIMITS).zones
    noon = datetime(2027, 7, 14, 12, tzinfo=UTC)
    offsets = [noon.astimezone(zone(name)).utcoffset() or timedelta(0) for name in zones]
    base = noon.replace(hour=0)
    assert base + timedelta(hours=8) - min(offsets) == base.combine(
        base, time.fromisoformat(opens), tzinfo=UTC
    )
    assert base + timedelta(hours=21) - max(offsets) == base.combine(
        base, time.fromisoformat(closes), tzinfo=UTC
    )


def test_wider_hours_make_evidence_of_phones_that_are_far_apart() -> None:
    far = person("tel:+6421123456", "tel:+351912345678")
    assert where(far, Limits(zone="Europe/Lisbon", hours=(time(0), time(23, 59)))).source == "phone"


def test_an_account_zone_that_is_none_is_utc() -> None:
    assert where(person(), Limits(zone="Nowhere/Land")).zones == ("UTC",)


@pytest.mark.parametrize("name", sorted({one for state in STATES.values() for one in state.zones}))
def test_every_zone_of_a_state_exists(name: str) -> None:
    assert zone(name) is not None


def test_every_zone_of_a_region_exists() -> None:
    assert [name for names in OTHERS.values() for name in names if zone(name) is None] == []


def test_a_state_is_told_by_the_area_code() -> None:
    told = {"850": "FL", "212": "NY", "415": "CA", "360": "WA", "202": "DC", "907": "AK", "401": "RI"}
    for area, state in told.items():
        found = number(f"tel:+1{area}5551234")
        assert found is not None
        assert found.place == f"US-{state}"


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("tel:+18005551234", "US"),
        ("tel:+15005550006", "US"),
        ("tel:+10005550000", "US"),
        ("tel:+17875551234", "US-PR"),
        ("tel:+14165551234", "CA"),
        ("tel:+33612345678", "FR"),
        ("whatsapp:+34600123456", "ES"),
        ("tel:+881612345678", ""),
    ],
)
def test_a_number_tells_its_place(address: str, place: str) -> None:
    found = number(address)
    assert found is not None
    assert found.place == place


@pytest.mark.parametrize("address", ["telegram:42", "", "tel:", "tel:+", "tel:+abc", "webchat:a+b"])
def test_what_is_no_number_tells_nothing(address: str) -> None:
    assert number(address) is None


def test_zones_that_show_the_same_time_are_one() -> None:
    assert alike(("Europe/Guernsey", "Europe/Jersey", "Europe/London")) == ("Europe/London",)
    assert alike(("Europe/Madrid", "Atlantic/Canary", "No/Zone")) == ("Europe/Madrid", "Atlantic/Canary")


@given(st.text(max_size=30))
def test_any_text_is_a_zone_or_is_not(text: str) -> None:
    name = named(text)
    assert name == "" or zone(name) is not None
