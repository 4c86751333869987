"""Which account of ours the hooks of Messenger and Instagram are read for."""

from dataclasses import dataclass


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
