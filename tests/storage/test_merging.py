"""Two customers become one and two again: nothing is lost, nothing is doubled, on both databases."""

from collections import Counter
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from storage import (
    conversations,
    copies,
    customers,
    erasing,
    found_people,
    likely,
    merging,
    queues,
    searching,
    touch_candidates,
    touch_circumstances,
    touch_containers,
    touch_days,
)
from storage.comparing import is_alone
from storage.database import Connection, Database
from storage.merging import Merge
from storage.merging_consents import place
from storage.tables import (
    addresses,
    allowances,
    consents,
    looks,
    merges,
    messages,
    metadata,
    touches,
)
from storage.tables import conversations as talks
from tests.storage import twins
from tests.storage.keeping import NOON, Home, at, owing, said
from tests.storage.touching import plan
from tests.storage.twins import ADDED_TO, AGENT

SOON = at(10)
DRAWN = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
PAIRS = st.tuples(twins.people("tel"), twins.people("whatsapp"))


class RolledBack(Exception):
    """Nothing of an example stays."""


async def _merge(connection: Connection, database: Database, one: int, other: int) -> Merge:
    survivor, absorbed = await customers.one(connection, one), await customers.one(connection, other)
    assert survivor is not None
    assert absorbed is not None
    return await merging.merge(connection, database.ids, survivor, absorbed, AGENT, SOON)


async def _undo(connection: Connection, database: Database, merge: Merge, minutes: float = 20) -> set[int]:
    kept = await merging.one(connection, merge.id)
    assert kept is not None
    return await merging.unmerge(connection, database.ids, kept, AGENT, at(minutes))


@DRAWN
@given(pair=PAIRS)
async def test_undone_at_once_every_row_is_as_it_was(database: Database, pair: tuple[Any, Any]) -> None:
    try:
        async with database.writing() as connection:
            await twins.keep_agent(connection)
            one, other = [await twins.keep(connection, database.ids, person) for person in pair]
            before = await twins.everything(connection)
            merge = await _merge(connection, database, one, other)
            merged = await twins.everything(connection)
            await _undo(connection, database, merge)
            after = await twins.everything(connection)
            ledgers = {table.name for table in ADDED_TO}
            for table in metadata.sorted_tables:
                name = table.name
                if name in ledgers:
                    assert set(before[name]) <= set(after[name]), name
                else:
                    assert after[name] == before[name], name
                    fewer = name == "allowances"  # a no may be written where nothing was said
                    assert fewer or len(merged[name]) == len(before[name]), name
            raise RolledBack
    except RolledBack:
        pass


@DRAWN
@given(pair=PAIRS)
async def test_the_survivor_has_everything_once_and_the_stricter_consent(
    database: Database, pair: tuple[Any, Any]
) -> None:
    try:
        async with database.writing() as connection:
            await twins.keep_agent(connection)
            one, other = [await twins.keep(connection, database.ids, person) for person in pair]
            refused = await _refused(connection)
            waited = await _waiting(connection)
            await _merge(connection, database, one, other)
            for table in metadata.sorted_tables:
                if "customer_id" in table.c and table is not touches:
                    left = select(func.count()).where(table.c.customer_id == other)
                    assert (await connection.execute(left)).scalar_one() == 0, table.name
            assert await _waiting(connection) <= Counter(set(waited))
            for where, whose, subject in await _allowed(connection):
                others = {each for each in refused if each[0] == where and each[1] != whose}
                assert not {subject, "marketing"} & {each[2] for each in others}
            going_on = select(func.count()).where(talks.c.customer_id == one, talks.c.state != "resolved")
            assert (await connection.execute(going_on)).scalar_one() == bool(
                pair[0]["talk"] or pair[1]["talk"]
            )
            raise RolledBack
    except RolledBack:
        pass


async def _waiting(connection: Connection) -> Counter[tuple[str, str]]:
    which = select(touches.c.kind, touches.c.period).where(touches.c.state.in_(("planned", "held")))
    return Counter((row.kind, row.period) for row in await connection.execute(which))


async def _refused(connection: Connection) -> set[tuple[str, str, str]]:
    """Where, in whose app, which subject."""
    stopped = select(addresses.c.address).where(addresses.c.stopped_at.is_not(None))
    said = {(way, "marketing") for way in (await connection.execute(stopped)).scalars()}
    said |= await _held(connection, allowed=False)
    return {(place(way), way.partition(":")[0], subject) for way, subject in said}


