"""Many statements of the plan as one: what PostgreSQL is asked at once, and what is written at once.

Each round trip to the server costs more than what is asked by it. Plain text in, plain text out.
"""

import itertools
import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final

from storage.batch import Ask, Batch, Row
from storage.keep_sql import STATEMENTS
from storage.leases import REACH

# As an array the list finds its rows by the index; as a table of its own the whole index was read.
LISTS: Final = {"IN {texts}": "= ANY(?::text[])", "IN {ints}": "= ANY(?::bigint[])"}

# What is written for many rows in one go, with the types of its values. No two rows of one such statement
# change the same row of the database: which of them came last would not count.
SETS: Final = {
    "keep_hooks": "bigint text bigint text text json bytea",
    "begin_customers": "bigint text text bigint",
    "begin_addresses": "bigint bigint text text bigint bigint",
    "freshen_addresses": "bigint text bigint",
    "begin_conversations": "bigint bigint bigint text text bigint bigint bigint bigint bigint text bigint",
    "wait_on": "text bigint bigint bigint text bigint bigint",
    "continue_conversations": "bigint text bigint bigint bigint text bigint bigint",
    "hush_conversations": "text bigint bigint bigint text bigint",
    "keep_happenings": "bigint bigint text bigint json",
    "keep_messages": "bigint bigint text text bigint text text bigint bigint text text bigint text bigint "
    "text boolean bigint text",
    "keep_attachments": "bigint bigint bigint text text text text bigint float float text bigint",
    "owe": "bigint text text bigint bigint text json bigint bigint",
    "move_deliveries": "text text text bigint",
    "move_messages": "text bigint text bigint",
}
# Each conversation of a batch is in one of these: they may be written at once.
APART: Final = {"begin_conversations", "wait_on", "continue_conversations", "hush_conversations"}

_TABLE = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+(\w+)")
_VALUES = re.compile(r"VALUES \((.*?)\)", re.DOTALL)


def _numbered(sql: str) -> str:
    """Write each `?` as $1, $2 and so on."""
    numbers = itertools.count(1)
    return re.sub(r"\?", lambda _: f"${next(numbers)}", sql)


def _with_arrays(sql: str) -> str:
    """Write each list as one array."""
    for written, array in LISTS.items():
        sql = sql.replace(written, array)
    return sql.format()


WRITTEN: Final = {name: _with_arrays(sql) for name, sql in STATEMENTS.items()}
SQL: Final = {name: _numbered(sql) for name, sql in WRITTEN.items()}
TABLES: Final = {name: frozenset(_TABLE.findall(sql)) for name, sql in WRITTEN.items()}
ASKS: Final = {name for name, sql in WRITTEN.items() if sql.lstrip().startswith("SELECT")}


def _as_set(name: str) -> str:
    """Write a statement for one row as one for many: each value is an array of them."""
    types = SETS[name].split()
    values = (f"one.v{number}" for number in itertools.count(1))
    sql = re.sub(r"\?", lambda _: next(values), WRITTEN[name])
    arrays = ", ".join(f"?::{kind}[]" for kind in types)
    names = ", ".join(f"v{number}" for number in range(1, len(types) + 1))
    rows = f"FROM unnest({arrays}) AS one ({names})"
    if "VALUES" in sql:
        return _VALUES.sub(lambda found: f"SELECT {found[1]} {rows}", sql)
    before, where, condition = sql.rpartition("WHERE")
    return f"{before}{rows} {where}{condition}"


@cache
def writing(names: tuple[str, ...]) -> str:
    """Write the sets called *names* as one statement, whose parts do not see each other's rows."""
    if len(names) == 1:
        return _numbered(_as_set(names[0]))
    parts = ", ".join(f"part{number} AS ({_as_set(name)})" for number, name in enumerate(names))
    return _numbered(f"WITH {parts} SELECT 1")


def may_go_with(name: str, others: Iterable[str]) -> bool:
    """Whether the set *name* may be written with *others*: none of them may have the same row."""
    return all(
        TABLES[name].isdisjoint(TABLES[other]) or (name in APART and other in APART) for other in others
    )


def columns(ask: Ask) -> list[list[Any]]:
    """Turn the rows of a set into its arrays."""
    return [list(column) for column in zip(*ask.arguments, strict=True)]


def sure_to_be_asked(batch: Batch) -> list[Ask]:
    """List what the plan will ask of *batch*, or a part of it, before it writes where that is kept."""
    said: dict[str, list[str]] = {}
    heard: dict[str, list[str]] = {}
    people: dict[str, None] = {}
    for one in batch.said:
        said.setdefault(one.channel, []).append(one.external_id)
        people.update(dict.fromkeys((one.address, *one.also)))
    people.update(dict.fromkeys(one.address for one in batch.consented))
    people.update(dict.fromkeys(one.address for one in batch.asides))
    for receipt in batch.heard:
        if receipt.external_id:
            heard.setdefault(receipt.channel, []).append(receipt.external_id)
    asks = [Ask(name, one) for name in ("known_messages", "early_changes") for one in said.items()]
    asks += [Ask("known_deliveries", one) for one in heard.items()]
    return [*asks, Ask("known_addresses", (list(people),))] if people else asks


@cache
def beginning(names: tuple[str, ...], *, with_place: bool) -> str:
    """Write as one question: whether the place was written, the last message's key, and each of *names*."""
    reach = f"WITH reached AS ({REACH} RETURNING 1) " if with_place else ""
    stands = "EXISTS (SELECT 1 FROM reached)" if with_place else "true"
    asked = ", ".join(f"ARRAY({_as_rows(WRITTEN[name])})" for name in names)
    last = "coalesce((SELECT max(id) FROM messages), 0)"
    return _numbered(f"{reach}SELECT {stands}, {last}{asked and ', '}{asked}")


def _as_rows(sql: str) -> str:
    return re.sub(r"SELECT (.*?)\bFROM", r"SELECT ROW(\1) FROM", sql, count=1, flags=re.DOTALL)


class Answers:
    """What was asked ahead: it holds until something is written where it is kept.

    Each such question asks for rows by their first column, so that it answers for fewer of them too.
    """

    def __init__(self, asks: Sequence[Ask], rows: Sequence[list[Row]]) -> None:
        """Remember the *rows* that answer each of *asks*."""
        self._known: dict[str, list[tuple[Row, set[Any], list[Row]]]] = {}
        for ask, found in zip(asks, rows, strict=True):
            *head, keys = ask.arguments
            self._known.setdefault(ask.name, []).append((tuple(head), set(keys), found))

    def to(self, ask: Ask) -> list[Row] | None:
        """Answer a question, if it was asked."""
        for head, asked, rows in self._known.get(ask.name, ()):
            if head == ask.arguments[:-1] and asked.issuperset(ask.arguments[-1]):
                wanted = set(ask.arguments[-1])
                return rows if len(wanted) == len(asked) else [row for row in rows if row[0] in wanted]
        return None

    def forget(self, name: str) -> None:
        """Forget what may be otherwise once the statement *name* has written."""
        if name not in ASKS:
            changed = TABLES[name]
            self._known = {one: rows for one, rows in self._known.items() if changed.isdisjoint(TABLES[one])}
