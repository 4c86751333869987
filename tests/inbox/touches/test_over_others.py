"""Touches over Messenger, LINE, letters and mail: what goes, what never does, and where it goes instead."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bots.letters.addresses import address_of
from tests.bots.whatsapp.sections import template
from tests.inbox.touches.over_channels import House, house, until
from tests.providers.twilio.contents import template as content

WHATSAPP, PHONE, MAIL = "whatsapp:+351912345678", "tel:+351912345678", "mailto:ana@customer.example"
PAGE, PERSON = "messenger:700100", "700100"
LINE = "line:U" + "a" * 32
HOME = address_of(("Ana Reis", "Rua das Flores 3", "1200-195 Lisboa"))
TEMPLATES = [template("birthday", "en", body="Happy birthday, {{name}}!", category="MARKETING")]
CONTENTS = [content("birthday", "en", "Happy birthday, {{1}}!", {"1": "name"})]


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path, TEMPLATES, CONTENTS) as made:
        yield made


async def test_what_an_agent_may_still_say_in_messenger_a_touch_may_not(place: House) -> None:
    await place.customer("Ana Reis", PAGE)
    assert (await place.ended())[1:] == ("suppressed", "window_closed")
    assert place.page.requests == []


async def test_it_goes_where_no_window_is(place: House) -> None:
    await place.customer("Ana Reis", PAGE, MAIL, preferred_channel="messenger")
    assert await place.ended() == ("email", "sent", "")
    assert place.page.requests == []


async def test_within_its_window_messenger_takes_it_as_ours_and_no_agents(place: House) -> None:
    place.page.know(PERSON).last_said = place.page.now()
    await place.customer("Ana Reis", PAGE, wrote=PAGE)
    assert await place.ended() == ("messenger", "sent", "")
    (sent,) = place.page.sent
    assert (sent.customer, sent.body.get("tag")) == (PERSON, None)
    assert sent.text.startswith("Happy birthday, Ana Reis!")


async def test_line_takes_it_at_any_time(place: House) -> None:
    await place.customer("Ana Reis", LINE)
    assert await place.ended() == ("line", "sent", "")
    (sent,) = place.line.sent
    assert sent.message["text"].startswith("Happy birthday, Ana Reis!")
    assert place.line.requests[-1][0] == "push"


LETTERS = [
    pytest.param((HOME,), {}, "letters", id="nothing else"),
    pytest.param((HOME, PHONE), {}, "sms", id="a phone as well, before it in our order"),
    pytest.param((PHONE, HOME), {"preferred_channel": "letters"}, "letters", id="they want letters"),
]


@pytest.mark.parametrize(("places", "more", "over"), LETTERS)
async def test_a_letter_is_written_where_nothing_else_is_open_or_they_want_it(
    place: House, places: tuple[str, ...], more: dict[str, str], over: str, tmp_path: Path
) -> None:
    await place.customer("Ana Reis", *(one.replace("post:", "letters=post:") for one in places), **more)
    [foreseen] = await place.foreseen()
    assert await place.ended() == (over, "sent", "")
    letters = list((tmp_path / "letters").glob("**/*.pdf"))
    assert len(letters) == (over == "letters")
    assert "STOP" in foreseen.text if over == "sms" else "STOP" not in foreseen.text


async def test_a_mail_that_comes_back_leads_to_the_phone_on_the_same_day(place: House) -> None:
    await place.customer("Ana Reis", MAIL, PHONE, preferred_channel="email")
    await place.mailed()
    assert await place.ended() == ("email", "sent", "")
    (handed,) = place.mail.state.sent
    place.mail.state.bounce(handed, status="5.1.1")

    async def texted() -> bool:
        place.app.first_word.loop.plan_soon()
        return bool(place.twilio.sent) and (await place.ended())[0] == "sms"

    await until(texted)
    [sent] = place.twilio.sent
    assert sent.body.endswith("Reply STOP to stop.")
    assert await place.rows("SELECT closed_reason FROM addresses WHERE channel = 'email'") == [
        ("no_such_address",)
    ]


async def test_marketing_to_the_united_states_is_passed_over_by_whatsapp(place: House) -> None:
    await place.customer("Ana Reis", "whatsapp:+12125550123", MAIL, preferred_channel="whatsapp")
    assert await place.ended() == ("email", "sent", "")
    assert place.meta.requests == []
