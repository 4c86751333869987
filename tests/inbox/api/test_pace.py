"""How fast the API may be called, and how fast its token guessed."""

import pytest

from tests.inbox.api.shop import Shop

ANA = {"ref": "7", "name": "Ana"}


async def test_the_token_may_call_so_often_a_minute(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inbox.api.doors.A_MINUTE", 2)
    assert [(await shop.tell("customers", ANA))[0] for _ in range(3)] == [200, 200, 429]


async def test_who_guesses_tokens_is_slowed_and_the_shop_is_not(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.api.doors.WRONG_A_MINUTE", 2)
    guesses = [(await shop.tell("customers", ANA, Authorization="Bearer no"))[0] for _ in range(3)]
    assert guesses == [401, 401, 429]
    async with shop.client.post("/api/v1/customers", headers={"Authorization": "Bearer no"}) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (429, "30")
    assert (await shop.tell("customers", ANA))[0] == 200
