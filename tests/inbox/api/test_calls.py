"""What a shop tells is kept once, all of a call or nothing, and every refusal says where and why."""

import asyncio
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from pydantic import SecretStr

from inbox.api.doors import Api
from tests.inbox.api.shop import Shop

ANA = {"ref": "7", "name": "Ana", "phone": "600 123 456", "birthday": "1992-02-29", "language": "pt"}
AT = "2026-11-20T10:00:00Z"
ORDER = {"number": "A1", "customer": {"ref": "7"}, "placed_at": AT, "total": 1250, "currency": "EUR"}


async def test_customers_are_made_changed_and_the_same(shop: Shop) -> None:
    status, made = await shop.tell("customers", ANA, {"ref": "8", "email": "Rui@Example.com"})
    assert (status, [one["what"] for one in made["kept"]]) == (200, ["made", "made"])
    _, again = await shop.tell("customers", ANA, {"phone": "+34600123456", "tier": "gold"})
    assert [one["what"] for one in again["kept"]] == ["same", "changed"]
    assert {one["id"] for one in again["kept"]} == {made["kept"][0]["id"]}
    assert await shop.rows(
        "SELECT name, tier, birth_day, birthday_in_bulk FROM customers WHERE ref = '7'"
    ) == [("Ana", "gold", 29, True)]
    found = await shop.rows("SELECT address FROM addresses ORDER BY address")
    assert found == [("mailto:rui@example.com",), ("tel:+34600123456",)]
    assert shop.nudged == ["touches", "touches"]


async def test_consent_is_kept_with_its_proof_and_never_undoes_a_stop(shop: Shop) -> None:
    consent = {"subject": "birthday", "proof": "form 7", "wording": "Cake?"}
    await shop.tell("customers", {**ANA, "consents": [consent]})
    assert await shop.rows("SELECT subject, allowed FROM allowances") == [("birthday", True)]
    stop = {"kind": "stopped", "at": AT, "customer": {"ref": "7"}}
    assert (await shop.tell("events", stop))[0] == 200
    assert await shop.rows("SELECT count(*) FROM addresses WHERE stopped_at IS NOT NULL") == [(1,)]
    _, said = await shop.tell("customers", {**ANA, "consents": [{"subject": "news", "proof": "form 8"}]})
    assert said["kept"][0]["notices"] == ["The customer said stop, and only they can undo it."]
    assert (await shop.rows("SELECT count(*) FROM consents WHERE proof = 'form 8'")) == [(0,)]


async def test_an_order_is_kept_and_moved_by_what_befalls_it(shop: Shop) -> None:
    await shop.tell("customers", ANA)
    line = {"name": "Cup", "quantity": 2, "price": 625}
    assert (await shop.tell("orders", {**ORDER, "lines": [line]}))[1]["kept"][0]["what"] == "made"
    assert (await shop.tell("orders", {**ORDER, "lines": [line]}))[1]["kept"][0]["what"] == "same"
    event = {"kind": "delivered", "at": AT, "order": "A1", "id": "e1"}
    assert (await shop.tell("events", event))[1]["kept"][0]["what"] == "made"
    assert (await shop.tell("events", event))[1]["kept"][0]["what"] == "known"
    assert await shop.rows("SELECT delivered_at = placed_at, total FROM orders") == [(True, 1250)]
    assert await shop.rows("SELECT kind, ref FROM customer_events") == [("delivered", "A1")]


async def test_every_event_has_its_consequence(shop: Shop) -> None:
    await shop.tell("customers", {"ref": "7", "phone": "600123456"})
    who = {"at": AT, "customer": {"ref": "7"}}
    told = [
        {**who, "kind": "rated", "stars": 5},
        {**who, "kind": "complained", "words": "It broke."},
        {**who, "kind": "visited"},
        {**who, "kind": "consented", "proof": "till 3"},
        {**who, "kind": "birthday_told", "birthday": "--11-24"},
    ]
    assert (await shop.tell("events", *told))[0] == 200
    assert await shop.rows("SELECT kind, reason, ended_at FROM holds") == [("complaint", "It broke.", None)]
    assert await shop.rows("SELECT subject, allowed FROM allowances") == [("marketing", True)]
    born = await shop.rows("SELECT birth_month, birth_day, birth_year, birthday_in_bulk FROM customers")
    assert born == [(11, 24, None, False)]
    await shop.tell("events", {**who, "kind": "complaint_ended"})
    assert await shop.rows("SELECT ended_at IS NULL FROM holds") == [(False,)]
    assert await shop.rows("SELECT count(*) FROM customer_events") == [(6,)]


