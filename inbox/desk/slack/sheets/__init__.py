"""The modals of the desk, one file each: a new one is a file here and a name in `SHEETS`."""

from collections.abc import Mapping
from typing import Final

from inbox.desk.slack.sheets import resolve, snooze
from inbox.desk.slack.sheets.sheet import Sheet

SHEETS: Final[tuple[Sheet, ...]] = (
    resolve.SHEET,
    snooze.SHEET,
)
BY_CALLBACK: Final[Mapping[str, Sheet]] = {one.callback: one for one in SHEETS}
BY_ACTION: Final[Mapping[str, Sheet]] = {action: one for one in SHEETS for action in one.opened_by}
