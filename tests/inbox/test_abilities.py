"""What a channel can do, in a table that fits where it is read."""

from datetime import timedelta

import pytest

import bots
from bots.channel import Spec
from inbox.abilities import abilities
from inbox.commands.channels import lines

FULL = Spec(
    kind="full",
    label="Full",
    mark="web",
    scheme="full",
    text_limit=4096,
    text_unit="utf16",
    caption_limit=1024,
    media_sizes={"image": 5_000_000, "sticker": 500_000},
    rate_per_address=0.5,
    window=timedelta(hours=24),
    human_window=timedelta(days=7),
    templates={"en": ("a", "b"), "pt": ("a",)},
    reactions=("👍",),
    edits=True,
)
TOLD = [
    pytest.param("text", "4,096 UTF-16 units", id="the limit with its unit"),
    pytest.param("image", "5 MB", id="megabytes"),
    pytest.param("sticker", "500 kB", id="kilobytes"),
    pytest.param("video", "-", id="a kind that cannot be sent"),
    pytest.param("and to one", "0.5", id="a slow rate"),
    pytest.param("window", "24 h", id="a window"),
    pytest.param("for agents", "7 days", id="a longer one for people"),
    pytest.param("templates", "2 in 2 languages", id="templates"),
    pytest.param("reactions", "1 emoji", id="reactions"),
    pytest.param("edits", "yes", id="has it"),
    pytest.param("takes back", "-", id="has it not"),
]


@pytest.mark.parametrize(("ability", "words"), TOLD)
def test_an_ability_is_told_with_its_measure(ability: str, words: str) -> None:
    assert abilities(FULL)[ability] == words


def test_a_line_that_only_rings_has_no_text() -> None:
    line = Spec(kind="phone", label="Phone", mark="web", scheme="tel", text_limit=0, writes=False, calls=True)
    told = abilities(line)
    assert (told["writes"], told["calls"], told["text"]) == ("-", "yes", "-")


@pytest.mark.parametrize("kind", ["sms", "telegram", "webchat"])
def test_what_there_is_can_be_told(kind: str) -> None:
    assert all(abilities(bots.find(kind).SPEC).values())


@pytest.mark.parametrize("width", [30, 80, 500])
def test_what_does_not_fit_goes_below_and_nothing_is_lost(width: int) -> None:
    table = {f"channel-{number}": abilities(FULL) for number in range(9)}
    written = list(lines(table, width))
    assert " ".join(written).count("channel-") == 9
    assert " ".join(written).count("4,096 UTF-16 units") == 9
    assert max(map(len, written)) <= max(width, 19 + len("4,096 UTF-16 units"))
