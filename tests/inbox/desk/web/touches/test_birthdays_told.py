"""A birthday that nobody greets stands in the log of a house without Slack, once, and the strip agrees."""

import re
from datetime import date

import pytest

from tests.inbox.desk.web.house import NOW, House
from tests.inbox.desk.web.touches.test_acts import talk_of
from tests.inbox.desk.web.touches.town import message_of, person, touch

TODAY = date(1980, NOW.month, NOW.day)
WHY = "The touch is not sent: the customer was not asked, or did not allow it."
LINE = f"The customer’s birthday is today: {WHY.rstrip('.')}"


async def _page(town: House, **values: str) -> str:
    who, address = await person(town, born=TODAY, allowed=values["state"] != "suppressed")
    await message_of(town, who, address, "Hello", at=NOW, answer="My lid broke")
    await touch(town, who, address, period=str(NOW.year), **values)
    for _ in range(3):
        town.app.first_word.loop.plan_soon()
        await town.app.first_word.loop.turn(NOW)
    return await town.page(f"/desk/c/{await talk_of(town, who)}")


async def test_the_log_tells_a_birthday_that_nobody_greets_once(town: House) -> None:
    page = await _page(town, state="suppressed", reason="no_consent")
    assert page.count(LINE) == 1
    strip = re.search(r"birthday is today\.</strong>([^<]*)", page)
    assert strip is not None
    assert strip[1].strip() == WHY


@pytest.mark.parametrize(("state", "reason"), [("sent", ""), ("control", "control")])
async def test_a_birthday_that_went_or_is_left_out_is_not_told(town: House, state: str, reason: str) -> None:
    assert "birthday is today:" not in await _page(town, state=state, reason=reason)
