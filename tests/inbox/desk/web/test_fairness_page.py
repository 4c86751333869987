"""The page of fairness is for leads and admins, and says the same as its download."""

import pytest

from tests.inbox.desk.web.house import House


async def test_who_leads_sees_who_got_how_many_and_can_take_it_along(house: House) -> None:
    await house.sign_in("tiago")
    answer = await house.client.get("/desk/fairness?span=week")
    page = await answer.text()
    assert answer.status == 200
    assert all(words in page for words in ("By agent", "By tier", "Tiago Ramos", "Helena Prates"))
    table = await (await house.client.get("/desk/fairness.csv?span=week")).text()
    assert "agent,Tiago Ramos,0,0,,," in table


@pytest.mark.parametrize("address", ["/desk/fairness", "/desk/fairness.csv"])
async def test_others_are_told_whom_to_ask(house: House, address: str) -> None:
    await house.sign_in("helena")
    answer = await house.client.get(address)
    assert answer.status == 403
    assert "Ask one of them" in await answer.text()
