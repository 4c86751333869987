"""The checker fails when it should: each wrong is planted in what was right."""

import sqlite3
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest

from tests.databases import begin_sqlite
from tests.torture.checker import check, gaps
from tests.torture.ledger import Failed, Given, Harm, Ledger, Replied, Reported, Said, Weighed
from tests.torture.rows import Holding, Kept, Message, OnSqlite, Step, kept

ANA, RUI = "telegram:7000", "tel:+34600120000"


def _in(key: int, address: str, number: int) -> Message:
    talk = 1 if address == ANA else 2
    text = f"no. {number} of {address}"
    return _row(key, talk, "in", address, text, "")


def _row(key: int, talk: int, direction: str, address: str, text: str, status: str) -> Message:
    return Message(
        id=key,
        conversation=talk,
        direction=direction,
        channel="sms" if address == RUI else "telegram",
        external_id=str(key),
        address=address,
        text=text,
        status=status,
        talk=address,
    )


def _held(owner: str, epoch: int, at: float, *, before: str = "", until: float = 0.0) -> Holding:
    return Holding(
        name="assign",
        owner_before=before,
        owner=owner,
        epoch_before=epoch if before == owner else epoch - 1,
        epoch=epoch,
        until_before=until,
        until=at + 3,
        at=at,
    )


def right() -> tuple[Ledger, Kept]:
    """Make a run where all is well: two customers, three messages each, two answers."""
    ledger = Ledger()
    for address in (ANA, RUI):
        channel = "sms" if address == RUI else "telegram"
        for number in (1, 2, 3):
            text = f"no. {number} of {address}"
            said = Said(channel=channel, address=address, number=number, text=text, at=1.0, accepted_at=2.0)
            ledger.said.append(said)
        answer = Replied(channel=channel, address=address, text=f"to {address}", at=3.0, accepted_at=3.5)
        ledger.replied.append(answer)
        ledger.given.append(
            Given(channel=channel, address=address, text=answer.text, external_id=f"X{address}", at=4.0)
        )
    ledger.reported.append(
        Reported(channel="sms", external_id=f"X{RUI}", status="delivered", accepted_at=5.0)
    )
    ledger.harms.append(Harm(name="deploy", detail="", began=10.0, ended=20.0, hooks_may_fail=False))
    ledger.weighed = [Weighed(node="node1", life=1, at=float(n), megabytes=100.0) for n in range(300)]
    rows = [_in(n, ANA, n) for n in (1, 2, 3)] + [_in(10 + n, RUI, n) for n in (1, 2, 3)]
    rows += [_row(4, 1, "out", ANA, f"to {ANA}", "sent"), _row(14, 2, "out", RUI, f"to {RUI}", "delivered")]
    steps = [Step(message=14, before="sent", after="delivered", at=5.0)]
    holdings = [
        _held("node1", 1, 1.0),
        _held("node1", 1, 2.0, before="node1", until=4.0),
        _held("node2", 2, 5.5, before="node1", until=5.0),
    ]
    return ledger, Kept(messages=rows, steps=steps, holdings=holdings)


def _lose(ledger: Ledger, rows: Kept) -> None:
    del rows.messages[1]


def _double(ledger: Ledger, rows: Kept) -> None:
    rows.messages.append(replace(rows.messages[0], id=99))


def _swap(ledger: Ledger, rows: Kept) -> None:
    first, second = rows.messages[0], rows.messages[1]
    rows.messages[:2] = [replace(first, id=second.id), replace(second, id=first.id)]


def _misplace(ledger: Ledger, rows: Kept) -> None:
    rows.messages[0] = replace(rows.messages[0], talk=RUI)


def _invent(ledger: Ledger, rows: Kept) -> None:
    rows.messages.append(replace(rows.messages[0], id=99, text="nobody said this"))


def _send_twice(ledger: Ledger, rows: Kept) -> None:
    ledger.given.append(deepcopy(ledger.given[0]))


def _write_twice(ledger: Ledger, rows: Kept) -> None:
    rows.messages.append(replace(rows.messages[6], id=99))


def _never_send(ledger: Ledger, rows: Kept) -> None:
    del ledger.given[0]


def _forget_answer(ledger: Ledger, rows: Kept) -> None:
    del rows.messages[6]


def _send_unasked(ledger: Ledger, rows: Kept) -> None:
    ledger.given.append(replace(ledger.given[0], text="what nobody wrote"))


def _step_back(ledger: Ledger, rows: Kept) -> None:
    rows.steps.append(Step(message=14, before="delivered", after="sent", at=6.0))


def _forget_status(ledger: Ledger, rows: Kept) -> None:
    rows.messages[7] = replace(rows.messages[7], status="sent")


def _take_early(ledger: Ledger, rows: Kept) -> None:
    rows.holdings.append(_held("node3", 3, 6.0, before="node2", until=8.5))


def _share_epoch(ledger: Ledger, rows: Kept) -> None:
    rows.holdings.append(replace(_held("node3", 2, 9.0, before="node2", until=8.5), epoch_before=2))