async def _allowed(connection: Connection) -> set[tuple[str, str, str]]:
    said = await _held(connection, allowed=True)
    return {(place(way), way.partition(":")[0], subject) for way, subject in said}


async def _held(connection: Connection, *, allowed: bool) -> set[tuple[str, str]]:
    which = (
        select(addresses.c.address, allowances.c.subject)
        .join(allowances, allowances.c.address_id == addresses.c.id)
        .where(allowances.c.allowed.is_(allowed))
    )
    return {(row.address, row.subject) for row in await connection.execute(which)}


async def _open(connection: Connection, customer: int) -> Any:
    return await conversations.going_on(connection, customer)


async def _talk(connection: Connection, key: int) -> Any:
    return await conversations.one(connection, key)


async def _two(home: Home) -> tuple[int, int, Any, Any]:
    """Ana waits by Telegram since noon, and by another account of hers since a minute later."""
    async with home.database.writing() as connection:
        await twins.keep_agent(connection)
    await home.keep(said(1, "where is my order?", who="telegram:1"))
    await home.keep(said(1, "it was A-1017", who="telegram:2", minutes=1))
    async with home.database.reading() as connection:
        first = await customers.by_address(connection, "telegram:1")
        second = await customers.by_address(connection, "telegram:2")
        assert first is not None
        assert second is not None
        older = await _open(connection, first.customer_id)
        younger = await _open(connection, second.customer_id)
    return first.customer_id, second.customer_id, older, younger


async def test_the_older_conversation_goes_on_and_words_at_either_address_come_to_it(home: Home) -> None:
    one, other, older, younger = await _two(home)
    async with home.database.writing() as connection:
        await _merge(connection, home.database, other, one)  # the absorbed has the older one
    await home.keep(said(2, "hello?", who="telegram:1", minutes=20))
    await home.keep(said(2, "anybody?", who="telegram:2", minutes=21))
    async with home.database.reading() as connection:
        goes_on = await _open(connection, other)
        over = await _talk(connection, younger.id)
    assert (goes_on.id, goes_on.waiting_since, goes_on.unread) == (older.id, NOON, 4)
    assert (over.state, over.merged_into, over.resolve_reason) == ("resolved", older.id, "merged")
    assert await home.rows("SELECT count(*) FROM conversations") == [(2,)]


async def test_words_after_the_end_never_reopen_what_was_merged(home: Home) -> None:
    one, other, older, _younger = await _two(home)
    async with home.database.writing() as connection:
        await _merge(connection, home.database, one, other)
        await conversations.change(
            connection, older.id, state="resolved", resolved_at=at(15), waiting_since=None
        )
    await home.keep(said(2, "one more thing", who="telegram:2", minutes=20))
    async with home.database.reading() as connection:
        goes_on = await _open(connection, one)
    assert goes_on.id == older.id


async def test_what_came_since_stays_with_the_address_it_came_by(home: Home) -> None:
    one, other, older, younger = await _two(home)
    async with home.database.writing() as connection:
        merge = await _merge(connection, home.database, one, other)
    await home.keep(said(2, "by the second", who="telegram:2", minutes=12))
    await home.keep(said(2, "by the first", who="telegram:1", minutes=13))
    async with home.database.writing() as connection:
        assert await _undo(connection, home.database, merge) == {older.id, younger.id}
    where = dict(await home.rows("SELECT text, conversation_id FROM messages"))
    assert where["by the second"] == younger.id
    assert where["by the first"] == older.id
    async with home.database.reading() as connection:
        first = await _open(connection, one)
        second = await _open(connection, other)
    assert (first.id, first.last_text, first.unread) == (older.id, "by the first", 2)
    assert (second.id, second.last_text, second.waiting_since) == (younger.id, "by the second", at(1))
    assert first.address_id == older.address_id


async def test_a_matter_begun_since_goes_whole_with_its_address(home: Home) -> None:
    one, other, _older, _younger = await _two(home)
    over = {"state": "resolved", "resolved_at": at(-9000), "waiting_since": None}
    async with home.database.writing() as connection:
        await connection.execute(update(talks).values(**over))
        merge = await _merge(connection, home.database, one, other)
    await home.keep(said(2, "a new matter", who="telegram:2", minutes=12))
    async with home.database.writing() as connection:
        begun = await _open(connection, one)
        await _undo(connection, home.database, merge)
        assert await _open(connection, one) is None
        assert (await _open(connection, other)).id == begun.id


