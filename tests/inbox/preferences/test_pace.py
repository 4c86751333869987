"""How often a customer's page may be asked for, and by whom."""

import pytest

from tests.inbox.desk.web.house import House
from tests.inbox.preferences.house import Guest

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


async def test_the_one_clicks_of_a_mail_provider_are_not_slowed_with_strangers_guesses(
    house: House, marta: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.preferences.routes.A_MINUTE", 2)
    guesses = [(await house.client.get("/p/guess")).status for _ in range(3)]
    assert guesses == [404, 404, 429]
    assert [(await house.client.post(marta.path, data=ONE_CLICK)).status for _ in range(5)] == [200] * 5
    assert (await house.client.post("/p/guess", data={"do": "stop"})).status == 429


async def test_the_one_clicks_of_a_place_have_an_end_too(
    house: House, marta: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.preferences.routes.FORMS_A_MINUTE", 3)
    statuses = [(await house.client.post("/p/guess", data=ONE_CLICK)).status for _ in range(4)]
    assert statuses == [404, 404, 404, 429]
    elsewhere = {"X-Forwarded-For": "203.0.113.9"}
    assert (await house.client.post(marta.path, data=ONE_CLICK, headers=elsewhere)).status == 200


async def test_one_link_may_be_opened_so_often_wherever_from(
    house: House, marta: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.preferences.routes.A_LINK", 3)
    statuses = []
    for number in range(4):
        headers = {"X-Forwarded-For": f"203.0.113.{number}"}
        statuses.append((await house.client.get(marta.path, headers=headers)).status)
    assert statuses == [200, 200, 200, 429]