def _fail_in_deploy(ledger: Ledger, rows: Kept) -> None:
    ledger.failed.append(Failed(at=12.0, node="node2", why="503"))


def _never_heal(ledger: Ledger, rows: Kept) -> None:
    ledger.harms[0].broken = "TimeoutError: node1 is ready: not within 90 s"


def _grow(ledger: Ledger, rows: Kept) -> None:
    for one in ledger.weighed[200:]:
        one.megabytes = 250.0


WRONGS: dict[str, Callable[[Ledger, Kept], None]] = {
    "lost": _lose,
    "doubled": _double,
    "swapped": _swap,
    "misplaced": _misplace,
    "invented": _invent,
    "reply doubled": _send_twice,
    "reply doubled ": _write_twice,
    "reply lost": _never_send,
    "reply lost ": _forget_answer,
    "unasked": _send_unasked,
    "stepped back": _step_back,
    "status lost": _forget_status,
    "lease": _take_early,
    "lease ": _share_epoch,
    "hook failed": _fail_in_deploy,
    "unhealed": _never_heal,
    "grew": _grow,
}


def test_where_all_is_well_nothing_is_wrong() -> None:
    assert check(*right()) == []


@pytest.mark.parametrize(("kind", "plant"), WRONGS.items(), ids=[one.__name__ for one in WRONGS.values()])
def test_each_wrong_is_found_and_no_other(kind: str, plant: Callable[[Ledger, Kept], None]) -> None:
    ledger, rows = right()
    plant(ledger, rows)
    assert {one.kind for one in check(ledger, rows)} == {kind.strip()}


def test_what_is_still_owed_and_what_could_not_be_applied_is_wrong() -> None:
    ledger, rows = right()
    kinds = {one.kind for one in check(ledger, replace(rows, open=1, spoilt=1))}
    assert kinds == {"undrained", "spoilt"}


def test_an_answer_that_is_shown_as_perhaps_sent_may_be_with_the_provider_or_not() -> None:
    ledger, rows = right()
    rows.messages[6] = replace(rows.messages[6], status="perhaps")
    assert check(ledger, rows) == []
    del ledger.given[0]
    assert check(ledger, rows) == []


def test_a_message_that_was_not_accepted_may_be_kept_or_not() -> None:
    ledger, rows = right()
    ledger.said[2].accepted_at = 0.0
    assert check(ledger, rows) == []
    del rows.messages[2]
    assert check(ledger, rows) == []


def test_before_the_end_an_answer_may_wait_and_at_the_end_not() -> None:
    ledger, rows = right()
    rows.messages[6] = replace(rows.messages[6], status="asking")
    del ledger.given[0]
    assert check(ledger, rows, whole=False) == []
    assert [one.kind for one in check(ledger, rows)] == ["reply lost"]


def test_a_gap_is_how_long_nobody_held_a_lease() -> None:
    _, rows = right()
    assert [round(gap, 3) for _, gap in gaps(rows.holdings)] == [0.5]


async def test_a_copy_of_a_database_is_read_and_its_planted_wrongs_are_found(tmp_path: Path) -> None:
    begin_sqlite(tmp_path / "tidings.db")
    database = OnSqlite(tmp_path / "tidings.db")
    await database.listen()
    ledger, rows = right()
    _plant(tmp_path / "tidings.db", rows)
    assert check(ledger, replace(await kept(database), holdings=rows.holdings)) == []
    _change(tmp_path / "tidings.db", "UPDATE messages SET status = 'sent' WHERE id = 14")
    _change(tmp_path / "tidings.db", "UPDATE messages SET text = 'no. 3 of telegram:7000' WHERE id = 2")
    found = {one.kind for one in check(ledger, await kept(database))}
    assert found == {"stepped back", "status lost", "lost", "doubled"}


def _change(path: Path, sql: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(sql)


def _plant(path: Path, rows: Kept) -> None:
    for number, address in ((1, ANA), (2, RUI)):
        channel = "sms" if address == RUI else "telegram"
        _change(path, f"INSERT INTO customers (id, created_at) VALUES ({number}, 0)")
        _change(
            path,
            "INSERT INTO addresses (id, customer_id, address, channel, created_at) "
            f"VALUES ({number}, {number}, '{address}', '{channel}', 0)",
        )
        _change(
            path,
            "INSERT INTO conversations "
            "(id, customer_id, address_id, channel, team, state, opened_at, last_at) "
            f"VALUES ({number}, {number}, {number}, '{channel}', 'support', 'open', 0, 0)",
        )
    for row in rows.messages:
        talk = row.conversation
        _change(
            path,
            "INSERT INTO messages (id, conversation_id, direction, channel, external_id, address_id, text, "
            f"sent_at, received_at, status) VALUES ({row.id}, {talk}, '{row.direction}', '{row.channel}', "
            f"'{row.external_id}', {talk}, '{row.text}', 0, 0, '{row.status}')",
        )