async def test_a_mixed_matter_begun_since_is_parted(home: Home) -> None:
    one, other, older, younger = await _two(home)
    over = {"state": "resolved", "resolved_at": at(-9000), "waiting_since": None}
    async with home.database.writing() as connection:
        await connection.execute(update(talks).values(**over))
        merge = await _merge(connection, home.database, one, other)
    await home.keep(said(2, "mine", who="telegram:1", minutes=12))
    await home.keep(said(2, "theirs", who="telegram:2", minutes=13))
    async with home.database.writing() as connection:
        await _undo(connection, home.database, merge)
        mine = await _open(connection, one)
        theirs = await _open(connection, other)
    assert (mine.last_text, mine.unread, mine.address_id) == ("mine", 1, older.address_id)
    assert (theirs.last_text, theirs.unread, theirs.previous_id) == ("theirs", 1, younger.id)
    await home.keep(said(3, "again", who="telegram:2", minutes=14))
    where = dict(await home.rows("SELECT text, conversation_id FROM messages"))
    assert where["again"] == where["theirs"] == theirs.id


async def test_a_fact_that_an_agent_changed_since_stays(database: Database) -> None:
    async with database.writing() as connection:
        await twins.keep_agent(connection)
        for key, facts in {1: {}, 2: {"language": "pt", "zone": "Europe/Lisbon", "tags": ["vip"]}}.items():
            values = {"id": key, "created_at": NOON, **facts}
            await connection.execute(metadata.tables["customers"].insert().values(**values))
        merge = await _merge(connection, database, 1, 2)
        await customers.change(connection, 1, language="es", tags=["vip", "loud"])
        await _undo(connection, database, merge)
        left: Any = await customers.one(connection, 1)
    assert (left.language, left.zone, left.tags) == ("es", "", ["loud"])


async def test_what_was_merged_is_followed_by_nothing_and_holds_no_touch(home: Home) -> None:
    one, other, older, younger = await _two(home)
    async with home.database.writing() as connection:
        await _merge(connection, home.database, one, other)
        assert await touch_candidates.closed(connection, at(-60), at(60), (), 10) == []
        found = await touch_circumstances.followed(connection, [f"conversation {younger.id}"])
        assert found[f"conversation {younger.id}"].gone
        ended: dict[str, Any] = {"state": "resolved", "resolved_at": at(11), "waiting_since": None}
        await conversations.change(connection, older.id, **ended)
        begun = await touch_containers.container(
            connection,
            home.database.ids,
            customer_id=one,
            address_id=older.address_id,
            channel="telegram",
            team="support",
            reopen_within=timedelta(hours=72),
            now=at(12),
        )
    assert begun == older.id


async def test_who_was_merged_is_found_by_either_name_with_what_goes_on(home: Home) -> None:
    one, other, older, _ = await _two(home)
    async with home.database.writing() as connection:
        await customers.change(connection, one, name="Ana")
        await customers.change(connection, other, name="Zelda")
        await _merge(connection, home.database, one, other)
        for words in ("Ana", "zelda", "telegram:2"):
            assert await searching.talks(connection, words) == [older.id], words
            assert [who.customer_id for who in await found_people.people(connection, words)] == [one], words


async def test_an_occasion_of_both_is_told_to_both_and_compared_with_nobody(database: Database) -> None:
    async with database.writing() as connection:
        await twins.keep_agent(connection)
        for key in (1, 2):
            await twins.put(connection, metadata.tables["customers"], id=key, created_at=NOON)
            await plan(connection, database.ids, key, at(600))
        merge = await _merge(connection, database, 1, 2)
        states = [(row.customer_id, row.state) for row in await touch_days.of_customer(connection, 1)]
        assert sorted(states) == [(1, "planned"), (2, "cancelled")]
        told = await copies.copy(connection, 1, internal=False)
        assert len(told["touches"]) == 2
        alone = select(metadata.tables["customers"].c.id).where(is_alone())
        assert list((await connection.execute(alone)).scalars()) == []
        await _undo(connection, database, merge)
        assert sorted((await connection.execute(alone)).scalars()) == [1, 2]


