"""Which answers to what we began make no work."""

import pytest

from inbox.quiet import is_quiet


@pytest.mark.parametrize("text", ["Thanks!", "🎉", "STOP", "Baja"])
def test_thanks_and_a_plain_stop_make_none(text: str) -> None:
    assert is_quiet(text)


@pytest.mark.parametrize(
    "text", ["Please don't write to me again", "START", "HELP", "Where is my order?", "thanks, and STOP ads"]
)
def test_what_an_agent_should_read_does(text: str) -> None:
    assert not is_quiet(text)
