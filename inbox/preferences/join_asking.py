"""Owing a code to an address that somebody typed: at most one a day, and never where it is not wanted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import structlog

from inbox.desk.texts import parts_of
from inbox.desk.ways import is_closed
from inbox.live import Change
from inbox.preferences.join_codes import Codes
from inbox.preferences.join_wish import Wanted
from inbox.preferences.join_words import words
from inbox.preferences.marks import mark
from storage import begun, consents, customers, join_asks, preferences, queues, suppressed, touch_containers
from storage.database import Connection
from storage.queues import OwedRow
from storage.rows import Address
from storage.statuses import QUEUED
from storage.touch_outcomes import RANK

if TYPE_CHECKING:
    from inbox.app import App

TEXT: Final = "confirm"
A_DAY: Final = timedelta(days=1)
A_MONTH: Final = timedelta(days=30)
UNANSWERED: Final = 3
"""Codes that nobody typed, in a month, after which an address is left alone: it is a stranger's."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One form that was filled in well: what is wanted, under which *name*, in which language."""

    wanted: Wanted
    name: int
    language: str


class Asking:
    """Owes codes. Nobody who asks is told whether one was owed."""

    def __init__(self, app: "App", codes: Codes) -> None:
        """Belong to a house."""
        self._app, self._codes = app, codes

    async def ask(self, asked: Asked, now: datetime) -> None:
        """Keep what is asked and owe its code, unless the address is to be left alone."""
        database, wanted = self._app.database, asked.wanted
        async with database.writing() as connection:
            told = await self._owed(connection, asked, now)
        if told is None:
            return
        self._app.live.publish(told)
        self._app.nudges.nudge(wanted.channel)

    async def _owed(self, connection: Connection, asked: Asked, now: datetime) -> Change | None:
        wanted, ids = asked.wanted, self._app.database.ids
        known = await customers.by_address(connection, wanted.address)
        if await self._left_alone(connection, wanted, known, now):
            return None
        address = known or await self._stranger(connection, asked, now)
        who = await preferences.standing(connection, address.customer_id)
        if who is None or who.erased_at is not None or who.deceased_at is not None:
            return None
        await join_asks.keep(
            connection,
            ids,
            name=asked.name,
            customer_id=who.id,
            address_id=address.id,
            wordings=wanted.wordings,
            now=now,
        )
        return await self._write(connection, asked, address, who.id, now)

    async def _left_alone(
        self, connection: Connection, wanted: Wanted, known: Address | None, now: datetime
    ) -> bool:
        """Whether nothing may go there: refused, erased, out of reach, written to today or often in vain."""
        marks = [mark(wanted.address, key) for key in self._app.settings.mark_keys]
        if await suppressed.among(connection, marks):
            return True
        same = await consents.same_number(connection, wanted.address, known.id if known else 0)
        if await join_asks.is_refused(connection, same):
            return True
        if known is None:
            return False
        before = await join_asks.at_address(connection, known.customer_id, known.id, now - A_MONTH)
        in_vain = [one for one in before if not one.confirmed]
        today = any(one.at > now - A_DAY for one in before)
        return today or len(in_vain) >= UNANSWERED or is_closed(known, now)

    async def _stranger(self, connection: Connection, asked: Asked, now: datetime) -> Address:
        wanted = asked.wanted
        key = await begun.stranger(
            connection,
            self._app.database.ids,
            address=wanted.address,
            channel=wanted.channel,
            name="",
            now=now,
        )
        made = await customers.address(connection, key)
        assert made is not None
        await customers.change(connection, made.customer_id, language=asked.language)
        return made

    async def _write(
        self, connection: Connection, asked: Asked, address: Address, who: int, now: datetime
    ) -> Change:
        """Put the message where a reply would land, and owe it; it opens no conversation."""
        app, name = self._app, asked.wanted.channel
        spec, ids, rules = app.channels[name].spec, app.database.ids, app.first_word.current.rules
        words_said = app.first_word.book.wording.say(TEXT, asked.language, spec.kind)
        text = f"{self._codes.code(asked.name)}\n{words_said}"
        conversation_id = await touch_containers.container(
            connection,
            ids,
            customer_id=who,
            address_id=address.id,
            channel=name,
            team=rules.team,
            reopen_within=rules.reopen_within,
            now=now,
        )
        message_id = await touch_containers.add_message(
            connection,
            ids,
            conversation_id,
            address_id=address.id,
            channel=name,
            text=text,
            status=QUEUED,
            now=now,
            subject=words(asked.language)["mail_subject"].format(business=app.settings.business),
        )
        owed = [
            OwedRow(
                lane=name,
                kind="message",
                conversation_id=conversation_id,
                message_id=message_id,
                key=f"join-code:{address.id}:{now.date()}:{at}",  # two at one moment cannot both be kept
                part=at,
                text=part.text,
                rank=RANK,
                due_at=now,
            )
            for at, part in enumerate(parts_of(text, (), spec))
        ]
        await queues.owe(connection, ids, owed, now)
        return Change(kind="message", conversation_id=conversation_id, message_id=message_id)
