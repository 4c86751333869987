"""What a customer allows, every word they said about it, and writing down one more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import orjson
from aiohttp import web

from config.touch_policy import Subject
from inbox.desk.errors import DeskError, NotThere
from inbox.desk.names import shown_address
from inbox.desk.web import pages
from inbox.desk.web.forms import Form
from inbox.desk.web.parts import ChannelView, channel_view
from inbox.desk.web.site import Visit, key_of
from inbox.preferences.copying import as_csv, ledger
from inbox.preferences.links import Links
from inbox.preferences.matrix import said
from storage import agents, consents, desk_log, preferences
from storage.consents import MARKETING, Consent
from storage.database import Connection
from storage.desk_log import About
from storage.rows import Address

LONGEST: Final = 2000
WORDS: Final = {
    "yes": "allowed",
    "no": "refused",
    "stop": "said stop",
    "start": "said start",
    "help": "asked for help",
    "join": "asked to join",
    "asked": "was asked",
    "not_so": "meant something else, an agent says",
    "undone": "allowed as before: a merge was undone",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One word of the ledger, for people."""

    row: Consent
    did: str
    subject: str
    where: str
    channel: ChannelView
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One address with what holds there, by subject: yes, no, or nothing where it was not asked."""

    address: Address
    shown: str
    channel: ChannelView
    holds: Sequence[bool | None]


async def consent(visit: Visit) -> web.StreamResponse:
    """Show what holds and every word."""
    return await _shown(visit, int(visit.request.match_info["id"]))


async def _shown(visit: Visit, key: int) -> web.StreamResponse:
    subjects = [one for one in visit.app.first_word.book.subjects if not one.always]
    async with visit.app.database.reading() as connection:
        about = await desk_log.about(connection, key)
        if about is None:
            return await pages.problem(visit)
        held = await preferences.held(connection, about.customer.id, visit.now)
        lines = await consents.of_customer(connection, about.customer.id)
        names = await _names(connection)
        asked = await preferences.erasure_asked(connection, about.customer.id)
    settings = visit.app.settings
    links = Links(settings.secret_keys, settings.public_url)
    return await pages.plain(
        visit,
        "consent.html",
        "desk",
        key=key,
        whose=about.customer.name.strip() or shown_address(about.address.address),
        subjects=[(one.key, said(one.label, "en")) for one in subjects],
        ways=[_place(visit, one, subjects, held) for one in about.addresses],
        lines=[_line(visit, one, about, subjects, names) for one in reversed(lines)],
        link=links.address(about.customer.id, visit.now),
        erase_asked=asked,
        erased=about.customer.erased_at,
        done=visit.request.query.get("done") == "written",
    )


async def download(visit: Visit) -> web.StreamResponse:
    """Give the ledger as CSV or JSON."""
    kind = visit.request.match_info["kind"]
    async with visit.app.database.reading() as connection:
        about = await desk_log.about(connection, int(visit.request.match_info["id"]))
        if about is None:
            return await pages.problem(visit)
        lines = await consents.of_customer(connection, about.customer.id)
        names = await _names(connection)
    rows = ledger(lines, {one.id: one.address for one in about.addresses}, names)
    body = as_csv(rows).encode() if kind == "csv" else orjson.dumps(rows, option=orjson.OPT_INDENT_2)
    name = f"consent-{about.customer.id}.{kind}"
    return web.Response(
        body=body,
        content_type="text/csv" if kind == "csv" else "application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


async def write(visit: Visit, key: int, form: Form) -> str:
    """Write down what the customer told an agent, with where and in which words they did."""
    word, source, wording = (form.text(name).strip() for name in ("word", "source", "wording"))
    subjects = [one.key for one in visit.app.first_word.book.subjects if not one.always]
    subject = form.text("subject")
    if word not in ("yes", "no") or subject not in (*subjects, MARKETING):
        raise DeskError("Choose a subject, and whether they allow it.")
    if not source or not wording:
        raise DeskError("Write where they said it, and what they read or heard, word for word.")
    async with visit.ground.gesture(visit.now, "write_consent", visit.agent.id) as act:
        connection = act.connection
        await act.conversation(key)
        about = await desk_log.about(connection, key)
        if about is None or about.customer.erased_at is not None:
            raise NotThere
        if key_of(form.text("address")) not in [one.id for one in about.addresses]:
            raise DeskError("Choose one of the customer's addresses.")
        await consents.record(
            connection,
            act.ids,
            address_id=int(form.text("address")),
            word=word,
            subject=subject,
            source=source[:LONGEST],
            wording=wording[:LONGEST],
            proof=form.text("proof").strip()[:LONGEST],
            agent_id=visit.agent.id,
            at=visit.now,
        )
        act.tell(subject)
    return f"/desk/c/{key}/consent?done=written"


def _place(
    visit: Visit, one: Address, subjects: Sequence[Subject], held: Mapping[tuple[int, str], bool]
) -> Place:
    def holds(subject: Subject) -> bool | None:
        word = held.get((one.id, subject.key))
        return held.get((one.id, MARKETING)) if word is None and subject.marketing else word

    return Place(
        address=one,
        shown=shown_address(one.address),
        channel=channel_view(visit.app.channels, one.channel),
        holds=[holds(subject) for subject in subjects],
    )


def _line(
    visit: Visit, row: Consent, about: About, subjects: Sequence[Subject], names: Mapping[int, str]
) -> Line:
    labels = {one.key: said(one.label, "en") for one in subjects} | {MARKETING: "All marketing"}
    where = next((one.address for one in about.addresses if one.id == row.address_id), "")
    return Line(
        row=row,
        did=WORDS.get(row.word, row.word),
        subject=labels.get(row.subject, row.subject),
        where=shown_address(where),
        channel=channel_view(visit.app.channels, row.channel),
        agent=names.get(row.agent_id or 0, ""),
    )


async def _names(connection: Connection) -> dict[int, str]:
    here = {one.id: one.name for one in await agents.all_active(connection)}
    return {**await desk_log.names_of_others(connection, list(here)), **here}
