"""The page about touches tells what the files can say."""

import re
from pathlib import Path

from config.one_text import text_of
from config.telling import VARIABLES
from config.touch_entries import SegmentEntry, TouchEntry
from config.touch_policy import TouchKnobs
from config.touches import load_touches

PAGE = (Path(__file__).parents[2] / "docs" / "touches.md").read_text()


def test_the_page_tells_of_every_knob_field_variable_and_kind() -> None:
    told = set(re.findall(r"`(\w+)`", PAGE)) | set(re.findall(r"(?m)^(\w+) = ", PAGE))
    kinds = {touch.key for touch in load_touches(None).every}
    known = {*TouchEntry.model_fields, *SegmentEntry.model_fields, *TouchKnobs.model_fields}
    assert (known | {*VARIABLES} | kinds) - told == set()


def test_the_text_on_the_page_can_be_read() -> None:
    found = re.search(r"```\n(# birthday.*?)```", PAGE, re.DOTALL)
    assert found is not None
    text = text_of(found[1], name="birthday", language="en", file="docs")
    assert text.template.render(name="Ada", business="us").startswith("Happy birthday, Ada!")
