"""A channel is shown by its glyph, and one that nobody drew by its letter."""

from dataclasses import replace
from typing import cast

import jinja2

from bots.channel import Channel
from bots.sms.spec import SPEC
from inbox.desk.web import parts
from inbox.desk.web.parts import ChannelView, channel_view
from tests.inbox.house import Paper

TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("inbox.desk.web"), autoescape=True, undefined=jinja2.StrictUndefined
)


def shown(view: ChannelView) -> str:
    macros = TEMPLATES.get_template("parts/macros.html").module
    return str(macros.glyph(view))  # type: ignore[attr-defined]


def of(mark: str, label: str) -> ChannelView:
    paper = Paper(spec=replace(SPEC, mark=mark, label=label))
    return channel_view({"one": cast(Channel, paper)}, "one")


def test_a_drawn_glyph_is_used() -> None:
    assert '<use href="#c-whatsapp"/>' in shown(of("wa", "WhatsApp"))


def test_a_channel_that_nobody_drew_has_its_letter_and_needs_no_line_here() -> None:
    assert "pigeon" not in parts.MARKED
    assert ">P</text>" in shown(of("pigeon", "Pigeon post"))


def test_a_channel_that_is_gone_keeps_its_name() -> None:
    assert channel_view({}, "pigeon").label == "pigeon"
    assert ">P</text>" in shown(channel_view({}, "pigeon"))
