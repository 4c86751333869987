"""Modals over which others worked meanwhile, and modals with more in them than anybody expects."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from inbox.desk.slack import profile_blocks, promise_fates
from inbox.desk.slack.deeds import Json
from inbox.desk.slack.sheets import hand_over, note, places, promise, sheet, snooze
from inbox.desk.slack.sheets.sheet import Opening
from inbox.desk.ways import Way
from storage.promises import Promise
from storage.rows import Address, Agent
from tests.inbox.desk.slack.bureau import Bureau
from tests.inbox.desk.slack.test_modals_late import filled, menu
from tests.providers.slack.blocks import view_faults

NOW = datetime(2026, 11, 22, 10, 2, tzinfo=UTC)

AGENT = Agent(
    id=1,
    key="ana",
    name="Ana",
    email="",
    slack_id="U1",
    role="agent",
    teams=("support",),
    zone="Europe/Lisbon",
    theme="",
    active=True,
    available=True,
    idle_since=None,
    created_at=NOW,
)


async def test_a_tag_that_a_colleague_set_while_the_modal_was_open_stays(desk: Bureau) -> None:
    card = await desk.opened()
    [(conversation,)] = await desk.house.rows("SELECT id FROM conversations")
    [(rui,)] = await desk.house.rows("SELECT id FROM agents WHERE key = 'rui'")
    await desk.house.desk.tag(conversation, rui, tags=["vip"], now=desk.now())
    await desk.ana.submits(await menu(desk, desk.ana, card), {"what": "tag"})
    view = await filled(desk, desk.ana, "With commas")
    await desk.house.desk.tag(conversation, rui, tags=["refund"], now=desk.now())
    await desk.ana.submits(view, {"tags": "vip, late"})
    await desk.until(lambda: "late" in card.text)
    assert "Tags: vip, refund, late." in card.text


async def test_what_a_colleague_learned_of_a_customer_meanwhile_is_not_written_over(desk: Bureau) -> None:
    card = await desk.opened()
    await desk.ana.clicks(card, "profile")
    await desk.ana.clicks(await filled(desk, desk.ana, "Last conversations"), "profile_edit")
    view = await filled(desk, desk.ana, "Like pt, pt-BR")
    async with desk.house.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE customers SET zone = 'Europe/Lisbon'")
    await desk.ana.submits(view, {"language": "pt"})
    await desk.until_row("SELECT language FROM customers", is_="pt")
    assert await desk.house.rows("SELECT zone FROM customers") == [("Europe/Lisbon",)]


async def test_more_promises_than_a_modal_holds_are_decided_together(desk: Bureau) -> None:
    card = await desk.opened()
    [(conversation,)] = await desk.house.rows("SELECT id FROM conversations")
    [(ana,)] = await desk.house.rows("SELECT id FROM agents WHERE key = 'ana'")
    due = desk.now() + timedelta(days=1)
    made = [
        await desk.house.desk.promise(conversation, ana, text=f"part {at}", due_at=due, now=desk.now())
        for at in range(promise_fates.MOST + 5)
    ]
    await desk.ana.clicks(card, "resolve")
    await desk.ana.submits(await filled(desk, desk.ana, "Note for the team"))
    view = await filled(desk, desk.ana, "The other 5 promises")
    one_by_one = {f"promise.{key}": "kept" for key in made[: promise_fates.MOST]}
    await desk.ana.submits(view, {"anyway": ["anyway"], promise_fates.REST: "dropped", **one_by_one})
    await desk.until_row("SELECT state FROM conversations", is_="resolved")
    assert await desk.house.rows("SELECT state, count(*) FROM promises GROUP BY state ORDER BY state") == [
        ("kept", promise_fates.MOST),
        ("withdrawn", 5),
    ]
    assert desk.slack.mistakes == []


def test_what_is_late_among_many_is_refused_under_the_field_for_all_of_them() -> None:
    many = [owed(at, NOW - timedelta(hours=1)) for at in range(promise_fates.MOST + 1)]
    values = {f"promise.{one.id}": choice("kept") for one in many[:-1]} | {
        promise_fates.REST: choice("moved")
    }
    assert list(promise_fates.wrong(values, many, NOW)) == [promise_fates.REST]


def test_the_address_where_the_customer_is_stays_chosen_among_thirty() -> None:
    ways = [way(at) for at in range(1, 31)]
    asked = places.choice(ways, AGENT, None, 25)
    assert asked["element"]["initial_option"]["value"] == "25"
    assert len(asked["element"]["options"]) == 30
    assert faults([asked]) == []
    assert faults([places.choice(ways[:10], AGENT, None, 3)]) == []


def test_a_customers_words_are_no_markup_in_their_profile() -> None:
    shown = profile_blocks._promise(replace(owed(1, NOW), text="*now* <@U1> :tada:"))
    assert "*now*" not in shown
    assert "<@U1>" not in shown
    assert ":tada:" not in shown


WORDS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=400),
    st.builds(
        lambda part, times: part * times,
        st.sampled_from(["กรุงเทพ ", "عبد الرحمن ", "👩‍👩‍👧‍👦🏳️‍🌈", "<@U1> *a* & :x: ", "漢字"]),
        st.integers(1, 400),
    ),
)


@given(WORDS)
def test_slack_takes_each_modal_whatever_the_names_and_words(said: str) -> None:
    opening = Opening(
        action="promise",
        value="7|3",
        spoken=f"{said} on SMS, gold, {said}. Last: {said}",
        slack_id="U1",
        team_of_author="T1",
        trigger_id="1",
    )
    for made in (hand_over, note, promise, snooze):
        assert view_faults(made.first(opening), image_known=lambda _: True) == []
    away = hand_over._absence(replace(AGENT, name=said, available=False), AGENT)
    assert view_faults(hand_over._view("7|3", said, away=away), image_known=lambda _: True) == []
    many = [replace(owed(at, NOW), text=said[:150]) for at in range(100)]
    assert faults([sheet.about(said), *promise_fates.blocks(many, "Asia/Kolkata")]) == []
    offered = replace(way(1), label=said, why_not=said)
    assert faults([places.choice([offered], AGENT, None), *places.others([offered] * 30, AGENT, None)]) == []


def owed(key: int, due: datetime) -> Promise:
    return Promise(
        id=key + 1,
        customer_id=1,
        conversation_id=7,
        message_id=None,
        owner_id=1,
        made_by=1,
        text="call back",
        due_at=due,
        state="open",
        made_at=NOW,
    )


def choice(value: str) -> dict[str, object]:
    return {"what": {"selected_option": {"value": value}}}


def way(key: int) -> Way:
    address = Address(
        id=key,
        customer_id=1,
        address=f"tel:+3519123456{key:02}",
        channel="sms",
        stopped_at=None,
        stop_source="",
        last_in_at=None,
        created_at=NOW,
    )
    return Way(address=address, channel="sms", label="SMS")


def faults(blocks: list[Json]) -> list[str]:
    return view_faults(sheet.modal("c", "Title", blocks, submit="Send"), image_known=lambda _: True)
