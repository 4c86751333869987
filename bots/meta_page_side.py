"""Which account of ours the hooks of Messenger and Instagram are read for, and one thing that happened."""

from dataclasses import dataclass
from datetime import datetime

from bots.meta_values import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """Which account of ours the hooks are read for.

    *kind* is Meta's name of the object; *scheme* and *comments* begin the addresses of messages and of
    comments; *app_id* is our app's, whose echoes are our own sends. Entries of another account than
    *account_id* are passed over where it is known. *shared_ids*: who comments has the same id as who writes.
    """

    kind: str
    label: str
    scheme: str
    comments: str
    shared_ids: bool = False
    app_id: str = ""
    account_id: str = ""
    username: str = ""


@dataclass(slots=True)
class Moment:
    """One thing that happened: between whom and when; *ours* says that our own account did it."""

    side: Side
    item: Json
    customer: str
    sent_at: datetime
    ours: bool

    @property
    def address(self) -> str:
        """The customer's address."""
        return f"{self.side.scheme}:{self.customer}"
