"""The modals of the desk, one file each: a new one is a file here and a name in `SHEETS`."""

from collections.abc import Mapping
from typing import Final

from inbox.desk.slack.sheets import (
    away,
    call,
    elsewhere,
    find,
    hand_over,
    later,
    meeting,
    menu,
    merge,
    new,
    note,
    note_or_promise,
    profile,
    profile_edit,
    promise,
    promise_move,
    promise_tell,
    resolve,
    saved,
    saved_new,
    snooze,
    tags,
    timeline,
)
from inbox.desk.slack.sheets.sheet import Sheet

SHEETS: Final[tuple[Sheet, ...]] = (
    away.SHEET,
    call.SHEET,
    elsewhere.SHEET,
    find.SHEET,
    hand_over.SHEET,
    later.SHEET,
    meeting.SHEET,
    menu.SHEET,
    merge.SHEET,
    new.SHEET,
    note.SHEET,
    note_or_promise.SHEET,
    profile.SHEET,
    profile_edit.SHEET,
    promise.SHEET,
    promise_move.SHEET,
    promise_tell.SHEET,
    resolve.SHEET,
    saved.SHEET,
    saved_new.SHEET,
    snooze.SHEET,
    tags.SHEET,
    timeline.SHEET,
)
BY_CALLBACK: Final[Mapping[str, Sheet]] = {one.callback: one for one in SHEETS}
BY_ACTION: Final[Mapping[str, Sheet]] = {action: one for one in SHEETS for action in one.opened_by}