REFUSED: list[Any] = [
    pytest.param("customers", {"name": "Nobody"}, 422, "customers.1", id="nobody"),
    pytest.param("customers", {"phone": "12"}, 422, "customers.1.phone", id="no number"),
    pytest.param("customers", {"ref": "9", "email": "a@b"}, 422, "customers.1.email", id="no e-mail address"),
    pytest.param("customers", {"ref": "9", "nam": "x"}, 422, "customers.1.nam", id="an unknown field"),
    pytest.param(
        "customers", {"ref": "9", "birthday": "1990-02-29"}, 422, "customers.1.birthday", id="no such day"
    ),
    pytest.param("customers", {"ref": "9", "zone": "Mars"}, 422, "customers.1.zone", id="no such zone"),
    pytest.param(
        "customers", {"ref": "9", "phone": "600123456"}, 409, "customers.1.phone", id="somebody else's"
    ),
    pytest.param(
        "customers",
        {"ref": "9", "phone": "600123457", "consents": [{"subject": "cake", "proof": "x"}]},
        422,
        "customers.1.consents.0.subject",
        id="no such subject",
    ),
    pytest.param(
        "orders", {**ORDER, "customer": {"ref": "99"}}, 404, "orders.1.customer", id="no such customer"
    ),
    pytest.param("orders", {"number": "B1", "placed_at": AT}, 422, "orders.1", id="an order of nobody"),
    pytest.param(
        "orders", {**ORDER, "placed_at": "2026-11-20"}, 422, "orders.1.placed_at", id="a day, no instant"
    ),
    pytest.param(
        "events", {"kind": "returned", "at": AT, "order": "X"}, 404, "events.1.order", id="no such order"
    ),
    pytest.param("events", {"kind": "slept", "at": AT}, 422, "events.1", id="no such kind"),
]


@pytest.mark.parametrize(("what", "wrong", "status", "where"), REFUSED)
async def test_one_mistake_refuses_the_whole_call(
    shop: Shop, what: str, wrong: dict[str, Any], status: int, where: str
) -> None:
    await shop.tell("customers", {"ref": "7", "phone": "600123456"})
    rights: dict[str, dict[str, Any]] = {
        "customers": {"ref": "10"},
        "orders": ORDER,
        "events": {"kind": "visited", "at": AT, "customer": {"ref": "7"}},
    }
    right = rights[what]
    answered, said = await shop.tell(what, right, wrong, key="k")
    assert (answered, said["error"]["where"]) == (status, where)
    assert said["error"]["what"].endswith(".")
    for table, many in (("customers", 1), ("orders", 0), ("customer_events", 0)):
        assert await shop.rows(f"SELECT count(*) FROM {table}") == [(many,)]
    assert (await shop.tell(what, right, key="k"))[0] == 200  # what was refused used no key up


async def test_the_same_key_is_answered_the_same_and_another_call_with_it_is_refused(shop: Shop) -> None:
    event = {"kind": "visited", "at": AT, "customer": {"ref": "7"}}
    await shop.tell("customers", ANA)
    first = await shop.tell("events", event, key="k1")
    assert await shop.tell("events", event, key="k1") == first
    assert await shop.rows("SELECT count(*) FROM customer_events") == [(1,)]
    status, said = await shop.tell("events", {**event, "kind": "complained"}, key="k1")
    assert (status, said["error"]["where"]) == (409, "Idempotency-Key")


async def test_two_who_tell_the_same_at_once_are_one(shop: Shop) -> None:
    told = await asyncio.gather(*(shop.tell("customers", ANA) for _ in range(8)))
    assert sorted(said["kept"][0]["what"] for _, said in told) == ["made"] + ["same"] * 7
    same = await asyncio.gather(*(shop.tell("orders", ORDER, key="one") for _ in range(8)))
    assert [said["kept"][0]["what"] for _, said in same] == ["made"] * 8
    assert await shop.rows("SELECT count(*) FROM orders") == [(1,)]