async def test_the_same_number_or_mailbox_is_named_and_a_parted_pair_no_more(database: Database) -> None:
    ways = {
        1: ("tel:+351910000001", "mailto:ana@x.example"),
        2: ("whatsapp:+351910000001",),
        3: ("telegram:7",),
    }
    async with database.writing() as connection:
        await twins.keep_agent(connection)
        for key, spelled in ways.items():
            await twins.put(connection, metadata.tables["customers"], id=key, created_at=NOON, name=f"C{key}")
            for place_, way in enumerate(spelled):
                values = {"id": key * 10 + place_, "customer_id": key, "address": way, "channel": "m"}
                await twins.put(connection, addresses, **values, created_at=NOON)
        found = await likely.same(connection, 1)
        assert [(one.customer_id, one.name, one.address) for one in found] == [
            (2, "C2", "whatsapp:+351910000001")
        ]
        assert await likely.same(connection, 3) == []
        merge = await _merge(connection, database, 1, 2)
        assert await likely.same(connection, 1) == []
        await _undo(connection, database, merge)
        assert await likely.same(connection, 1) == []


async def test_a_no_of_a_merge_is_a_line_of_the_ledger_and_so_is_its_end(database: Database) -> None:
    async with database.writing() as connection:
        await twins.keep_agent(connection)
        for key, way in {1: "tel:+351910000001", 2: "whatsapp:+351910000001"}.items():
            await twins.put(connection, metadata.tables["customers"], id=key, created_at=NOON)
            values = {"id": key, "customer_id": key, "address": way, "channel": "m", "created_at": NOON}
            await twins.put(connection, addresses, **values, stopped_at=NOON if key == 2 else None)
        held = {"address_id": 1, "subject": "marketing", "allowed": True, "at": NOON}
        await twins.put(connection, allowances, **held)
        merge = await _merge(connection, database, 1, 2)
        assert ("tel:+351910000001", "marketing") in await _held(connection, allowed=False)
        await _undo(connection, database, merge)
        assert await _held(connection, allowed=True) == {("tel:+351910000001", "marketing")}
        lines = await connection.execute(select(consents).order_by(consents.c.id))
        told = [(row.word, row.source, row.proof, row.agent_id) for row in lines]
    assert told == [
        ("no", "merge", f"merge {merge.id}", AGENT),
        ("undone", "merge", f"merge {merge.id}", None),
    ]


async def test_who_is_erased_leaves_no_word_in_what_was_merged_or_looked_at(database: Database) -> None:
    async with database.writing() as connection:
        await twins.keep_agent(connection)
        for key in (1, 2):
            name = "zebra" if key == 2 else ""
            await twins.put(connection, metadata.tables["customers"], id=key, created_at=NOON, name=name)
        merge = await _merge(connection, database, 1, 2)
        line = {"id": 9, "agent_id": AGENT, "customer_id": 2, "at": NOON, "what": "changed"}
        await twins.put(connection, looks, **line, data={"name": ["", "zebra"]})
        everybody = await merging.everybody(connection, 1)
        assert everybody == [1, 2]
        await erasing.erase(connection, database.ids, everybody, at(30) + timedelta(days=1))
        told = [*(await connection.execute(select(merges))), *(await connection.execute(select(looks)))]
    assert merge.data["facts"]["name"] == ["", "zebra"]
    assert "zebra" not in str(told)


async def test_a_later_merge_of_either_is_found(database: Database) -> None:
    async with database.writing() as connection:
        await twins.keep_agent(connection)
        for key in (1, 2, 3):
            await twins.put(connection, metadata.tables["customers"], id=key, created_at=NOON)
        first = await _merge(connection, database, 1, 2)
        assert await merging.later(connection, first) is None
        second = await _merge(connection, database, 3, 1)
        found: Any = await merging.later(connection, first)
        assert found.id == second.id
        assert await merging.everybody(connection, 3) == [3, 1, 2]
        await _undo(connection, database, second)
        assert await merging.later(connection, first) is None


async def test_a_delivery_on_its_way_stays_in_order_when_its_message_moves(home: Home) -> None:
    one, other, older, younger = await _two(home)
    async with home.database.writing() as connection:
        merge = await _merge(connection, home.database, one, other)
        note = await twins.say(connection, home.database.ids, older.id, younger.address_id, 15, "out")
        await queues.owe(connection, home.database.ids, [owing(older.id, "reply", message_id=note)], NOON)
        await _undo(connection, home.database, merge)
        second = await _open(connection, other)
        moved = select(messages.c.conversation_id).where(messages.c.id == note)
        assert (await connection.execute(moved)).scalar_one() == younger.id
    assert (second.waiting_since, second.last_direction) == (None, "out")
    assert await home.rows("SELECT conversation_id, state FROM deliveries") == [(younger.id, "ready")]
