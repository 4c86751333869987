"""The log of a conversation as entries: what was said, what befell, and the days between."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

from bots.channel import Spec
from inbox.desk import answer_times, laters_said, promised, wishing
from inbox.desk.life import ELSEWHERE
from inbox.desk.web.promise_views import PromiseView
from inbox.desk.web.site import Reader
from inbox.desk.web.touches.beside import Bubble
from inbox.desk.web.words import MARKS, Mark, happened
from inbox.media import MediaStore
from storage.desk_log import Log
from storage.rows import AttachmentRow, Happening, Message
from storage.statuses import FAILED, PERHAPS

RUN = timedelta(minutes=5)
NONE: Mapping[int, Bubble] = MappingProxyType({})
NO_PROMISES: Mapping[int, PromiseView] = MappingProxyType({})
PHOTOS = ("image/jpeg", "image/png", "image/gif", "image/webp")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """An attachment: a photo to see, a sound to hear, a file to fetch, a place, or why there is nothing."""

    row: AttachmentRow
    link: str
    photo: bool
    small: str = ""
    sound: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the log; *first* begins a run of one speaker, *mark* stands under it.

    *ours* is the reaction of ours on it, *reactions* are those that may be put there.
    """

    part: str
    kind: Literal["day", "said", "note", "happened", "touch"]
    message: Message | None = None
    text: str = ""
    iso: str = ""
    who: str = ""
    mine: bool = False
    first: bool = True
    files: Sequence[FileView] = ()
    mark: Mark | None = None
    mark_time: str = ""
    stuck: bool = False
    editable: bool = False
    deletable: bool = False
    bubble: Bubble | None = None
    promise: PromiseView | None = None
    ours: str = ""
    reactions: Sequence[str] = ()
    pinned: bool = False


def entries(
    log: Log,
    *,
    names: Mapping[int, str],
    teams: Mapping[str, str],
    customer: str,
    specs: Mapping[str, Spec],
    media: MediaStore,
    at: Reader,
    bubbles: Mapping[int, Bubble] = NONE,
    promises: Mapping[int, PromiseView] = NO_PROMISES,
) -> list[Entry]:
    """Order what was said and what befell, with days between and one name a run."""
    lines: list[Message | Happening] = sorted([*log.messages, *log.happenings], key=lambda line: line.id)
    made: list[Entry] = []
    day = ""
    before: Message | None = None
    for line in lines:
        instant = line.sent_at if isinstance(line, Message) else line.at
        if at.date(instant) != day:
            day = at.date(instant)
            made.append(Entry(part=f"day-{day}", kind="day", text=at.day(instant), iso=day))
            before = None
        if isinstance(line, Happening):
            entry = _befell(line, names, teams, at)
            promise = promises.get(line.data.get("promise_id", 0)) if line.kind == "promise_made" else None
            made.append(replace(entry, promise=promise))
            before = None
            continue
        if line.id in bubbles:
            said = _said(line, log, True, names, customer, specs, media, at)
            made.append(replace(said, kind="touch", bubble=bubbles[line.id]))
            before = None
            continue
        first = not _same_run(before, line)
        if not first:
            made[-1] = _without_mark(made[-1])
        made.append(_said(line, log, first, names, customer, specs, media, at))
        before = line
    return made


def _befell(line: Happening, names: Mapping[int, str], teams: Mapping[str, str], at: Reader) -> Entry:
    mine = line.agent_id == at.agent.id
    who = "You" if mine else names.get(line.agent_id or 0, "")
    data: dict[str, Any] = dict(line.data)
    if line.kind == "assigned" and mine:
        data["agent_name"] = "you"
    if data.get("to_team"):
        data["to"] = f"the team {teams.get(data['to_team'], data['to_team'])}"
    if data.get("to_agent") == at.agent.id:
        data["to"] = "you"
    if line.kind in promised.KINDS:
        said = promised.said(line.kind, who or "Somebody", data, at.zone)
        return Entry(part=f"h-{line.id}", kind="happened", text=said.rstrip("."), iso=line.at.isoformat())
    if line.kind in wishing.KINDS:
        said = wishing.said(line.kind, who, data)
        return Entry(part=f"h-{line.id}", kind="happened", text=said.rstrip("."), iso=line.at.isoformat())
    if line.kind in answer_times.KINDS:
        said = answer_times.said(line.kind, data, at.zone)
        return Entry(part=f"h-{line.id}", kind="happened", text=said.rstrip("."), iso=line.at.isoformat())
    if line.kind in laters_said.KINDS:
        said = laters_said.said(line.kind, who or "Somebody", line.data, at.zone)
        return Entry(part=f"h-{line.id}", kind="happened", text=said.rstrip("."), iso=line.at.isoformat())
    text = happened(line.kind, who, data)
    if line.kind == "snoozed" and data.get("until"):
        text += f" until {at.moment(datetime.fromisoformat(data['until']))}"
    return Entry(part=f"h-{line.id}", kind="happened", text=text, iso=line.at.isoformat())


def _said(
    line: Message,
    log: Log,
    first: bool,
    names: Mapping[int, str],
    customer: str,
    specs: Mapping[str, Spec],
    media: MediaStore,
    at: Reader,
) -> Entry:
    mine = line.direction != "in" and line.agent_id == at.agent.id
    mark = MARKS.get(line.status) if line.direction == "out" else None
    if mark is not None and line.nature == "call" and mark.look not in ("late", "soon"):
        mark = None  # that a phone rings was not sent, and nobody reads it
    spec = specs.get(line.channel)
    ours = mine and line.direction == "out" and line.deleted_at is None and not line.nature
    waits = line.status in ("queued", "ready")
    sent = line.status in ("sent", "delivered", "read")
    return Entry(
        part=f"m-{line.id}",
        kind="note" if line.direction == "note" else "said",
        message=line,
        who=_speaker(line, mine, names, customer),
        mine=mine,
        first=first,
        files=[_file(one, media) for one in log.attachments.get(line.id, ())],
        mark=mark,
        mark_time=at.listed(line.status_at) if mark and mark.timed and line.status_at else "",
        stuck=line.status in (FAILED, PERHAPS) and line.direction == "out",
        editable=ours and bool(line.text) and (waits or (sent and spec is not None and spec.edits)),
        deletable=ours and (waits or (sent and spec is not None and spec.deletes)),
    )


def _speaker(line: Message, mine: bool, names: Mapping[int, str], customer: str) -> str:
    if mine:
        return "You"
    if line.direction == "in":
        return line.sender_name or customer
    if line.nature == "echo":
        return ELSEWHERE
    return names.get(line.agent_id or 0, "") or line.sender_name or "Our side"


def _same_run(before: Message | None, line: Message) -> bool:
    return (
        before is not None
        and before.direction == line.direction != "note"
        and before.agent_id == line.agent_id
        and before.sender_name == line.sender_name
        and before.channel == line.channel
        and before.nature == line.nature
        and line.sent_at - before.sent_at < RUN
    )


def _without_mark(entry: Entry) -> Entry:
    """Leave the mark to the last of a run, unless this one needs somebody."""
    return entry if entry.mark is None or entry.mark.look in ("late", "soon") else replace(entry, mark=None)


def _file(row: AttachmentRow, media: MediaStore) -> FileView:
    kept = row.state == "kept"
    return FileView(
        row=row,
        link=media.link(row.id) if kept else "",
        small=media.link(row.id, small=True) if kept else "",
        photo=kept and row.content_type in PHOTOS,
        sound=kept and row.content_type.startswith("audio/"),
    )
