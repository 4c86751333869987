"""E-mail on trial."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from bots.channel import Hook
from bots.email.notices import ACTIONS, DISPOSITIONS
from bots.sealing import HEADER
from tests.bots.contract import Case
from tests.bots.email.mails import AWAY, REAL, SECRET, SECTION, hook
from tests.providers.faults import Faults
from tests.providers.mail import MailServer
from tests.providers.mail.state import PASSWORD


def forge(signed: Hook) -> Hook:
    return replace(signed, headers={**signed.headers, HEADER: "0" * 64})


class Provider:
    """The look-alike, as the promises need it."""

    def __init__(self, mail: MailServer) -> None:
        self.mail = mail

    @property
    def section(self) -> Mapping[str, Any]:
        return self.mail.settings

    @property
    def faults(self) -> Faults:
        return self.mail.state.faults

    def texts(self) -> Sequence[str]:
        return [handed.text for handed in self.mail.state.sent]

    def opts_out(self) -> None:
        raise NotImplementedError


@asynccontextmanager
async def provider() -> AsyncIterator[Provider]:
    async with MailServer() as mail:
        yield Provider(mail)


CASE = Case(
    kind="email",
    section=SECTION,
    secrets=[PASSWORD, SECRET],
    sign=hook,
    forge=forge,
    real=REAL,
    batch=None,
    unknown=AWAY,
    statuses=["failed", "delayed", "delivered", "relayed", "expanded", "displayed", "deleted"],
    known_statuses=[*ACTIONS, *DISPOSITIONS],
    address="mailto:ann@customer.example",
    send_path="/smtp",
    provider=provider,
    without={
        "batch": "a hook is one mail",
        "opt out": "no mail server keeps a list of who said stop",
    },
)
