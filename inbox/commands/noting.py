"""What is done at the command line, written into the audit log under the account of the machine."""

import getpass
from datetime import datetime

from storage import audit
from storage.audit import Line
from storage.database import Connection
from storage.ids import Ids


def account() -> str:
    """Name the account of this machine that runs the command; empty where the machine does not say."""
    try:
        return getpass.getuser()[:64]
    except (KeyError, OSError):
        return ""


async def noted(
    connection: Connection,
    ids: Ids,
    now: datetime,
    what: str,
    operation: str,
    *,
    detail: str = "",
    customer_id: int | None = None,
) -> None:
    """Write a line, in the transaction of what it tells of."""
    line = Line(
        at=now,
        who="command",
        name=account(),
        what=what,
        operation=operation,
        customer_id=customer_id,
        face="command",
        detail=detail,
    )
    await audit.write(connection, ids, line)