DOORS = [
    pytest.param({"Authorization": "Bearer no"}, {}, 401, id="another token"),
    pytest.param({"Authorization": ""}, {}, 401, id="no token"),
    pytest.param({"Idempotency-Key": " "}, {}, 400, id="no key"),
    pytest.param({"Idempotency-Key": "k" * 256}, {}, 400, id="a long key"),
    pytest.param({"Content-Encoding": "gzip"}, {}, 400, id="not encoded as it says"),
    pytest.param({}, [], 422, id="a list"),
    pytest.param({}, {"customers": []}, 422, id="nothing"),
    pytest.param({}, {"customers": [{"ref": str(n)} for n in range(1_001)]}, 422, id="more than a thousand"),
    pytest.param({}, {"customers": [{"ref": "7", "name": "x" * 200_000}]}, 413, id="too large"),
]


@pytest.mark.parametrize(("headers", "body", "status"), DOORS)
async def test_a_call_that_may_not_be_is_refused(
    shop: Shop, headers: dict[str, str], body: Any, status: int
) -> None:
    answered, said = await shop.post("/api/v1/customers", body, **headers)
    assert (answered, set(said["error"])) == (status, {"where", "what"})
    assert await shop.rows("SELECT count(*) FROM api_answers") == [(0,)]


async def test_what_is_no_json_is_refused(shop: Shop) -> None:
    headers = {"Authorization": "Bearer a-token-of-the-tests-0123456789", "Idempotency-Key": "k"}
    for body in (b"{", b"[" * 50_000, b"\xff"):
        async with shop.client.post("/api/v1/events", data=body, headers=headers) as answer:
            assert answer.status == 400
            assert (await answer.json())["error"]["what"] == "The body is not JSON."


async def test_a_thousand_customers_go_in_at_once(shop: Shop) -> None:
    status, said = await shop.tell("customers", *({"ref": str(n)} for n in range(1_000)))
    assert (status, len(said["kept"])) == (200, 1_000)


async def test_the_description_is_of_every_call_and_holds_for_what_is_said(shop: Shop) -> None:
    async with shop.client.get("/api/v1/openapi.json") as answer:
        whole = await answer.json()
    assert whole["openapi"] == "3.1.0"
    site = shop.client.app
    assert site is not None
    posts = {
        route.resource.canonical
        for route in site.router.routes()
        if route.method == "POST" and route.resource
    }
    assert posts == set(whole["paths"])
    await test_every_event_has_its_consequence(shop)
    await shop.tell("orders", ORDER)
    await shop.tell("customers", ANA, {"ref": "8", "consents": [{"proof": "x"}]})
    await shop.tell("customers", {"name": "Nobody"})
    await shop.tell("events", {"kind": "delivered", "at": AT, "order": "A1"}, {"kind": "?"})
    seen = set()
    for path, body, status, said in shop.heard:
        operation = whole["paths"][path]["post"]
        takes = operation["requestBody"]["content"]["application/json"]["schema"]
        gives = operation["responses"][str(status)]["content"]["application/json"]["schema"]
        checks(whole, gives).validate(said)
        if status == 200:
            checks(whole, takes).validate(body)
            seen.add(path)
    assert seen == set(whole["paths"])
    wrong = checks(whole, {"$ref": "#/components/schemas/CustomersIn"})
    assert not wrong.is_valid({"customers": [{"ref": "7", "nam": "x"}]})


def checks(whole: dict[str, Any], schema: dict[str, Any]) -> Draft202012Validator:
    joined = {**schema, "components": whole["components"]}
    Draft202012Validator.check_schema(joined)
    for one in whole["components"]["schemas"].values():
        Draft202012Validator.check_schema(one)
    return Draft202012Validator(joined)


async def test_without_a_token_of_ours_the_api_is_off(shop: Shop) -> None:
    shop.app.settings = shop.app.settings.model_copy(update={"api_token": SecretStr("")})
    site = Application()
    site.add_routes(Api(shop.app).routes())
    async with TestClient(TestServer(site)) as client:
        headers = {"Authorization": "Bearer ", "Idempotency-Key": "k"}
        async with client.post("/api/v1/customers", json={"customers": [ANA]}, headers=headers) as answer:
            assert answer.status == 404
            assert "TIDINGS_API_TOKEN" in (await answer.json())["error"]["what"]
